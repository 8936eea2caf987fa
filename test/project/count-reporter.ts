/** Ends a test run with the plain line that .ci/run adds up, and names the files that a worker took along when it died. */
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
    for (const line of replayLines()) process.stdout.write(`${line}\n`);
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

/** Engines of tests write a line for each recorded run that they replayed when they closed. */
function replayLines(): string[] {
  const path = join(tmpdir(), `nexus-test-replays-${process.pid}`);
  if (!existsSync(path)) return [];
  const events = readFileSync(path, "utf8").trim().split("\n").map(Number);
  rmSync(path);
  const all = events.reduce((sum, count) => sum + count, 0);
  return [`${events.length} recorded runs replayed, each at the first try: ${all} events, the same but for times`];
}
