/** The tool that runs the project's own tests for the procedure, and tells what they said in MetaGPT's form. */
import { runTests, testsRun } from "../../tools/run-tests.ts";
import type { DirectTool } from "../../tools/tool.ts";
import { PROJECT_TESTS } from "./tool-names.ts";

const MOST_TEXT = 12_000;

/** A project without tests, or whose tests cannot be run, has none that pass. */
export const projectTests: DirectTool<typeof runTests.input> = {
  ...runTests,
  name: PROJECT_TESTS,
  // After a crash they are run again: what they said is what counts, not that they ran once.
  effect: "idempotent",
  description: "Runs the project's own tests; answers with JSON: passed, report, and the document of their output.",
  probes: [{ kind: "test", command: "npm test", cwd: "." }],
  async execute(asked, context) {
    const { outcome, passed } = await testsRun(asked, context);
    if (context.signal.aborted) return outcome;
    const text = outcome.ok ? outcome.output : `${outcome.error.message} ${outcome.error.hint}`;
    const summary = passed ? "The tests passed." : "The tests did not pass.";
    const document = { summary, stdout: text.slice(0, MOST_TEXT), stderr: "" };
    return {
      ok: true,
      output: JSON.stringify({ passed, report: text.slice(0, MOST_TEXT), document }),
      summary: outcome.ok ? outcome.summary : summary,
    };
  },
};
