/** Events of a run as they come, for a call that waits for them. */
import type { NexusError, RunEvent } from "../../../protocol/index.ts";
import type { Desk } from "./desk.ts";

export interface Watching {
  readonly runId: string;
  readonly after: number;
  readonly limit: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly told: (event: RunEvent) => void;
}

/** A page has at most so many characters of JSON; it always has one event. */
const MOST_CHARACTERS = 250_000;

/** What whoever waits wants to know at once. */
const TURNS: ReadonlySet<string> = new Set(["run.finished", "approval.requested", "question.asked"]);

/**
 * Every event after number `after`, once and in order, until there are `limit`, the run has ended or asks a person something,
 * or the time is over.
 * Rejects when the run cannot be watched, and with the signal's reason.
 */
export async function collectEvents(
  { links, clock }: Pick<Desk, "links" | "clock">,
  watching: Watching,
): Promise<RunEvent[]> {
  const { runId, after, limit, seconds, signal, told } = watching;
  const events: RunEvent[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let characters = 0;
  let isOver = false;

  function take(event: RunEvent): void {
    if (isOver) return;
    const length = JSON.stringify(event).length;
    const fits = events.length === 0 || characters + length <= MOST_CHARACTERS;
    if (fits) {
      characters += length;
      events.push(event);
      told(event);
    }
    isOver = !fits || events.length >= limit || TURNS.has(event.body.type);
    if (isOver) resolve();
  }

  const unwatch = links.looking.watch(runId, after, take, (error: NexusError) => reject(error));
  const stopTimer = clock.timer(seconds * 1000, resolve);
  const cancel = () => reject(signal.reason);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    if (signal.aborted) cancel();
    await promise;
    return events;
  } finally {
    isOver = true;
    unwatch();
    stopTimer();
    signal.removeEventListener("abort", cancel);
  }
}

/** As many events as fit into an answer, from the first on. */
export function fittingEvents(events: readonly RunEvent[]): RunEvent[] {
  let characters = 0;
  const end = events.findIndex((event, index) => {
    characters += JSON.stringify(event).length;
    return index > 0 && characters > MOST_CHARACTERS;
  });
  return end < 0 ? [...events] : events.slice(0, end);
}
