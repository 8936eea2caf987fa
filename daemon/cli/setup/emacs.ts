/** Emacs: a command that lets Nexus answer through eglot, and an agent for agent-shell. */
import { emacsInitFile } from "../../host/editor-places.ts";
import { type Block, blockText, putBlock } from "./block.ts";
import type { Editor } from "./editor.ts";
import { lispProblem } from "./lisp.ts";
import type { Start, StartFace } from "./start.ts";

export const EMACS: Editor = {
  title: "Emacs",
  traces: () => ({ programs: ["emacs"] }),
  without: ["MCP: Emacs has no place for MCP servers of its own; the package mcp.el reads a list of them."],
  async parts(machine, start) {
    const path = await emacsInitFile(machine);
    const block: Block = { comment: ";;", lines: lines(start), problem: (present) => lispProblem(present) };
    const file = { path, change: (present: string | undefined) => putBlock(present, block) };
    return [
      {
        protocol: "LSP",
        gives: "code actions, hover, symbols, references and findings, through eglot",
        snippet: blockText(block),
        file,
        steps: [
          "`M-x nexus-eglot` in a file of your project, then `M-x eglot-code-actions`.",
          "Eglot has one server for each buffer: while Nexus answers, another language server does not.",
        ],
        page: "https://www.gnu.org/software/emacs/manual/html_node/eglot/Setting-Up-LSP-Servers.html",
      },
      {
        protocol: "ACP",
        gives: "chats with Nexus, where the package agent-shell is (Emacs 29.1 and newer)",
        snippet: agentLines(start("acp")).join("\n"),
        file,
        steps: ["It is part of the block above. `M-x agent-shell` offers Nexus among its agents."],
        page: "https://github.com/xenodium/agent-shell",
      },
    ];
  },
};

function lines(start: StartFace): string[] {
  const lsp = start("lsp", "--stdio");
  return [
    "(defvar eglot-server-programs)",
    "(defun nexus-eglot ()",
    '  "Let Nexus answer for the files of this project and mode."',
    "  (interactive)",
    "  (require 'eglot)",
    `  (let ((process-environment ${environment(lsp)})`,
    "        (eglot-server-programs",
    `         '(((prog-mode text-mode conf-mode) . (${[lsp.command, ...lsp.args].map(quoted).join(" ")})))))`,
    "    (call-interactively #'eglot)))",
    ...agentLines(start("acp")),
  ];
}

function agentLines(acp: Start): string[] {
  return [
    "(with-eval-after-load 'agent-shell",
    "  (unless (functionp agent-shell-agent-configs)",
    "    (add-to-list",
    "     'agent-shell-agent-configs",
    "     (agent-shell-make-agent-config",
    "      :identifier 'nexus",
    '      :mode-line-name "Nexus"',
    '      :buffer-name "Nexus"',
    '      :shell-prompt "Nexus> "',
    '      :shell-prompt-regexp "Nexus> "',
    "      :client-maker",
    "      (lambda (buffer)",
    "        (acp-make-client",
    `         :command ${quoted(acp.command)}`,
    `         :command-params '(${acp.args.map(quoted).join(" ")})`,
    ...(Object.keys(acp.env).length === 0 ? [] : [`         :environment-variables '(${variables(acp)})`]),
    "         :context-buffer buffer))))))",
  ];
}

function environment(start: Start): string {
  return Object.keys(start.env).length === 0
    ? "process-environment"
    : `(append '(${variables(start)}) process-environment)`;
}

function variables({ env }: Start): string {
  return Object.entries(env)
    .map(([name, value]) => quoted(`${name}=${value}`))
    .join(" ");
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
