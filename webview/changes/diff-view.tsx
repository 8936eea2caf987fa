import { type ReactNode, useMemo, useState } from "react";
import { Button } from "../controls/button.tsx";
import { type DiffLine, diffLines } from "./diff-lines.ts";

const FIRST_LINES = 400;
const SIGNS: Record<DiffLine["kind"], string> = { file: "", hunk: "", added: "+", removed: "−", same: " ", note: "" };

/** A unified diff as a table, so that readers can walk it line by line. Long ones show their beginning first. */
export function DiffView({
  patch,
  truncated = false,
}: {
  readonly patch: string;
  readonly truncated?: boolean;
}): ReactNode {
  const lines = useMemo(() => diffLines(patch), [patch]);
  const [shown, setShown] = useState(FIRST_LINES);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="diff" tabIndex={0}>
      <table>
        <caption className="reader-only">Changed lines</caption>
        <tbody>
          {lines.slice(0, shown).map((line) => (
            <DiffRow key={line.index} line={line} />
          ))}
        </tbody>
      </table>
      {lines.length > shown ? (
        <Button onPress={() => setShown(shown + 2000)}>Show {lines.length - shown} more lines</Button>
      ) : null}
      {truncated ? <p className="muted">The diff is cut here; open it in the editor to see all of it.</p> : null}
    </div>
  );
}

/** Said to readers, who see no colour; the signs say it to everybody else. */
const WORDS: Partial<Record<DiffLine["kind"], string>> = { added: "added", removed: "removed" };

function DiffRow({ line }: { readonly line: DiffLine }): ReactNode {
  if (line.kind === "file")
    return (
      <tr className="diff-file">
        <th colSpan={4} scope="rowgroup">
          {line.text}
        </th>
      </tr>
    );
  if (line.kind === "hunk")
    return (
      <tr className="diff-hunk">
        <td colSpan={4}>⋯ {line.text}</td>
      </tr>
    );
  return (
    <tr className={`diff-${line.kind}`}>
      <td className="number">{line.before}</td>
      <td className="number">{line.after}</td>
      <td className="sign">
        <span aria-hidden="true">{SIGNS[line.kind]}</span>
        <span className="reader-only">{WORDS[line.kind] ?? ""}</span>
      </td>
      <td className="code">{line.text === "" ? " " : line.text}</td>
    </tr>
  );
}
