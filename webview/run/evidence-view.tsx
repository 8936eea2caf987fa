/** What a claim of "done" rests on: the command, how it ended, and what it printed. */
import type { ReactNode } from "react";
import type { Evidence } from "../../protocol/run-events.ts";
import { formatDuration } from "../format.ts";
import { Icon } from "../icons.tsx";

export function EvidenceView({
  evidence,
  isOpen = false,
}: {
  readonly evidence: Evidence;
  readonly isOpen?: boolean;
}): ReactNode {
  const { command, satisfied, durationMs, outputTail } = evidence;
  return (
    <details className={`evidence tone-${satisfied ? "good" : "bad"}`} open={isOpen}>
      <summary>
        <Icon name={satisfied ? "check" : "cross"} />
        <code>{command}</code>
        <span className="outcome">{outcomeWords(evidence)}</span>
        <span className="muted">{formatDuration(durationMs)}</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="output" tabIndex={0}>
        {outputTail === "" ? "(no output)" : outputTail}
      </pre>
    </details>
  );
}

function outcomeWords({ exitCode, expected, satisfied }: Evidence): string {
  const code = exitCode === null ? "did not end by itself" : `exit ${exitCode}`;
  if (expected === "pass") return code;
  return satisfied ? `${code}, fails as it should` : `${code}, should have failed`;
}
