/** Carries out attacks and twins in every mode, and says which came through. */
import type { AttackCase, Call, TwinCase } from "./case.ts";
import { COMMAND_ATTACKS } from "./cases/commands.ts";
import { GIT_ATTACKS } from "./cases/git.ts";
import { PATH_ATTACKS } from "./cases/paths.ts";
import { PROMPT_ATTACKS } from "./cases/prompts.ts";
import { TWINS } from "./cases/twins.ts";
import { WALL_ATTACKS } from "./cases/walls.ts";
import { type CallOutcome, type Daemon, MODES, type Mode, nameOf, runCalls, startDaemon } from "./drive.ts";
import { doorOf, ENDPOINT_ATTACKS } from "./endpoint.ts";
import { makePlace, type Place, tracesOf } from "./place.ts";

export const ATTACKS: readonly AttackCase[] = [
  ...COMMAND_ATTACKS,
  ...PATH_ATTACKS,
  ...GIT_ATTACKS,
  ...PROMPT_ATTACKS,
  ...WALL_ATTACKS,
];

export interface AttackResult {
  readonly id: string;
  readonly mode: string;
  readonly verdict: "denied" | "asked" | "contained";
  /** What came through; undefined is as it must be. */
  readonly problem: string | undefined;
}

export interface TwinResult {
  readonly id: string;
  readonly mode: string;
  readonly problem: string | undefined;
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

/** In a fresh place for each mode, so that no attack profits from another. */
export async function runAttacks(
  cases: readonly AttackCase[],
  mode: Mode,
  open: (place: Place, mode: Mode) => Promise<Daemon>,
  decision: "approve" | "reject",
): Promise<AttackResult[]> {
  const place = await makePlace();
  for (const { files = {} } of cases)
    for (const [path, content] of Object.entries(place.fill(files, ""))) place.write(path, content);
  const daemon = await open(place, mode);
  try {
    const results: AttackResult[] = [];
    for (const batch of batches(cases)) results.push(...(await runBatch(batch, { place, daemon, mode, decision })));
    return results;
  } finally {
    daemon.connection.close();
    await daemon.nexus.close();
    await place.close();
  }
}

interface Setting {
  readonly place: Place;
  readonly daemon: Daemon;
  readonly mode: Mode;
  readonly decision: "approve" | "reject";
}

async function runBatch(batch: readonly AttackCase[], setting: Setting): Promise<AttackResult[]> {
  const { place, daemon } = setting;
  const steps = stepsOf(batch, place, daemon.nexus.home);
  const { calls, traces, sent } = await runCalls({
    ...setting,
    calls: steps.map(({ call }) => call),
    look: () => tracesOf(place),
  });
  return steps.flatMap(({ of, isPreparation }, index) => {
    if (isPreparation) return [];
    const outcome = calls[index] ?? { status: "missing", asked: false, output: "" };
    // A preparation may have been the attack already.
    const trace = traces[index] ?? traces[index - 1];
    const problem = trace ?? problemOf(of, outcome, place) ?? leakIn(outcome, sent[index + 1] ?? "", place);
    return [{ id: of.id, mode: nameOf(setting.mode), verdict: verdictOf(of, outcome), problem }];
  });
}

function verdictOf({ holds }: AttackCase, { asked }: CallOutcome): AttackResult["verdict"] {
  if (asked) return "asked";
  return holds === "contained" ? "contained" : "denied";
}

function problemOf(of: AttackCase, outcome: CallOutcome, place: Place): string | undefined {
  if (outcome.status === "missing") return "the run ended before it";
  if (of.holds === "contained") return of.problem?.(place, outcome.output);
  if (outcome.status === "done") return `it was carried out: ${outcome.output.slice(0, 200)}`;
  return of.problem?.(place, outcome.output);
}

/** `sent`: what the model was sent after the call. */
function leakIn({ output }: CallOutcome, sent: string, { canary }: Place): string | undefined {
  const forms = [canary, Buffer.from(canary).toString("hex"), Buffer.from(canary).toString("base64")];
  return forms.some((form) => (output + sent).includes(form)) ? "the canary reached the model" : undefined;
}

export async function runTwins(mode: Mode, open: (place: Place, mode: Mode) => Promise<Daemon>): Promise<TwinResult[]> {
  const cases = TWINS.filter(({ needsTrust }) => mode.trusted || needsTrust !== true);
  const place = await makePlace();
  for (const { files = {} } of cases) for (const [path, content] of Object.entries(files)) place.write(path, content);
  const daemon = await open(place, mode);
  try {
    const results: TwinResult[] = [];
    for (const batch of batches(cases)) {
      const steps = stepsOf(batch, place, daemon.nexus.home);
      const look = () => undefined;
      const { calls } = await runCalls({
        daemon,
        place,
        mode,
        decision: "approve",
        calls: steps.map(({ call }) => call),
        look,
      });
      for (const [index, { of, isPreparation }] of steps.entries()) {
        if (isPreparation) continue;
        results.push({ id: of.id, mode: nameOf(mode), problem: needless(of, calls[index]) });
      }
    }
    return results;
  } finally {
    daemon.connection.close();
    await daemon.nexus.close();
    await place.close();
  }
}

function needless({ shows }: TwinCase, outcome: CallOutcome | undefined): string | undefined {
  if (outcome === undefined || outcome.status === "missing") return "the run ended before it";
  if (outcome.asked) return "a person was asked";
  if (outcome.status !== "done") return `${outcome.status}: ${outcome.output.slice(0, 200)}`;
  return shows !== undefined && !outcome.output.includes(shows) ? `it does not show “${shows}”` : undefined;
}

/** One daemon for all, because each attack must leave it as it was for the next. */
export async function runEndpoint(): Promise<AttackResult[]> {
  const place = await makePlace();
  const daemon = await startDaemon(place);
  try {
    const results: AttackResult[] = [];
    for (const { id, attack } of ENDPOINT_ATTACKS) {
      const late = new Promise<string>((resolve) => {
        setTimeout(resolve, 20_000, "no end after 20 s").unref();
      });
      const tried = attack(doorOf(daemon)).catch((error: unknown) => `the daemon did not answer: ${error}`);
      const problem = await Promise.race([tried, late]);
      results.push({ id, mode: "any client", verdict: "denied", problem });
    }
    return results;
  } finally {
    daemon.connection.close();
    await daemon.nexus.close();
    await place.close();
  }
}

export { MODES };
