/** A tool call: one line that says what, and its input and output behind it. */
import type { ReactNode } from "react";
import { formatDuration } from "../format.ts";
import { Icon, type IconName } from "../icons.tsx";
import type { ToolStep } from "./timeline.ts";
import { editedText, prettyInput, toolWords } from "./tool-words.ts";

const ICONS: Readonly<Record<string, IconName>> = {
  list_files: "list",
  read_file: "read",
  search_text: "search",
  edit_file: "edit",
  multi_edit: "edit",
  apply_patch: "edit",
  move_file: "edit",
  write_file: "edit",
  delete_file: "cross",
  run_command: "terminal",
  show_diff: "diff",
};

const ENDS: Record<ToolStep["status"], { readonly tone: string; readonly word: string }> = {
  working: { tone: "busy", word: "running" },
  done: { tone: "plain", word: "" },
  failed: { tone: "bad", word: "failed" },
  denied: { tone: "bad", word: "denied" },
  interrupted: { tone: "wait", word: "interrupted" },
};

export function ToolCall({ step }: { readonly step: ToolStep }): ReactNode {
  const { verb, object, isCommand } = toolWords(step.tool, step.input);
  const { tone, word } = ENDS[step.status];
  return (
    <details className={`tool tone-${tone}`}>
      <summary>
        <Icon name={ICONS[step.tool] ?? "spark"} />
        <span className="tool-verb">{verb}</span>
        {object === "" ? null : <code className={isCommand ? "is-command" : ""}>{object}</code>}
        <span className="tool-end">
          {word === "" ? null : <span className="tool-word">{word}</span>}
          {step.status === "working" ? <span className="pulse" aria-hidden="true" /> : formatDuration(step.durationMs)}
        </span>
      </summary>
      <ToolDetails step={step} />
    </details>
  );
}

function ToolDetails({ step }: { readonly step: ToolStep }): ReactNode {
  const edit = editedText(step.input);
  return (
    <div className="tool-details">
      {step.summary === "" ? null : <p>{step.summary}</p>}
      {edit === undefined ? <Labelled name="Input">{prettyInput(step.input)}</Labelled> : <EditPreview {...edit} />}
      {step.output === "" ? null : <Labelled name="Output">{step.output}</Labelled>}
    </div>
  );
}

function Labelled({ name, children }: { readonly name: string; readonly children: string }): ReactNode {
  return (
    <>
      <p className="label">{name}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="output" tabIndex={0}>
        {children}
      </pre>
    </>
  );
}

function EditPreview({ search, replace }: { readonly search: string; readonly replace: string }): ReactNode {
  const removed = search.split("\n").map((text) => ({ kind: "removed", sign: "−", text }));
  const added = replace === "" ? [] : replace.split("\n").map((text) => ({ kind: "added", sign: "+", text }));
  const rows = [...removed, ...added].map((row, number) => ({ ...row, number }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="diff" tabIndex={0}>
      <table>
        <caption className="reader-only">Replaced and new text</caption>
        <tbody>
          {rows.map(({ kind, sign, text, number }) => (
            <tr key={number} className={`diff-${kind}`}>
              <td className="sign">{sign}</td>
              <td className="code">{text === "" ? " " : text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
