/** The editors that `nexus setup` knows, by the name they are called by. */
import { helixLanguagesFile } from "../../host/editor-places.ts";
import type { Editor } from "./editor.ts";
import { EMACS } from "./emacs.ts";
import { helixText, putIntoHelix } from "./helix.ts";
import { CLAUDE, CURSOR, JETBRAINS, ZED } from "./json-editors.ts";
import { NEOVIM } from "./neovim.ts";

const HELIX: Editor = {
  title: "Helix",
  traces: () => ({ programs: ["hx", "helix"] }),
  without: ["ACP, MCP: Helix speaks neither."],
  async parts(machine, start) {
    const lsp = start("lsp", "--stdio");
    return [
      {
        protocol: "LSP",
        gives: "code actions, hover, symbols, references and findings, beside your other servers",
        snippet: helixText(lsp),
        file: { path: helixLanguagesFile(machine), change: (present) => putIntoHelix(present, lsp) },
        steps: ["`hx --health typescript` lists Nexus among the servers; space a in a file shows the code actions."],
        page: "https://docs.helix-editor.com/languages.html",
      },
    ];
  },
};

const EDITORS = {
  neovim: NEOVIM,
  emacs: EMACS,
  helix: HELIX,
  zed: ZED,
  jetbrains: JETBRAINS,
  claude: CLAUDE,
  cursor: CURSOR,
} as const satisfies Record<string, Editor>;

export type EditorName = keyof typeof EDITORS;

export const EDITOR_NAMES: readonly EditorName[] = Object.keys(EDITORS).filter(isEditorName);

export function isEditorName(name: string): name is EditorName {
  return Object.hasOwn(EDITORS, name);
}

export function editorCalled(name: EditorName): Editor {
  return EDITORS[name];
}
