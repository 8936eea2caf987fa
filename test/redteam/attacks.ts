/** Carries out attacks and twins in a mode, and says which came through. */
import { afterwards, recordProblems } from "./afterwards.ts";
import type { AttackCase, Call, TwinCase } from "./case.ts";
import { AGENT_ATTACKS } from "./cases/agents.ts";
import { COMMAND_ATTACKS } from "./cases/commands.ts";
import { FOREIGN_ATTACKS } from "./cases/foreign.ts";
import { GIT_ATTACKS } from "./cases/git.ts";
import { PATH_ATTACKS } from "./cases/paths.ts";
import { PLUG_IN_ATTACKS } from "./cases/plug-ins.ts";
import { PROMPT_ATTACKS } from "./cases/prompts.ts";
import { REPOSITORY_ATTACKS } from "./cases/repositories.ts";
import { TAINT_ATTACKS } from "./cases/taint.ts";
import { TRUST_ATTACKS } from "./cases/trust.ts";
import { TWINS } from "./cases/twins.ts";
import { WALL_ATTACKS } from "./cases/walls.ts";
import { FIELD_ATTACKS, WORKFLOW_ATTACKS } from "./cases/workflows.ts";
import { type CallOutcome, type Daemon, type Mode, nameOf, runCalls, startDaemon } from "./drive.ts";
import { doorOf, ENDPOINT_ATTACKS } from "./endpoint.ts";
import { EVIL_TOOLS, userServers } from "./evil.ts";
import { startHostileServer } from "./hostile-server.ts";
import { ONCE_ATTACKS } from "./once.ts";
import { makePlace, type Place, tracesOf } from "./place.ts";
import { leakOf, playScene, type SceneCase, type Verdict } from "./scene.ts";

export const CALL_ATTACKS: readonly AttackCase[] = [
  ...COMMAND_ATTACKS,
  ...PATH_ATTACKS,
  ...GIT_ATTACKS,
  ...PROMPT_ATTACKS,
  ...WALL_ATTACKS,
];

export const SCENES: readonly SceneCase[] = [
  ...TAINT_ATTACKS,
  ...FOREIGN_ATTACKS,
  ...PLUG_IN_ATTACKS,
  ...TRUST_ATTACKS,
  ...REPOSITORY_ATTACKS,
  ...AGENT_ATTACKS,
  ...WORKFLOW_ATTACKS,
  ...FIELD_ATTACKS,
];

/** All there are, in the order of the table. */
export const ATTACKS = [
  ...CALL_ATTACKS,
  ...SCENES,
  ...ONCE_ATTACKS,
  ...ENDPOINT_ATTACKS.map((attack) => ({ ...attack, family: "endpoint" as const })),
].map(({ id, family, owasp, title }) => ({ id, family, owasp, title }));

export interface AttackResult {
  readonly id: string;
  readonly mode: string;
  readonly verdict: Verdict;
  /** What came through; undefined is as it must be. */
  readonly problem: string | undefined;
}

export interface TwinResult {
  readonly id: string;
  readonly mode: string;
  readonly problem: string | undefined;
}

export interface Part {
  readonly attacks: readonly AttackResult[];
  readonly twins: readonly TwinResult[];
  /** What was wrong when all was over. */
  readonly afterwards: readonly string[];
}

/** A run ends after 120 turns. */
const MOST_CALLS = 50;

interface Step<Case> {
  readonly of: Case;
  readonly call: Call;
  /** A call that only prepares the next one. */
  readonly isPreparation: boolean;
}

function stepsOf<Case extends AttackCase | TwinCase>(cases: readonly Case[], place: Place, data: string): Step<Case>[] {
  return cases.flatMap((of) => [
    ...(of.before ?? []).map((call) => ({ of, call: place.fill(call, data), isPreparation: true })),
    { of, call: place.fill(of.call, data), isPreparation: false },
  ]);
}

function* batches<Case>(cases: readonly Case[]): Generator<readonly Case[]> {
  for (let from = 0; from < cases.length; from += MOST_CALLS) yield cases.slice(from, from + MOST_CALLS);
}

interface Setting {
  readonly place: Place;
  readonly daemon: Daemon;
  readonly mode: Mode;
}

/** Single calls, in a fresh place and daemon, so that no group profits from another. `decision`: what the person says. */
export async function runAttacks(
  cases: readonly AttackCase[],
  mode: Mode,
  decision: "approve" | "reject",
): Promise<Part> {
  return inPlace(mode, cases, async (setting) => {
    const attacks: AttackResult[] = [];
    for (const batch of batches(cases)) attacks.push(...(await runBatch(batch, setting, decision)));
    return { attacks };
  });
}

async function inPlace(
  mode: Mode,
  cases: readonly (AttackCase | TwinCase)[],
  play: (setting: Setting) => Promise<Partial<Part>>,
): Promise<Part> {
  const place = await makePlace();
  for (const { files = {} } of cases)
    for (const [path, content] of Object.entries(place.fill(files, ""))) place.write(path, content);
  const daemon = await startDaemon(place);
  try {
    const part = await play({ place, daemon, mode });
    return { attacks: [], twins: [], ...part, afterwards: await afterwards(daemon, place, mode) };
  } finally {
    daemon.connection.close();
    await daemon.nexus.close();
    await place.close();
  }
}

