/** `npm run test:index-crash [-- --kills N --seed N --lanes N --files N]`: see index-trials.ts. */
import { parseArgs } from "node:util";
import { killIndexing } from "./index-trials.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    lanes: { type: "string", default: "2" },
    files: { type: "string", default: "1500" },
  },
});
const kills = Number(values.kills);
const started = performance.now();
let passed = 0;
let failed = 0;
const hit = await killIndexing({
  ...{ kills, files: Number(values.files), lanes: Number(values.lanes), seed: Number(values.seed) },
  onTrial(name, problem) {
    if (problem === undefined) passed++;
    else {
      failed++;
      process.stdout.write(`✗ ${name}\n    ${problem}\n`);
    }
  },
});
if (hit < kills) {
  failed++;
  process.stdout.write(`✗ only ${hit} of ${kills} kills hit a run\n`);
}
process.stdout.write(`${hit} kills in ${Math.round((performance.now() - started) / 1000)} s\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
