/** What the host tells a design panel. The page checks every message against these schemas before it draws anything. */
import * as z from "zod/mini";
import { ErrorValue } from "../errors.ts";
import { RunStatus } from "../run-state.ts";
import { DesignView } from "./view.ts";

export const DesignPanelMessage = z.discriminatedUnion("type", [
  /** All there is to draw; replaces what the page has. `run` is null for a folder. */
  z.object({
    type: z.literal("view"),
    view: DesignView,
    run: z.nullable(z.object({ runId: z.string(), prompt: z.string(), status: RunStatus })),
  }),
  /** A screenshot that was asked for: PNG in base64. */
  z.object({
    type: z.literal("picture"),
    key: z.string(),
    png: z.nullable(z.string()),
    error: z.nullable(ErrorValue),
  }),
  /** A person's text was taken; what is still wrong with it. */
  z.object({
    type: z.literal("saved"),
    path: z.string(),
    hash: z.string(),
    problems: z.array(z.object({ code: z.string(), message: z.string() })),
  }),
  z.object({
    type: z.literal("connection"),
    state: z.enum(["connecting", "connected"]),
    error: z.nullable(ErrorValue),
  }),
  /** A request of the page was carried out, or failed. */
  z.object({ type: z.literal("settled"), request: z.string(), error: z.nullable(ErrorValue) }),
]);
export type DesignPanelMessage = z.infer<typeof DesignPanelMessage>;

/** Undefined for anything else. */
export function readDesignPanelMessage(value: unknown): DesignPanelMessage | undefined {
  const result = z.safeParse(DesignPanelMessage, value);
  return result.success ? result.data : undefined;
}
