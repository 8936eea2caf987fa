/** A model that takes its provider's slot for each request, and tells the scheduler when the provider has too much to do. */
import type { RunEventBody } from "../../../protocol/index.ts";
import { failureOf } from "../../models/failure.ts";
import type { ChatModel } from "../../models/model.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Job } from "./slot-pool.ts";

type Decided = Extract<RunEventBody, { type: "scheduler.decided" }>;

/** A shorter wait is nobody's concern, and would only fill the log. */
const NOTED_WAIT_MS = 100;

export interface ModelSlots {
  readonly scheduler: Scheduler;
  /** The run's place among others; each request is a job of its own. */
  job(): Job;
  /** Records what made a request wait. */
  note(decided: Decided): Promise<void>;
}

export function scheduledModel(model: ChatModel, { scheduler, job, note }: ModelSlots): ChatModel {
  const { provider } = model.name;
  return {
    name: model.name,
    async respond(request, options) {
      const slot = await scheduler.call(provider, job(), options.signal);
      try {
        if (slot.waited !== undefined && slot.waited.waitedMs >= NOTED_WAIT_MS)
          await note(waitedEvent(provider, slot.waited));
        return await model.respond(request, options);
      } catch (error) {
        const failure = failureOf(error);
        if (failure?.error.code === "model.overloaded") scheduler.overloaded(provider, failure.retryAfterMs);
        throw error;
      } finally {
        slot.release();
      }
    },
  };
}

function waitedEvent(subject: string, waited: Pick<Decided, "waitedMs" | "reason"> & { decision: string }): Decided {
  const seconds = (waited.waitedMs / 1000).toFixed(1);
  const reason = `A call to ${subject} waited ${seconds} s for one of its slots. ${waited.reason}`;
  const decision = waited.decision === "preferred" ? "preferred" : "held_back";
  return { type: "scheduler.decided", about: "model", subject, decision, waitedMs: waited.waitedMs, reason };
}
