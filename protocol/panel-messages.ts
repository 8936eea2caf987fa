/** What the host tells a run panel. The page checks every message against these schemas before it draws anything. */
import * as z from "zod/mini";
import { FileDiff } from "./change-set.ts";
import { ErrorValue } from "./errors.ts";
import { RunEvent } from "./run-events.ts";
import { RunState } from "./run-state.ts";

export const PanelMessage = z.discriminatedUnion("type", [
  /** The whole state, and the last events up to it; replaces everything the page has. */
  z.object({ type: z.literal("run"), run: RunState, events: z.array(RunEvent) }),
  /** What happened next. */
  z.object({ type: z.literal("events"), events: z.array(RunEvent) }),
  /** An older page that was asked for. */
  z.object({ type: z.literal("page"), events: z.array(RunEvent) }),
  /** With `call`: what that call of the turn prints. */
  z.object({
    type: z.literal("delta"),
    taskId: z.string(),
    turn: z.int(),
    text: z.string(),
    call: z.optional(z.int()),
  }),
  /** What came of an edit of the plan; with problems nothing changed. */
  z.object({ type: z.literal("planEdited"), problems: z.array(z.string()), warnings: z.array(z.string()) }),
  z.object({ type: z.literal("diff"), path: z.string(), diff: z.nullable(FileDiff), error: z.nullable(ErrorValue) }),
  z.object({
    type: z.literal("connection"),
    state: z.enum(["connecting", "connected"]),
    error: z.nullable(ErrorValue),
  }),
  /** A request of the page was carried out, or failed. */
  z.object({ type: z.literal("settled"), request: z.string(), error: z.nullable(ErrorValue) }),
]);
export type PanelMessage = z.infer<typeof PanelMessage>;

/** Undefined for anything else. */
export function readPanelMessage(value: unknown): PanelMessage | undefined {
  const result = z.safeParse(PanelMessage, value);
  return result.success ? result.data : undefined;
}
