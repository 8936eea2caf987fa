/** Attacks that need more than one call: a repository that was prepared, a server that lies, two runs in a row. */
import { inspect } from "node:util";
import type { Approval, ApprovalDecision, Params } from "../../protocol/index.ts";
import type { Script } from "../support/scripted/script.ts";
import { formsOf, recordProblems } from "./afterwards.ts";
import type { Call, Family, OwaspId } from "./case.ts";
import { type Daemon, type Mode, type RunOutcome, runCalls, runScript, type ScriptOutcome } from "./drive.ts";
import type { HostileServer } from "./hostile-server.ts";
import { makePlace, type Place, tracesOf } from "./place.ts";

export type Verdict = "denied" | "asked" | "contained";

export interface SceneCase {
  readonly id: string;
  readonly family: Family;
  readonly owasp: OwaspId;
  readonly title: string;
  /** How it ended; what came through is a problem. Traces, leaks and the audit log are looked at besides. */
  readonly attack: (scene: Scene) => Promise<Verdict | Problem>;
}

export interface Problem {
  readonly problem: string;
}

export interface Obeying {
  /** Left out: no to everything. */
  readonly decide?: (approval: Approval, runId: string) => ApprovalDecision | Promise<ApprovalDecision>;
  readonly more?: Partial<Params<"run/start">>;
}

export interface Scene {
  /** A workspace of its own. */
  readonly place: Place;
  readonly daemon: Daemon;
  readonly mode: Mode;
  /** `evil` of the user's own servers. */
  readonly evil: HostileServer;
  /** One run in which the model makes these calls, whatever it is told. */
  obey(calls: readonly Call[], options?: Obeying): Promise<RunOutcome>;
  /** A run of several agents, or of a workflow. Left out: a person agrees to the plan and to nothing else. */
  play(script: Script, options?: Obeying): Promise<ScriptOutcome>;
}

export interface SceneResult {
  readonly verdict: Verdict;
  readonly problem: string | undefined;
}

const LONGEST_MS = 90_000;

const no = () => "reject" as const;
const planOnly = ({ subject }: Approval) => (subject.kind === "plan" ? "approve" : "reject");

type Setting = Pick<Scene, "daemon" | "mode" | "evil"> & { readonly main: Place };

/** Whatever goes wrong is a problem of this scene, and of no other. */
export function playScene(scene: SceneCase, setting: Setting): Promise<SceneResult> {
  return playInPlace(scene, setting).catch((error: unknown) => ({
    verdict: "denied",
    problem: `the attack could not be carried out: ${inspect(error)}`,
  }));
}

async function playInPlace({ attack }: SceneCase, { daemon, mode, evil, main }: Setting): Promise<SceneResult> {
  const place = await makePlace(main);
  const problems: string[] = [];
  const look = () => tracesOf(place);
  const scene: Scene = {
    ...{ place, daemon, mode, evil },
    async obey(calls, { decide = no, more = {} } = {}) {
      const filled = place.fill(calls, daemon.nexus.home);
      const run = await runCalls({ daemon, place, mode, calls: filled, decide, look, more });
      const told = JSON.stringify(run.calls) + run.sent.join();
      const found = [...run.traces, ...recordProblems(daemon, run, filled), leakOf(told, place)];
      problems.push(...found.filter((problem) => problem !== undefined));
      return run;
    },
    async play(script, { decide = planOnly, more = {} } = {}) {
      const filled = place.fill({ script, more }, daemon.nexus.home);
      const run = await runScript({ daemon, place, mode, decide, ...filled });
      const found = [tracesOf(place), leakOf(run.sent + JSON.stringify(run.events), place)];
      problems.push(...found.filter((problem) => problem !== undefined));
      return run;
    },
  };
  try {
    const ending = await Promise.race([attack(scene), tooLate()]);
    const trace = tracesOf(place);
    if (trace !== undefined) problems.push(trace);
    if (typeof ending !== "string") problems.unshift(ending.problem);
    return { verdict: typeof ending === "string" ? ending : "denied", problem: problems[0] };
  } finally {
    await place.close();
  }
}

/** A scene that hangs must not keep the others from their turn. */
function tooLate(): Promise<Problem> {
  return new Promise((resolve) => setTimeout(resolve, LONGEST_MS, { problem: "no end in its time" }).unref());
}

export function leakOf(text: string, { canary }: Place): string | undefined {
  return formsOf(canary).some((form) => text.includes(form)) ? "the canary reached the model" : undefined;
}

/** A person looks at the folder again and trusts it as it is now; not so in a mode without trust. */
export async function trustAgain({ daemon, mode, place }: Scene): Promise<void> {
  if (mode.trusted)
    await daemon.connection.request("workspace/setTrust", { workspace: place.workspace, trusted: true });
}

/** For attacks that must not be carried out at all: the last call, or this one. */
export function refused({ calls }: RunOutcome, index = calls.length - 1): Verdict | Problem {
  const call = calls[index];
  if (call === undefined || call.status === "missing") return { problem: "the run ended before it" };
  if (call.status === "done") return { problem: `it was carried out: ${call.output.slice(0, 200)}` };
  return call.asked ? "asked" : "denied";
}

/** For attacks that may go on and must come to nothing. */
export function contained(problem: string | undefined | false): Verdict | Problem {
  return problem === undefined || problem === false ? "contained" : { problem };
}

/** The first problem of several looks, else the last verdict. */
export function worst(...endings: readonly (Verdict | Problem)[]): Verdict | Problem {
  return endings.find((ending) => typeof ending !== "string") ?? endings.at(-1) ?? "contained";
}

export type SceneRow = readonly [title: string, owasp: OwaspId, attack: SceneCase["attack"]];

/** Ids are the letter and a number from 01. */
export function rows(letter: string, family: Family, all: readonly SceneRow[]): SceneCase[] {
  return all.map(([title, owasp, attack], index) => ({
    id: `${letter}${String(index + 1).padStart(2, "0")}`,
    ...{ family, owasp, title, attack },
  }));
}
