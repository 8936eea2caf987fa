import * as z from "zod/mini";
import type { DirectTool } from "./tool.ts";

const input = z.object({});

export const showDiff: DirectTool<typeof input> = {
  name: "show_diff",
  description: "Shows the whole change so far as a unified diff.",
  input,
  effect: "pure",
  access: () => ({ kind: "read", paths: [] }),
  async execute(_input, context) {
    const diff = await context.diff();
    return {
      ok: true,
      output: diff === "" ? "Nothing was changed so far." : diff,
      summary: "looked at the change so far",
    };
  },
};
