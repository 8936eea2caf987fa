/** Random workflows against a naive interpreter: `node test/workflows/run.ts [--cases N] [--seed N]`. */
import { parseArgs } from "node:util";
import fc from "fast-check";
import { type Case, workflowCases } from "./generate.ts";
import { openPretended } from "./pretended.ts";
import { problemsOf } from "./verify.ts";

const { values } = parseArgs({ options: { cases: { type: "string" }, seed: { type: "string" } } });
const numRuns = Number(values.cases ?? 1000);
const seed = Number(values.seed ?? 1);
const most = 5;

const { store, close } = await openPretended();
let passed = 0;
let failed = 0;
for (const [index, one] of fc.sample(workflowCases, { numRuns, seed }).entries()) {
  const problems = await problemsOf(store, one).catch((error: unknown) => [
    String(error instanceof Error ? error.stack : error),
  ]);
  if (problems.length === 0) passed += 1;
  else if (++failed <= most) tell(index, one, problems);
  if ((index + 1) % 100 === 0) process.stdout.write(`${index + 1} of ${numRuns}\n`);
}
await close();
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

function tell(index: number, { bundle, failing, salt }: Case, problems: readonly string[]): void {
  const texts = Object.entries(bundle.files).map(([file, text]) => `${file}: ${JSON.stringify(JSON.parse(text))}`);
  const lines = [
    `case ${index} of seed ${seed} (failing ${failing}, salt ${salt}):`,
    ...problems.slice(0, 5),
    ...texts,
  ];
  process.stdout.write(`${lines.join("\n  ")}\n`);
}
