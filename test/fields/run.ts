/**
 * The acceptance suites of the agents of fields: each file NAME.scenarios.ts here holds the scripted tasks of one agent, whose
 * work must pass its field's own checks; `hostile` holds files that were made to hurt the checkers.
 * `npm run test:fields [-- NAME … --task WORDS --lanes N]`; most of them wait for browsers and test runners, so several
 * are tried at a time.
 */
import { readdirSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import type { Scenario } from "./scenario.ts";

const ENDING = ".scenarios.ts";
const { values, positionals: wanted } = parseArgs({
  options: { task: { type: "string", default: "" }, lanes: { type: "string", default: "3" } },
  allowPositionals: true,
});
const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(ENDING))
  .map((name) => name.slice(0, -ENDING.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

const counts = { passed: 0, failed: 0, skipped: 0 };
const waiting: (() => Promise<void>)[] = [];
for (const name of names) {
  const { SCENARIOS }: { SCENARIOS: readonly Scenario[] } = await import(`./${name}${ENDING}`);
  for (const scenario of SCENARIOS.filter((one) => one.name.includes(values.task)))
    waiting.push(() => attempt(name, scenario));
}
await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
const { passed, failed, skipped } = counts;
if (skipped > 0) process.stdout.write(`${skipped} skipped\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

async function lane(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
}

async function attempt(name: string, scenario: Scenario): Promise<void> {
  const why = await scenario.skip?.();
  if (why !== undefined) {
    counts.skipped++;
    process.stdout.write(`skip ${name}: ${scenario.name}: ${why}\n`);
    return;
  }
  const started = performance.now();
  const problem = await scenario.run().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${problem === undefined ? "ok" : "not ok"} ${name}: ${scenario.name} (${seconds} s)\n`);
  if (problem === undefined) counts.passed++;
  else {
    counts.failed++;
    process.stdout.write(`${problem}\n`);
  }
}
