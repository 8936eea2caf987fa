/** A run's log as a replay reads it: by position, by key, and by the pieces between two starts. */
import type { RunEventBody, RunEventOf } from "../../../protocol/index.ts";
import type { KeyedEvent } from "../../store/store.ts";

export interface RecordedLog {
  readonly entries: readonly KeyedEvent[];
  /** Events before this position are the history that a fork began with, or what was there before the first start. */
  readonly historyEnd: number;
  indexOfKey(key: string): number | undefined;
  /** Position of the next `run.started` after this one; the log's length when there is none. */
  segmentEnd(position: number): number;
  /** Position of the last `run.started` up to this one; -1 when there is none. */
  segmentStart(position: number): number;
  /** The first event from `from` up to `to` (exclusive) that fits. */
  first<Type extends RunEventBody["type"]>(
    type: Type,
    range: { readonly from: number; readonly to: number },
    fits?: (body: RunEventOf<Type>) => boolean,
  ): RunEventOf<Type> | undefined;
}

export function createRecordedLog(entries: readonly KeyedEvent[]): RecordedLog {
  const byKey = new Map(entries.flatMap(({ key }, index) => (key === null ? [] : [[key, index] as const])));
  const forked = entries.findLastIndex(({ event }) => event.body.type === "run.forked");
  const started = entries.findIndex(({ event }) => event.body.type === "run.started");
  return {
    entries,
    historyEnd: forked >= 0 ? forked + 1 : started < 0 ? entries.length : started,
    indexOfKey: (key) => byKey.get(key),
    segmentEnd(position) {
      const next = entries.findIndex(({ event }, index) => index > position && event.body.type === "run.started");
      return next < 0 ? entries.length : next;
    },
    segmentStart: (position) =>
      entries.findLastIndex(({ event }, index) => index <= position && event.body.type === "run.started"),
    first(type, { from, to }, fits = () => true) {
      for (const { event } of entries.slice(from, to))
        if (isOf(event.body, type) && fits(event.body)) return event.body;
      return undefined;
    },
  };
}

function isOf<Type extends RunEventBody["type"]>(body: RunEventBody, type: Type): body is RunEventOf<Type> {
  return body.type === type;
}
