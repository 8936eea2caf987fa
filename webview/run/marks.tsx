/** Trust, and what the run has been in touch with: a small mark for each, only where it is set. */
import type { ReactNode } from "react";
import type { RunState } from "../../protocol/run-state.ts";
import { taintOf } from "../../protocol/taint.ts";
import { Icon, type IconName } from "../icons.tsx";

interface Mark {
  readonly label: string;
  readonly icon: IconName;
  readonly meaning: string;
}

const RULE = "Two of the three may come together by themselves; the third needs your word each time.";

const UNTRUSTED: Mark = {
  label: "Folder not trusted",
  icon: "warning",
  meaning: "Nothing of the folder is run or obeyed in this run: no tests, no commands, no rules files.",
};
const INPUT: Mark = {
  label: "Untrusted input",
  icon: "read",
  meaning: `It read what nobody vouched for: a page, a foreign tool, an untrusted folder, or an outsider’s prompt. ${RULE}`,
};
const PRIVATE: Mark = {
  label: "Private data",
  icon: "eye",
  meaning: `It could see files that are not public. ${RULE}`,
};
const OUTSIDE: Mark = { label: "Acted outside", icon: "send", meaning: `It acted outside this machine. ${RULE}` };

export function Marks({ run }: { readonly run: RunState }): ReactNode {
  const marks = marksOf(run);
  if (marks.length === 0) return null;
  return (
    <ul className="marks" aria-label="Trust, and what the run has been in touch with">
      {marks.map(({ label, icon, meaning }) => (
        <li key={label} className={`mark ${label === UNTRUSTED.label ? "tone-bad" : "tone-wait"}`} title={meaning}>
          <Icon name={icon} />
          {label}
          <span className="reader-only">: {meaning}</span>
        </li>
      ))}
    </ul>
  );
}

function marksOf(run: RunState): Mark[] {
  const { untrustedInput, privateData, actedOutside } = taintOf(run);
  return [
    ...(run.trusted === false ? [UNTRUSTED] : []),
    ...(untrustedInput ? [INPUT] : []),
    ...(privateData ? [PRIVATE] : []),
    ...(actedOutside ? [OUTSIDE] : []),
  ];
}
