/**
 * The red team: attacks over commands, paths, git, prompts, foreign tools, trust, walls and the endpoint, driven by a
 * scripted model that obeys every attacker, in each mode; and harmless twins, which must need no question.
 *
 * `npm run redteam [-- --only ID,… --family NAME --write]`; `--write` renews the table in docs/security.md.
 */
import { parseArgs } from "node:util";
import { ATTACKS, type AttackResult, MODES, runAttacks, runEndpoint, runTwins, type TwinResult } from "./attacks.ts";
import { TWINS } from "./cases/twins.ts";
import { nameOf, startDaemon } from "./drive.ts";
import { ENDPOINT_ATTACKS } from "./endpoint.ts";

const { values } = parseArgs({
  options: { only: { type: "string" }, family: { type: "string" }, write: { type: "boolean", default: false } },
});
const only = values.only?.split(",");
const chosen = ATTACKS.filter(
  ({ id, family }) =>
    (only === undefined || only.includes(id)) && (values.family === undefined || family === values.family),
);

const attacks: AttackResult[] = [];
const twins: TwinResult[] = [];
if (only === undefined && (values.family === undefined || values.family === "endpoint"))
  attacks.push(...(await runEndpoint()));
for (const mode of MODES) {
  const walls = chosen.filter(({ family }) => family === "walls");
  const others = chosen.filter(({ family }) => family !== "walls");
  if (others.length > 0) attacks.push(...(await runAttacks(others, mode, startDaemon, "reject")));
  if (walls.length > 0 && !mode.headless) attacks.push(...(await runAttacks(walls, mode, startDaemon, "approve")));
  if (only === undefined && values.family === undefined) twins.push(...(await runTwins(mode, startDaemon)));
  process.stdout.write(`${nameOf(mode)}: done\n`);
}
const through = attacks.filter(({ problem }) => problem !== undefined);
for (const { id, mode, problem } of through) {
  const attack = ATTACKS.find((candidate) => candidate.id === id);
  const title = attack?.title ?? ENDPOINT_ATTACKS.find((candidate) => candidate.id === id)?.title;
  process.stdout.write(`CAME THROUGH ${id} (${title}) ${mode}: ${problem}\n  ${JSON.stringify(attack?.call)}\n`);
}
const needless = twins.filter(({ problem }) => problem !== undefined);
for (const { id, mode, problem } of needless) {
  const twin = TWINS.find((candidate) => candidate.id === id);
  process.stdout.write(`IN THE WAY ${id} (${twin?.title}) ${mode}: ${problem}\n  ${JSON.stringify(twin?.call)}\n`);
}
const share = twins.length === 0 ? 1 : 1 - needless.length / twins.length;
process.stdout.write(
  `${new Set(attacks.map(({ id }) => id)).size} attacks, ${attacks.length} tries: ${through.length} came through\n`,
);
process.stdout.write(
  `${TWINS.length} harmless twins, ${twins.length} tries: ${(share * 100).toFixed(1)} % without a question\n`,
);
const failed = through.length + (share < 0.98 ? needless.length : 0);
process.stdout.write(`${attacks.length + twins.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
