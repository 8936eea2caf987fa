import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import type { DirectTool } from "./tool.ts";

const input = z.object({
  key: z.string().check(z.minLength(1), z.maxLength(80)),
  value: z.string().check(z.minLength(1), z.maxLength(8000)),
  seen: z.optional(z.int().check(z.gte(0))),
  policy: z.optional(z.enum(["replace", "append", "keep_both"])),
  source: z.optional(z.string().check(z.maxLength(500))),
});

/** Compare-and-set: who replaces an entry says which version it saw, so that nothing of others is lost unseen. */
export const boardWrite: DirectTool<typeof input> = {
  name: "board_write",
  description:
    "Notes what other agents must know (an interface, a decision). seen: the version you read, 0 for a new entry; append needs none.",
  input,
  effect: "idempotent",
  probes: [{ kind: "none" }],
  access: () => ({ kind: "none" }),
  async execute({ policy = "replace", seen = 0, ...write }, { team }) {
    if (team === undefined) return failure("tool.failed", "You work alone, so there is no blackboard.");
    const written = await team.writeBoard({ ...write, policy, seen });
    if (!written.ok) return written;
    const { entry, merged } = written.value;
    const beside = merged ? " Somebody else had written meanwhile; both are kept." : "";
    return {
      ok: true,
      output: `Noted as version ${entry.version}.${beside}`,
      summary: `${entry.key} is version ${entry.version}`,
    };
  },
};
