/**
 * The acceptance suites of the agents of fields: each file NAME.scenarios.ts here holds the scripted tasks of one agent, whose
 * work must pass its field's own checks. `npm run test:fields [-- NAME …]`.
 */
import { readdirSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { Scenario } from "./scenario.ts";

const ENDING = ".scenarios.ts";
const wanted = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(ENDING))
  .map((name) => name.slice(0, -ENDING.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

let failed = 0;
let passed = 0;
for (const name of names) {
  const { SCENARIOS }: { SCENARIOS: readonly Scenario[] } = await import(`./${name}${ENDING}`);
  for (const scenario of SCENARIOS) {
    const started = performance.now();
    const problem = await scenario.run().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${problem === undefined ? "ok  " : "FAIL"} ${name}: ${scenario.name} (${seconds} s)\n`);
    if (problem !== undefined) process.stdout.write(`${problem}\n`);
    if (problem === undefined) passed++;
    else failed++;
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
