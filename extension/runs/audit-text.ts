/** The audit log of a run as text that people read. */
import type { AuditListed } from "../../protocol/audit.ts";

export interface AuditFound {
  /** Newest first. */
  readonly records: readonly AuditListed[];
  readonly damaged: number;
  /** Older decisions are left out. */
  readonly isCut: boolean;
}

export function auditText(prompt: string, { records, damaged, isCut }: AuditFound): string {
  const head = [
    `Decisions of the run “${oneLine(prompt)}”, newest first. Times are UTC.`,
    "`nexus audit verify` checks that the log is as it was written.",
    ...(damaged === 0
      ? []
      : [`${damaged} damaged ${damaged === 1 ? "line was" : "lines were"} left out: run that command.`]),
    ...(isCut ? ["Older ones are left out here: `nexus audit export` has them all."] : []),
  ];
  const body = records.length === 0 ? ["Nothing was decided yet."] : records.map(recordText);
  return `${[...head, "", ...body].join("\n")}\n`;
}

function recordText({ number, at, event, actor, action, verdict, rule, reason, taint }: AuditListed): string {
  const why = [rule ?? "", reason].filter((part) => part !== "").join(": ");
  const bits = [
    taint.untrustedInput ? "untrusted input" : "",
    taint.privateData ? "private data" : "",
    taint.actedOutside ? "acted outside" : "",
  ].filter((bit) => bit !== "");
  const time = at.slice(0, 19).replace("T", " ");
  return [
    `${time}  ${verdict.toUpperCase().padEnd(8)}  ${event.padEnd(8)}  ${oneLine(actor)}  #${number}`,
    `    ${oneLine(action)}`,
    ...(why === "" ? [] : [`    because ${oneLine(why)}`]),
    ...(bits.length === 0 ? [] : [`    in touch with: ${bits.join(", ")}`]),
    "",
  ].join("\n");
}

/** Nothing in a record may look like a record of its own, or turn its line around. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === "\n" ? "⏎" : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
