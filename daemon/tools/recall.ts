import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import type { DirectTool } from "./tool.ts";

const FACTS = 8;

const input = z.object({ query: z.string().check(z.minLength(1), z.maxLength(500)) });

/** What people confirmed about the project, with what it rests on; nothing that still waits for a person. */
export const recallFacts: DirectTool<typeof input> = {
  name: "recall",
  description: "Looks up decisions, conventions and facts noted on this project.",
  input,
  effect: "pure",
  timeoutMs: 30_000,
  access: () => ({ kind: "read", paths: ["."] }),
  async execute({ query }, { recall }) {
    if (recall === undefined) return failure("tool.failed", "There are no notes here.");
    const facts = await recall(query, FACTS);
    const output = facts.length === 0 ? "Nothing is noted on that." : facts.map((fact) => `- ${fact}`).join("\n");
    return { ok: true, output, summary: `recalled “${query.slice(0, 60)}”: ${facts.length} found` };
  },
};