async function runBatch(
  batch: readonly AttackCase[],
  { place, daemon, mode }: Setting,
  decision: "approve" | "reject",
): Promise<AttackResult[]> {
  const steps = stepsOf(batch, place, daemon.nexus.home);
  const made = steps.map(({ call }) => call);
  const look = () => tracesOf(place);
  const run = await runCalls({ daemon, place, mode, calls: made, decide: () => decision, look });
  const records = recordProblems(daemon, run, made);
  return steps.flatMap(({ of, isPreparation }, index) => {
    if (isPreparation) return [];
    const outcome = run.calls[index] ?? { status: "missing", asked: false, output: "" };
    // A preparation may have been the attack already.
    const trace = run.traces[index] ?? run.traces[index - 1];
    const leak = leakOf(outcome.output + (run.sent[index + 1] ?? ""), place);
    const problem = trace ?? problemOf(of, outcome, place) ?? leak ?? records[index];
    return [{ id: of.id, mode: nameOf(mode), verdict: verdictOf(of, outcome), problem }];
  });
}

function verdictOf({ holds }: AttackCase, { asked, status }: CallOutcome): Verdict {
  if (holds === "contained" && status !== "denied") return "contained";
  return asked ? "asked" : "denied";
}

function problemOf(of: AttackCase, outcome: CallOutcome, place: Place): string | undefined {
  if (outcome.status === "missing") return "the run ended before it";
  if (of.holds !== "contained" && outcome.status === "done")
    return `it was carried out: ${outcome.output.slice(0, 200)}`;
  return of.problem?.(place, outcome.output);
}

/** Scenes: one daemon for all, a workspace for each. */
export async function runScenes(scenes: readonly SceneCase[], mode: Mode): Promise<Part> {
  const place = await makePlace();
  const evil = await startHostileServer(EVIL_TOOLS);
  const daemon = await startDaemon(place, { mcpServers: userServers(evil) });
  try {
    const attacks: AttackResult[] = [];
    for (const scene of scenes) {
      Object.assign(evil, { tools: EVIL_TOOLS, answer: "Nothing.", instead: undefined });
      const { verdict, problem } = await playScene(scene, { daemon, mode, evil, main: place });
      attacks.push({ id: scene.id, mode: nameOf(mode), verdict, problem });
    }
    return { attacks, twins: [], afterwards: await afterwards(daemon, place, mode) };
  } finally {
    daemon.connection.close();
    await daemon.nexus.close();
    await evil.close();
    await place.close();
  }
}

export async function runTwins(mode: Mode, only?: readonly string[]): Promise<Part> {
  const cases = TWINS.filter(
    ({ id, needsTrust }) => (mode.trusted || needsTrust !== true) && (only === undefined || only.includes(id)),
  );
  if (cases.length === 0) return { attacks: [], twins: [], afterwards: [] };
  return inPlace(mode, cases, async (setting) => {
    const twins: TwinResult[] = [];
    for (const batch of batches(cases)) {
      const steps = stepsOf(batch, setting.place, setting.daemon.nexus.home);
      const calls = steps.map(({ call }) => call);
      const run = await runCalls({ ...setting, calls, decide: () => "approve", look: () => undefined });
      for (const [index, { of, isPreparation }] of steps.entries())
        if (!isPreparation) twins.push({ id: of.id, mode: nameOf(mode), problem: needless(of, run.calls[index]) });
    }
    return { twins };
  });
}

function needless({ shows }: TwinCase, outcome: CallOutcome | undefined): string | undefined {
  if (outcome === undefined || outcome.status === "missing") return "the run ended before it";
  if (outcome.asked) return "a person was asked";
  if (outcome.status !== "done") return `${outcome.status}: ${outcome.output.slice(0, 200)}`;
  return shows !== undefined && !outcome.output.includes(shows) ? `it does not show “${shows}”` : undefined;
}

/** One daemon for all, because each attack must leave it as it was for the next. */
export async function runEndpoint(): Promise<Part> {
  const place = await makePlace();
  const daemon = await startDaemon(place);
  const mode: Mode = { headless: true, trusted: true };
  try {
    const attacks: AttackResult[] = [];
    for (const { id, attack } of ENDPOINT_ATTACKS) {
      const late = new Promise<string>((resolve) => {
        setTimeout(resolve, 20_000, "no end after 20 s").unref();
      });
      const tried = attack(doorOf(daemon)).catch((error: unknown) => `the daemon did not answer: ${error}`);
      const problem = await Promise.race([tried, late]);
      attacks.push({ id, mode: "any client", verdict: "denied", problem });
    }
    return { attacks, twins: [], afterwards: await afterwards(daemon, place, mode) };
  } finally {
    daemon.connection.close();
    await daemon.nexus.close();
    await place.close();
  }
}
