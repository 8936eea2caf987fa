/** Ends a test run with the plain line that .ci/run adds up. */
import type { Reporter, TestModule } from "vitest/node";

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => !module.ok() && ![...module.children.allTests("failed")].length).length;
    process.stdout.write(`${count("passed")} passed, ${count("failed") + broken + errors.length} failed\n`);
  }
}
