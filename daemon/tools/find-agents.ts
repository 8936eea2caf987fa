import * as z from "zod/mini";
import { asData } from "../memory/context/cut.ts";
import type { DirectTool } from "./tool.ts";

const input = z.object({ query: z.string().check(z.minLength(1), z.maxLength(300)) });

/** Who could do a piece of work that is to be handed on. */
export const findAgents: DirectTool<typeof input> = {
  name: "find_agents",
  description: "Finds agents that can do something, to hand work to.",
  input,
  effect: "pure",
  access: () => ({ kind: "none" }),
  probes: [{ kind: "none" }],
  async execute({ query }, { findAgents: find }) {
    const found = (await find?.(query)) ?? [];
    if (found.length === 0)
      return { ok: true, output: "No agent fits these words. Try others.", summary: "found no agent" };
    const lines = found.map(({ name, purpose, capabilities }) => `${name}: ${purpose} (${capabilities.join(", ")})`);
    const names = found.map(({ name }) => name).join(", ");
    return { ok: true, output: asData("agents", lines.join("\n")), summary: `found ${names}` };
  },
};
