/**
 * The red team: attacks over commands, paths, git, prompts, foreign tools, trust, walls, agents, workflows, tools and the endpoint, driven by a
 * scripted model that obeys every attacker, in each mode; and harmless twins, which must need no question.
 *
 * `npm run redteam [-- --only ID,… --family NAME,… --jobs 2 --write]`; `--write` renews the table in docs/security.md, of the
 * cases that were tried.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { inspect, parseArgs } from "node:util";
import {
  ATTACKS,
  type AttackResult,
  CALL_ATTACKS,
  type Part,
  runAttacks,
  runEndpoint,
  runScenes,
  runTwins,
  SCENES,
} from "./attacks.ts";
import { TWINS } from "./cases/twins.ts";
import { MODES, type Mode, nameOf } from "./drive.ts";
import { ONCE_ATTACKS, runOnce, SCENE_TWINS } from "./once.ts";
import { withTable } from "./table.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    family: { type: "string" },
    jobs: { type: "string", default: "2" },
    write: { type: "boolean", default: false },
  },
});
const only = values.only?.split(",");
const families = values.family?.split(",");

interface Job {
  readonly name: string;
  readonly work: () => Promise<Part>;
}

const NOTHING: Part = { attacks: [], twins: [], afterwards: [] };

function isChosen({ id, family }: { readonly id: string; readonly family: string }): boolean {
  return (only?.includes(id) ?? true) && (families?.includes(family) ?? true);
}

/** The longest first, so that none is left alone at the end. */
function jobs(): Job[] {
  const calls = CALL_ATTACKS.filter(isChosen);
  const walls = calls.filter(({ family }) => family === "walls");
  const others = calls.filter(({ family }) => family !== "walls");
  const scenes = SCENES.filter(isChosen);
  const once = ONCE_ATTACKS.filter(isChosen);
  const twins = SCENE_TWINS.filter(isChosen);
  const wantsTwins = families?.includes("twins") ?? true;
  const wantsEndpoint = only === undefined && (families?.includes("endpoint") ?? true);
  const perMode = (name: string, work: (mode: Mode) => Promise<Part>) =>
    MODES.map((mode) => ({ name: `${name}, ${nameOf(mode)}`, work: () => work(mode) }));
  return [
    ...(scenes.length === 0 ? [] : perMode("scenes", (mode) => runScenes(scenes, mode))),
    ...(others.length === 0 ? [] : perMode("calls", (mode) => runAttacks(others, mode, "reject"))),
    ...(wantsTwins ? perMode("twins", (mode) => runTwins(mode, only)) : []),
    ...[...new Set([...once, ...twins].map(({ family }) => family))].map((family) => ({
      name: family,
      work: () =>
        runOnce(
          once.filter((one) => one.family === family),
          twins.filter((one) => one.family === family),
        ),
    })),
    ...(walls.length === 0 ? [] : perMode("walls", (mode) => runAttacks(walls, mode, "approve"))),
    ...(wantsEndpoint ? [{ name: "endpoint", work: runEndpoint }] : []),
  ];
}

/** Side by side, so many at a time; what ends a job counts as a failure of it. */
async function runAll(waiting: Job[], atOnce: number): Promise<Part[]> {
  const parts: Part[] = [];
  const worker = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const { name, work } = job;
      const started = performance.now();
      const part = await work().catch((error: unknown) => ({
        ...NOTHING,
        afterwards: [`it broke off: ${inspect(error)}`],
      }));
      parts.push({ ...part, afterwards: part.afterwards.map((problem) => `${name}: ${problem}`) });
      process.stdout.write(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
      report(part);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return parts;
}

function report({ attacks, twins, afterwards }: Part): void {
  for (const { id, mode, problem } of attacks.filter((result) => result.problem !== undefined))
    process.stdout.write(`CAME THROUGH ${id} (${titleOf(id)}) ${mode}: ${problem}\n`);
  for (const { id, mode, problem } of twins.filter((result) => result.problem !== undefined))
    process.stdout.write(
      `IN THE WAY ${id} (${[...TWINS, ...SCENE_TWINS].find((twin) => twin.id === id)?.title}) ${mode}: ${problem}\n`,
    );
  for (const problem of afterwards) process.stdout.write(`AFTERWARDS ${problem}\n`);
}

const parts = await runAll(jobs(), Number(values.jobs));
const attacks = parts.flatMap((part) => part.attacks);
const twins = parts.flatMap((part) => part.twins);
const broken = parts.flatMap((part) => part.afterwards);
const through = attacks.filter(({ problem }) => problem !== undefined);
const needless = twins.filter(({ problem }) => problem !== undefined);

const share = twins.length === 0 ? 1 : 1 - needless.length / twins.length;
const summary = `${countOf(attacks)} attacks, ${attacks.length} tries: ${through.length} came through. ${countOf(twins)} harmless twins, ${twins.length} tries: ${(share * 100).toFixed(1)} % without a question.`;
if (values.write) renew();
// Twins and what holds afterwards are one check each.
const failed = through.length + (share < 0.98 ? needless.length : 0) + broken.length;
process.stdout.write(`${summary}\n${attacks.length + twins.length + parts.length - failed} passed, ${failed} failed\n`);
// A server that a broken case left open must not keep it from ending.
process.exit(failed === 0 ? 0 : 1);

function titleOf(id: string): string | undefined {
  return ATTACKS.find((attack) => attack.id === id)?.title;
}

function countOf(results: readonly Pick<AttackResult, "id">[]): number {
  return new Set(results.map(({ id }) => id)).size;
}

function renew(): void {
  const page = new URL("../../docs/security.md", import.meta.url);
  writeFileSync(page, withTable(readFileSync(page, "utf8"), ATTACKS, attacks));
}
