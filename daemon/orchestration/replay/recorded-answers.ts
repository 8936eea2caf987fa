/** What the world answered, read from the log: models, tools, checks, the policy. */
import { NexusError, type RunEventOf, type RunEventType } from "../../../protocol/index.ts";
import type { ModelRequest, ModelResponse } from "../../models/model.ts";
import type { Store } from "../../store/store.ts";
import type { RecordedOutcome } from "../../tools/gate/journal-port.ts";
import type { RecordedWorld } from "../recorded-world.ts";
import type { Follower } from "./follower.ts";
import type { RecordedLog } from "./recorded-log.ts";

interface Recorded {
  readonly log: RecordedLog;
  readonly follower: Follower;
  readonly artifacts: Pick<Store["artifacts"], "get">;
}

type Frame = Pick<ModelRequest, "system" | "tools">;

export function recordedAnswers({ log, follower, artifacts }: Recorded, generation: number): RecordedWorld {
  const frames = new Map<string, Frame>();
  const ahead = () => ({ from: follower.cursor, to: log.segmentEnd(follower.cursor - 1) });

  async function textOf(artifact: string, what: string): Promise<string> {
    const bytes = await artifacts.get(artifact);
    if (bytes !== undefined) return new TextDecoder().decode(bytes);
    follower.diverge(`The record of ${what} is no longer there.`);
    return follower.hang(generation);
  }

  return {
    async frame(key) {
      const body = frameEvent(log, key, follower.cursor);
      if (body?.frame === undefined) return undefined;
      const known = frames.get(body.frame);
      if (known !== undefined) return known;
      const frame: Frame = JSON.parse(await textOf(body.frame, "the instructions"));
      frames.set(body.frame, frame);
      return frame;
    },

    async ask(key, onFailed) {
      for (;;) {
        const failed = log.first("model.failed", ahead(), (one) => one.key === key);
        const responded = log.first("model.responded", ahead(), (one) => one.key === key);
        if (failed === undefined && responded !== undefined)
          return parsed(await textOf(responded.artifact, "an answer of the model"));
        if (failed === undefined) return follower.hang(generation);
        await onFailed(failed.error, failed.attempt, failed.willRetry);
        if (!failed.willRetry) throw new NexusError(failed.error);
      }
    },

    async outcome(key, call) {
      const result = `${key}/result`;
      const known = follower.committed(result);
      if (known === undefined) {
        const position = log.indexOfKey(result);
        follower.open(key, call);
        follower.advance();
        if (position === undefined || position >= ahead().to) return follower.hang(generation);
      }
      const { body } = known ?? (await follower.claim(generation, result));
      if (body.type !== "tool.finished") return follower.hang(generation);
      const text = body.artifact === null ? body.output : await textOf(body.artifact, `what ${body.tool} answered`);
      return { outcome: outcomeOf(body, text), live: known === undefined };
    },

    async mayCheck(key) {
      const noted = `may/${key}`;
      if (follower.committed(noted) !== undefined) return false;
      const range = ahead();
      for (const entry of log.entries.slice(range.from, range.to)) {
        const { body } = entry.event;
        if (entry.key === noted) return false;
        const isIt = [key, `check/${key}`].some((name) => entry.key === name || entry.key?.startsWith(`${name}/`));
        if (isIt && body.type === "verification.finished") return body.evidence !== null;
      }
      return follower.hang(generation);
    },

    async tests(key) {
      if (key !== null) {
        const entry = log.entries[log.indexOfKey(key) ?? -1];
        if (entry === undefined) return follower.hang(generation);
        const { body } = entry.event;
        const evidence = body.type === "verification.finished" ? body.evidence : null;
        return evidence === null ? undefined : { command: evidence.command };
      }
      const looked = log.first("run.recalled", { from: 0, to: log.entries.length });
      if (looked === undefined) return undefined;
      const { testCommand }: { testCommand?: string } = JSON.parse(await textOf(looked.artifact, "a look"));
      return testCommand === undefined ? undefined : { command: testCommand };
    },

    has: (key) => log.indexOfKey(key) !== undefined,

    isLive: (key) => (log.indexOfKey(key) ?? -1) > log.segmentStart(follower.cursor - 1),

    nextChoice() {
      const { from, to } = ahead();
      for (const { event } of log.entries.slice(from, to)) {
        const { body } = event;
        if (body.type === "task.dispatched") return { does: "start", taskId: body.taskId, kind: body.place.kind };
        if (body.type === "conflict.predicted" && body.decision === "allowed") return { does: "allow" };
        const [behind, taskId] = body.type === "conflict.predicted" ? body.tasks : [];
        if (behind !== undefined && taskId !== undefined) return { does: "hold", taskId, behind };
      }
      return undefined;
    },

    async planProblems() {
      const { from, to } = ahead();
      const next = log.entries.slice(from, to).find(({ event }) => AFTER_A_PLAN.has(event.body.type))?.event.body;
      if (next === undefined) return follower.hang(generation);
      return next.type === "plan.rejected" ? next.problems : [];
    },

    async judge(access) {
      if (access.kind !== "plan") return { verdict: "allow", rule: "replay", reason: "" };
      const everywhere = { from: 0, to: log.entries.length };
      const asked = log.first("approval.requested", everywhere, ({ approval }) => approval.subject.kind === "plan");
      if (asked !== undefined) return { verdict: "ask", rule: "replay", reason: asked.approval.reason };
      const rejected = log.first("run.finished", ahead(), ({ error }) => error?.code === "plan.rejected");
      if (rejected?.error === undefined) return { verdict: "allow", rule: "replay", reason: "" };
      throw new NexusError(rejected.error);
    },
  };
}

/** What comes next once the planner has answered: a refusal of its answer, or what is done with it. */
const AFTER_A_PLAN: ReadonlySet<string> = new Set<RunEventType>([
  "plan.rejected",
  "plan.proposed",
  "plan.reconsidered",
  "model.requested",
  "run.finished",
]);

/** A call that was prepared and never sent, for want of money or because the run ended, is not in the log: the nearest one is. */
function frameEvent(log: RecordedLog, key: string, from: number): RunEventOf<"model.requested"> | undefined {
  const everywhere = { from: 0, to: log.entries.length };
  const task = key.slice(0, key.lastIndexOf("/") + 1);
  const ofTask = (one: RunEventOf<"model.requested">) => one.key.startsWith(task);
  return (
    log.first("model.requested", { ...everywhere, from }, (one) => one.key === key) ??
    log.first("model.requested", everywhere, (one) => one.key === key) ??
    log.first("model.requested", { ...everywhere, from }, ofTask) ??
    log.first("model.requested", everywhere, ofTask)
  );
}

function parsed(text: string): ModelResponse {
  return JSON.parse(text);
}

/** As the journal tells it after a restart. */
function outcomeOf(body: RunEventOf<"tool.finished">, output: string): RecordedOutcome {
  const { status, summary, changed, durationMs, whole, offers } = body;
  const more = { ...(whole === undefined ? {} : { isCut: true }), ...(offers === undefined ? {} : { offers }) };
  return { status, output, summary, changed, durationMs, ...more };
}
