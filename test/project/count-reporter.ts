/** Ends a test run with the plain line that .ci/run adds up, and names the files that a worker took along when it died. */
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import type { Reporter, TestModule } from "vitest/node";

/** How processes of Vitest ended other than by its own SIGTERM: it only says that one did. */
const ends: string[] = [];

subscribe("child_process", (message) => {
  const { process: child } = message as { process: ChildProcess };
  child.once("exit", (code, signal) => {
    if (signal !== "SIGTERM") ends.push(signal === null ? `exit code ${code}` : signal);
  });
});

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => !module.ok() && ![...module.children.allTests("failed")].length).length;
    for (const line of lostLines(modules)) process.stdout.write(`${line}\n`);
    process.stdout.write(`${count("passed")} passed, ${count("failed") + broken + errors.length} failed\n`);
  }
}

function lostLines(modules: readonly TestModule[]): string[] {
  const lost = modules.filter((module) => ["queued", "pending"].includes(module.state()));
  if (lost.length === 0) return [];
  const how = ends.length === 0 ? "" : ` Processes that ended by themselves: ${ends.join(", ")}.`;
  return lost.map((module) => {
    const open = [...module.children.allTests("pending")].map((test) => test.fullName);
    return `lost ${module.moduleId}: ${module.state()}, its worker died.${how} Tests without a result: ${open.join("; ") || "none"}.`;
  });
}
