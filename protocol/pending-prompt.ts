/** What a person said to a run that no agent has read yet. */
import * as z from "zod/mini";
import type { RunEventBody } from "./run-events.ts";

export const PendingPrompt = z.object({
  promptId: z.string(),
  text: z.string(),
  delivery: z.enum(["steer", "queue"]),
  /** The task that it is for; left out: any. */
  forTask: z.optional(z.string()),
});
export type PendingPrompt = z.infer<typeof PendingPrompt>;

export function receivedPrompt(
  before: readonly PendingPrompt[],
  { promptId, text, delivery, forTask }: Extract<RunEventBody, { type: "prompt.received" }>,
): PendingPrompt[] {
  return [...before, { promptId, text, delivery, ...(forTask === undefined ? {} : { forTask }) }];
}
