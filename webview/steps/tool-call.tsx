/** A tool call: one line that says what, and its input and output behind it. */
import { createElement, type ReactNode, useState } from "react";
import { DiffView } from "../changes/diff-view.tsx";
import { formatDuration } from "../format.ts";
import { Icon, type IconName } from "../icons.tsx";
import { usePanel } from "../state/panel-context.tsx";
import type { ToolStep } from "./step.ts";
import { type Edited, editsOf, patchOf, prettyInput, toolWords } from "./tool-words.ts";

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
  const live = usePanel().state.streams[step.stream] ?? "";
  // Opens by itself while there is something to watch; whoever opens or closes it decides from then on.
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isOpen = chosen ?? live !== "";
  return (
    <details className={`tool tone-${tone}`} open={isOpen}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a summary is a button, for keys and for readers */}
      <summary
        onClick={(event) => {
          event.preventDefault();
          setChosen(!isOpen);
        }}
      >
        <Icon name={ICONS[step.tool] ?? "spark"} />
        <span className="tool-verb">{verb}</span>
        {object === "" ? null : <code className={isCommand ? "is-command" : ""}>{object}</code>}
        <span className="tool-end">
          {step.background === undefined ? null : <Background {...step.background} />}
          {word === "" ? null : <span className="tool-word">{word}</span>}
          {step.status === "working" ? <span className="pulse" aria-hidden="true" /> : formatDuration(step.durationMs)}
        </span>
      </summary>
      <ToolDetails step={step} live={live} />
    </details>
  );
}

function Background({ id, state }: NonNullable<ToolStep["background"]>): ReactNode {
  return (
    <span className={`tool-background ${state === "runs" ? "tone-busy" : "tone-plain"}`}>
      in the background as {id}: {state}
    </span>
  );
}

function ToolDetails({ step, live }: { readonly step: ToolStep; readonly live: string }): ReactNode {
  return (
    <div className="tool-details">
      {step.summary === "" ? null : <p>{step.summary}</p>}
      <ToolInput input={step.input} />
      {step.output === "" ? null : <Labelled name="Output">{step.output}</Labelled>}
      {step.status === "working" && live !== "" ? <LiveOutput text={live} /> : null}
    </div>
  );
}

function ToolInput({ input }: { readonly input: string }): ReactNode {
  const patch = patchOf(input);
  if (patch !== undefined) return <DiffView patch={patch} />;
  const edits = editsOf(input);
  if (edits.length === 0) return <Labelled name="Input">{prettyInput(input)}</Labelled>;
  // The call's input never changes, so a position is a fine key.
  return edits.map((edit, index) => createElement(EditPreview, { key: index, ...edit }));
}

/** The newest lines stay in sight: the place is drawn from its end. */
function LiveOutput({ text }: { readonly text: string }): ReactNode {
  return (
    <>
      <p className="label">Output so far</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="output live-output" tabIndex={0}>
        <pre>{text}</pre>
      </div>
    </>
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

function EditPreview({ path, search, replace }: Edited): ReactNode {
  const removed = search.split("\n").map((text) => ({ kind: "removed", sign: "−", text }));
  const added = replace === "" ? [] : replace.split("\n").map((text) => ({ kind: "added", sign: "+", text }));
  const rows = [...removed, ...added].map((row, number) => ({ ...row, number }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="diff" tabIndex={0}>
      <table>
        <caption className="reader-only">Replaced and new text</caption>
        <tbody>
          {path === undefined ? null : (
            <tr className="diff-file">
              <th colSpan={2} scope="rowgroup">
                {path}
              </th>
            </tr>
          )}
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
