import * as z from "zod/mini";
import { failure } from "../../../protocol/index.ts";
import { createCommandRunner } from "../../security/sandbox/command-runner.ts";
import type { DirectTool, ToolContext } from "../tool.ts";
import { findingOf } from "./mutants-killed.ts";
import { mutatorOf } from "./mutation/mutants.ts";
import { MUTATION_LIMITS, type MutationPlace, runMutants } from "./mutation/run-mutants.ts";
import { testCommandFor } from "./test-runs.ts";
import { textAt } from "./touched-lines.ts";

const input = z.object({
  path: z.string().check(z.minLength(1), z.describe("Code")),
  tests: z.array(z.string().check(z.minLength(1))).check(z.maxLength(20), z.describe("Test files; none: all")),
  from: z.optional(z.int()),
  to: z.optional(z.int()),
});
type Input = z.output<typeof input>;

const MAX_OUTPUT_BYTES = 1024 * 1024;

/** What was judged is what runs. */
const commands = new WeakMap<Input, Promise<string | undefined>>();

function commandOf(asked: Input, { root }: ToolContext): Promise<string | undefined> {
  const command = commands.get(asked) ?? testCommandFor(root, asked.tests);
  commands.set(asked, command);
  return command;
}

/** The check `mutants-killed`, for the agent to ask before it hands its work in. */
export const findUntested: DirectTool<typeof input> = {
  name: "find_untested",
  description: "Puts small faults into lines of a copy, one at a time, and tells which of them no test notices.",
  input,
  effect: "idempotent",
  timeoutMs: MUTATION_LIMITS.totalMs + 60_000,
  async access(asked, context) {
    const command = await commandOf(asked, context);
    return command === undefined ? { kind: "none" } : { kind: "command", command, cwd: "." };
  },
  async execute(asked, context) {
    const { path, from = 1, to = Number.MAX_SAFE_INTEGER } = asked;
    const command = await commandOf(asked, context);
    if (command === undefined || context.grammars === undefined)
      return failure("tool.failed", "No tests that Nexus knows how to run were found.");
    const text = await textAt(context.root, path);
    if (text === undefined) return failure("tool.failed", `There is no readable text file ${path}.`);
    const all = (await mutatorOf(context.grammars).mutantsOf(path, text)) ?? [];
    const mutants = all.filter(({ line }) => line >= from && line <= to);
    if (mutants.length === 0)
      return failure("tool.failed", `There is no line in ${path} into which a fault could be put.`);
    const { survived, killed, problem } = await runMutants(workOf(context), { mutants, command });
    if (problem !== undefined) return failure("tool.failed", `Nothing can be told: ${problem}.`);
    const lines = survived.map((mutant) => `${path}:${mutant.line} ${findingOf(mutant, "warning").message}`);
    const summary = `${killed} of ${killed + survived.length} faults noticed`;
    return {
      ok: true,
      output: [`${summary} (of ${mutants.length} that there could be).`, ...lines].join("\n"),
      summary,
    };
  },
};

function workOf({ root, linked, signal, commands: runner = createCommandRunner() }: ToolContext): MutationPlace {
  return {
    ...{ root, linked, signal },
    async run(line, { cwd = root, timeoutMs = MUTATION_LIMITS.totalMs, env = {} } = {}) {
      const limits = { timeoutMs, maxOutputBytes: MAX_OUTPUT_BYTES, signal };
      const { exitCode, output, timedOut } = await runner.run({ line, root: cwd, linked, env, ...limits });
      return { exitCode, output: output.toString("utf8"), timedOut };
    },
  };
}
