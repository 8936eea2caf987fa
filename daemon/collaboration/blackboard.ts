/**
 * What the agents of a run know in common: entries with versions, written by compare-and-set. It is made of events, so it
 * is forked and rewound with the run, and its history is in the log.
 */
import type { BoardEntry, RunEvent } from "../../protocol/index.ts";

export type MergePolicy =
  /** The writer must have seen the version that is there. */
  | "replace"
  /** Added to the end of a list, whoever wrote meanwhile. */
  | "append"
  /** As replace; where somebody else wrote meanwhile both stay, side by side, for a reader to decide. */
  | "keep_both";

export interface BoardWrite {
  readonly key: string;
  /** Any JSON value. */
  readonly value: unknown;
  readonly policy: MergePolicy;
  /** The version that the writer saw; 0: it saw that there was none. */
  readonly seen: number;
  readonly taskId: string;
  readonly agent: string;
  readonly source?: string | undefined;
}

export type Written =
  | { readonly ok: true; readonly entry: BoardEntry; readonly merged: boolean }
  | { readonly ok: false; readonly why: "invalid"; readonly problem: string }
  | {
      readonly ok: false;
      readonly why: "conflict";
      readonly problem: string;
      readonly current: BoardEntry | undefined;
    };

const KEY = /^[\p{L}\p{N}][\p{L}\p{N}._/-]{0,79}$/u;
const LONGEST_VALUE = 8000;
const LONGEST_SOURCE = 500;
const MOST_KEYS = 200;
const MOST_ALTERNATIVES = 5;

/** What the board would hold; the caller makes it an event. Values are written as JSON text. */
export function writeBoard(board: readonly BoardEntry[], write: BoardWrite): Written {
  const { key, taskId, agent, source } = write;
  const current = board.find((entry) => entry.key === key);
  const problem = problemOf(board, write, current);
  if (problem !== undefined) return { ok: false, why: "invalid", problem };
  const merged = mergedValue(write, current);
  if (merged === undefined) {
    const at = current === undefined ? "is not there" : `has version ${current.version}, written by ${current.taskId}`;
    return { ok: false, why: "conflict", problem: `"${key}" ${at}; you saw version ${write.seen}.`, current };
  }
  const value = JSON.stringify(merged.value);
  if (value.length > LONGEST_VALUE)
    return { ok: false, why: "invalid", problem: `"${key}" would have ${value.length} characters.` };
  const version = (current?.version ?? 0) + 1;
  const entry = { key, version, value, taskId, agent, ...(source === undefined ? {} : { source }) };
  return { ok: true, entry, merged: merged.isMerged };
}

/** Every version of one entry that the events hold, the first first. */
export function historyOf(events: readonly RunEvent[], key: string): BoardEntry[] {
  return events.flatMap(({ body }) => (body.type === "board.written" && body.entry.key === key ? [body.entry] : []));
}

function problemOf(board: readonly BoardEntry[], write: BoardWrite, current: BoardEntry | undefined) {
  if (!KEY.test(write.key)) return `"${write.key.slice(0, 90)}" is no key.`;
  if (JSON.stringify(write.value) === undefined) return "The value is not JSON.";
  if (!Number.isSafeInteger(write.seen) || write.seen < 0) return "A version is 0, 1, 2 …";
  if ((write.source?.length ?? 0) > LONGEST_SOURCE) return `The source has more than ${LONGEST_SOURCE} characters.`;
  if (current === undefined && board.length >= MOST_KEYS) return `There are ${MOST_KEYS} entries already.`;
  return undefined;
}

/** Undefined: somebody else wrote meanwhile, and the policy does not say what to make of it. */
function mergedValue(
  write: BoardWrite,
  current: BoardEntry | undefined,
): { value: unknown; isMerged: boolean } | undefined {
  const isCurrent = write.seen === (current?.version ?? 0);
  switch (write.policy) {
    case "append": {
      const before: unknown = current === undefined ? [] : JSON.parse(current.value);
      return { value: [...(Array.isArray(before) ? before : [before]), write.value], isMerged: !isCurrent };
    }
    case "replace":
      return isCurrent ? { value: write.value, isMerged: false } : undefined;
    case "keep_both":
      if (isCurrent || current === undefined) return isCurrent ? { value: write.value, isMerged: false } : undefined;
      return keepBoth(write, current);
  }
}

function keepBoth(write: BoardWrite, current: BoardEntry): { value: unknown; isMerged: boolean } | undefined {
  const before: unknown = JSON.parse(current.value);
  const earlier = isAlternatives(before) ? before.alternatives : [{ by: current.taskId, value: before }];
  if (earlier.length >= MOST_ALTERNATIVES) return undefined;
  return { value: { alternatives: [...earlier, { by: write.taskId, value: write.value }] }, isMerged: true };
}

function isAlternatives(value: unknown): value is { readonly alternatives: readonly unknown[] } {
  if (typeof value !== "object" || value === null || !("alternatives" in value)) return false;
  return Array.isArray(value.alternatives) && Object.keys(value).length === 1;
}
