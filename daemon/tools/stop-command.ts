import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { told } from "./command-output.ts";
import type { DirectTool } from "./tool.ts";

const input = z.object({ id: z.string().check(z.maxLength(20)) });

/** Ends a background command and everything that it started; harmless when it has ended. */
export const stopCommand: DirectTool<typeof input> = {
  name: "stop_command",
  description: "Ends a background command and shows what it printed last.",
  input,
  effect: "idempotent",
  access: () => ({ kind: "none" }),
  async execute({ id }, { background }) {
    if (background === undefined) return failure("tool.failed", "No command runs in the background here.");
    const stopped = await background.stop(id);
    return stopped.ok ? told(stopped.value) : stopped;
  },
};
