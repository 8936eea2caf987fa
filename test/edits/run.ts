/** `node test/edits/run.ts --cases N [--seed S]`: the properties of the edit engine over N random files and edits. */
import { parseArgs } from "node:util";
import fc from "fast-check";
import { PROPERTIES } from "./properties.ts";

const { values } = parseArgs({ options: { cases: { type: "string" }, seed: { type: "string" } } });
const cases = Number(values.cases ?? 100_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
let passed = 0;
let failed = 0;

for (const { name, share, property } of PROPERTIES) {
  const numRuns = Math.ceil(cases * share);
  const startedAt = performance.now();
  const details = await fc.check(property, { numRuns, seed });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (details.failed) failed += 1;
  passed += details.failed ? details.numRuns : numRuns;
  console.log(`${details.failed ? "FAILED" : "ok"}  ${name}: ${numRuns} cases, ${seconds} s`);
  if (details.failed) console.log(fc.defaultReportMessage(details));
}
console.log(`seed ${seed}`);
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
