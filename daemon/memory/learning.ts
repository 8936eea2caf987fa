/** Answers memory/learn: in a thread of its own, one repository after the other. */
import type { Answer, NotificationParams, Params } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import type { Clock } from "../host/clock.ts";
import type { MemoryCall } from "./service.ts";
import { createThreadClient } from "./thread/calls.ts";
import type { LearnOrder } from "./thread/learn-program.ts";
import type { Figures, LearnOutcome } from "./vector/learn.ts";

export interface LearningParts {
  readonly clock: Clock;
  readonly tablesFolder: (workspace: string, signal: AbortSignal) => Promise<string>;
  /** Puts to use what was learned. */
  readonly adoptLearned: (workspace: string, signal: AbortSignal) => Promise<unknown>;
  readonly onProgress: (progress: NotificationParams<"memory/progress">) => void;
}

export interface Learning {
  readonly busy: boolean;
  learn(params: Params<"memory/learn">, call: MemoryCall): Promise<Answer<"memory/learn">>;
  close(): void;
}

const PROGRAM = { source: new URL("./thread/learn-program.ts", import.meta.url), bundled: "learn-thread" };

export function createLearning({ clock, tablesFolder, adoptLearned, onProgress }: LearningParts): Learning {
  const closing = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();
  let pending = 0;

  async function inThread(workspace: string, order: LearnOrder, signal: AbortSignal): Promise<LearnOutcome> {
    const thread = createThreadClient(PROGRAM, {}, (_name, value) => {
      if (isProgress(value)) onProgress({ workspace, progress: progressOf(value.share) });
    });
    try {
      const outcome = await thread.call("learn", order, signal);
      if (!isOutcome(outcome)) throw nexusError("memory.index_failed", "The learning thread said something else.");
      return outcome;
    } finally {
      await thread.close();
      onProgress({ workspace, progress: null });
    }
  }

  async function learn(workspace: string, signal: AbortSignal): Promise<Answer<"memory/learn">> {
    signal.throwIfAborted();
    onProgress({ workspace, progress: progressOf(0) });
    const order = { folder: workspace, tablesFolder: await tablesFolder(workspace, signal), at: clock.iso() };
    const outcome = await inThread(workspace, order, signal);
    if (outcome.kept) await adoptLearned(workspace, signal);
    return answerOf(outcome);
  }

  return {
    get busy() {
      return pending > 0;
    },
    async learn({ workspace }, call) {
      pending++;
      const signal = AbortSignal.any([call.signal, closing.signal]);
      const result = turn.then(() => learn(workspace, signal));
      turn = result.catch(() => undefined);
      try {
        return await result;
      } finally {
        pending--;
      }
    },
    close: () => closing.abort(nexusError("request.cancelled")),
  };
}

function answerOf(outcome: LearnOutcome): Answer<"memory/learn"> {
  if (outcome.kept) {
    const { before, after, judgedBy, learnedFrom } = outcome.record;
    const reason = `${learnedFrom} older commits taught it what this repository's words mean.`;
    return { kept: true, reason, measuredOn: judgedBy, before: scoreOf(before), after: scoreOf(after) };
  }
  const { reason, before, after, judgedBy } = outcome;
  return { kept: false, reason, measuredOn: judgedBy, before: scoreOf(before), after: scoreOf(after) };
}

function scoreOf(figures: Figures | null) {
  return figures === null ? null : { recallAt10: figures.recallAt10, mrr: figures.reciprocalRank };
}

function progressOf(share: number) {
  const rates = { filesPerSecond: null, bytesPerSecond: null, etaMs: null };
  return { phase: "learning" as const, done: Math.round(share * 100), total: 100, ...rates };
}

/** Both ends are ours. */
function isProgress(value: unknown): value is { readonly share: number } {
  return typeof value === "object" && value !== null && "share" in value && typeof value.share === "number";
}

function isOutcome(value: unknown): value is LearnOutcome {
  return typeof value === "object" && value !== null && "kept" in value;
}
