/** `npm run test:protocol`: every interleaving of agents, leases, gates, messages, bids and crashes, over the real modules. */
import { explore } from "./explore.ts";
import { faultFound } from "./faults.ts";
import { FAULTS, REAL } from "./protocol.ts";
import { FULL, SMALL } from "./world.ts";

const LEAST_STATES = 100_000;

let passed = 0;
let failed = 0;

function report(name: string, problem: string | undefined): void {
  if (problem === undefined) passed++;
  else failed++;
  process.stdout.write(problem === undefined ? `ok      ${name}\n` : `FAILED  ${name}: ${problem}\n`);
}

const startedAt = performance.now();
let all = 0;
for (const size of [...SMALL, ...FULL]) {
  const { states, transitions, finals, problem } = explore(size, REAL);
  all += states;
  const counts = `${states} states, ${transitions} transitions, ${finals} ends`;
  report(`${size.name}: ${counts}`, problem && `${problem.what} after ${problem.history.join(", ")}`);
}
report(`${all} states in all`, all >= LEAST_STATES ? undefined : `at least ${LEAST_STATES} were expected`);
for (const [fault, { finds }] of Object.entries(FAULTS)) {
  const found = faultFound(fault, SMALL);
  const name = `where ${fault}, it finds “${finds}” after ${found?.history.length} events`;
  report(
    name,
    found?.what === finds ? undefined : `it found ${found?.what ?? "nothing"}: ${found?.history.join(", ")}`,
  );
}
process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
