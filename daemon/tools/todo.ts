import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import type { DirectTool } from "./tool.ts";

const input = z.object({
  items: z
    .array(
      z.object({ text: z.string().check(z.minLength(1), z.maxLength(200)), status: z.enum(["open", "doing", "done"]) }),
    )
    .check(z.maxLength(30)),
});

/** The agent's own list, shown to people; the same list again changes nothing. */
export const todo: DirectTool<typeof input> = {
  name: "todo",
  description: "Replaces your list of steps, which the user sees. For work of many steps.",
  input,
  effect: "idempotent",
  probes: [{ kind: "none" }],
  access: () => ({ kind: "none" }),
  async execute({ items }, { showTodo }) {
    if (showTodo === undefined) return failure("tool.failed", "There is nobody to show a list to.");
    // Lists are drawn by their texts: each stands in it once.
    await showTodo([...new Map(items.map((item) => [item.text, item])).values()]);
    const done = items.filter(({ status }) => status === "done").length;
    return { ok: true, output: "Noted.", summary: `${done} of ${items.length} steps done` };
  },
};
