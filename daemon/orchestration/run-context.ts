/** What every phase of one run works with. */
import type { PlanTask, RunDelta, RunEvent, RunEventBody, RunState } from "../../protocol/index.ts";
import { NexusError, nexusError } from "../../protocol/index.ts";
import type { FindUserAgents } from "../agents/user-agents.ts";
import type { WaitGraph } from "../collaboration/wait-for.ts";
import type { Clock } from "../host/clock.ts";
import type { TokenCounter } from "../memory/context/tokens.ts";
import type { ChatModel } from "../models/model.ts";
import type { Price } from "../models/prices.ts";
import type { ModelWindow } from "../models/windows.ts";
import type { Log } from "../observability/log.ts";
import type { ModelsByDifficulty } from "../planning/allocation.ts";
import type { Audit } from "../security/audit/record.ts";
import type { CommandRunner } from "../security/sandbox/command-runner.ts";
import type { Store } from "../store/store.ts";
import type { CommandLog } from "../tools/commands/background.ts";
import type { TaintPort } from "../tools/gate/gate.ts";
import type { Tool } from "../tools/tool.ts";
import type { ChangesPort, Isolation } from "./changes/changes.ts";
import type { OpenDesignWork } from "./design/design-work.ts";
import type { RecordedWorld } from "./recorded-world.ts";
import type { PolicyPlace } from "./rights/policy-place.ts";
import type { MemoryPlace, RunMemory } from "./run-memory.ts";
import type { Slot } from "./scheduling/scheduler.ts";
import type { TeamLimits } from "./team/limits.ts";
import type { Turnstile } from "./turnstile.ts";

/** What the run's model takes, and who counts it. */
export interface CountedWindow extends ModelWindow {
  readonly counter: TokenCounter;
}

export interface FinishedWork {
  readonly task: PlanTask;
  readonly root: string;
  readonly text: string;
  readonly turn: number;
}

/** Looks at finished work of a planned task: what it answers goes back to the agent, undefined lets the work pass. */
export type WorkJudge = (context: RunContext, work: FinishedWork) => Promise<string | undefined>;

export interface RunContext {
  readonly runId: string;
  readonly store: Store;
  readonly changes: ChangesPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** Hides from now on what in the text of a file of secrets looks like one. */
  readonly learnSecrets: (text: string) => void;
  readonly signal: AbortSignal;
  /** The copy of the task that this context is of; left out: the run's own. */
  readonly place?: Isolation;
  readonly team: TeamLimits;
  /** Asked in this order once a task's acceptance command came out right, and there is evidence. */
  readonly judges: readonly WorkJudge[];
  /** Lets work on the same thing of this run through one at a time. */
  readonly inTurn: Turnstile;
  /** As the settings name it; decides in which form it edits files. */
  readonly modelName: string;
  /** Where changes of several files are recorded while they are made; left out: none are. */
  readonly editJournal?: string | undefined;
  /** Built at the first use, so that a run without a usable model fails where people see it. */
  model(): ChatModel;
  /** How much the model takes, and who counts it; loads a tokenizer at the first use. */
  window(): Promise<CountedWindow>;
  memory(place: Pick<MemoryPlace, "root" | "workspace" | "base">): RunMemory;
  readonly price: () => Price | undefined;
  /** Of another model of the same provider; left out name: the run's own. */
  readonly priceOf?: (model: string | undefined) => Price | undefined;
  /** Which models the settings name for which difficulty; left out: the run's own does everything. */
  readonly models?: ModelsByDifficulty;
  /** The same run with another model of its provider, for a task of its own. */
  readonly withModel?: (model: string) => RunContext;
  readonly onDelta: (delta: RunDelta) => void;
  /** Who waits for whom among the agents of this run, now. What waits after a restart begins to wait anew. */
  readonly waits: WaitGraph;
  /** Resolves with a slot among the tasks of all runs; a child works in its parent's. Left out: there is one at once. */
  readonly taskSlot?: (taskId: string) => Promise<Slot>;
  readonly audit: Audit;
  readonly taint: TaintPort;
  /** Left out: no command is understood, and only the run's own rules count. */
  readonly policyPlace?: PolicyPlace;
  /** Only in a replay: nothing is asked of the world then. */
  readonly recorded?: RecordedWorld;
  /** Tools that others wrote, for work in this copy. */
  readonly foreignTools?: (root: string) => Promise<readonly Tool[]>;
  /** Called before the calls of a turn are carried out, replayed ones too: the moment for a checkpoint. */
  readonly beforeCalls?: (place: { taskId: string; turn: number; root: string }) => Promise<void>;
  /** The value of a secret that a workflow names; from now on it is hidden wherever it would be written. */
  readonly secretOf?: (name: string) => string | undefined;
  /** Left out: behind the wall that this machine has, with nothing hidden but keys. */
  readonly commands?: CommandRunner;
  /** Keeps the whole output of a background command; left out: only what is in memory. */
  readonly commandLog?: (name: string) => Promise<CommandLog>;
  /** The agents that people wrote, as they are now; left out: none. Runs ask run-agents.ts instead. */
  readonly userAgents?: FindUserAgents | undefined;
  /** Roles and documents of design; left out: the run follows no workflow, or there are none. */
  readonly design?: OpenDesignWork | undefined;
  /** Folder of the grammars by which code is parsed; left out: none is. */
  readonly grammars?: string;
}

/** Why a run's signal was aborted. A cancel ends the run; a suspension lets a later daemon go on with it. */
export class RunStopped extends Error {
  readonly kind: "cancel" | "suspend";

  constructor(kind: "cancel" | "suspend", message: string) {
    super(message);
    this.name = "RunStopped";
    this.kind = kind;
  }
}

/** The run's state as of the last committed event. */
export async function stateOf(context: Pick<RunContext, "store" | "runId">): Promise<RunState> {
  const state = await context.store.events.state(context.runId);
  if (state === undefined) throw nexusError("run.unknown", context.runId);
  return state;
}

/** The copy that this context's work goes into; null: there is none yet, so it only reads. */
export async function isolationIn(context: RunContext): Promise<Isolation | null> {
  return context.place ?? (await stateOf(context)).isolation;
}

/**
 * Records one fact. With a key it is recorded once in the run's life, however often a restart repeats the code; the
 * answer is the event that stands in the log. Artifacts are committed with it.
 */
export async function record(
  context: Pick<RunContext, "store" | "runId">,
  body: RunEventBody,
  key?: string,
  artifacts: readonly Uint8Array[] = [],
): Promise<RunEvent> {
  const entry = key === undefined ? { body } : { body, key };
  const [event] = await context.store.events.append(context.runId, [entry], artifacts);
  if (event === undefined) throw nexusError("store.failed", "The store answered without an event.");
  return event;
}

/** Throws why the run was stopped, if it was. Called between effects, so that a stop never waits for a whole phase. */
export function throwIfStopped(context: RunContext): void {
  if (context.signal.aborted) throw context.signal.reason;
}

/** After these nothing may be acknowledged any more: the run stays as it is in the log. */
export function isStoreFailure(error: unknown): boolean {
  return error instanceof NexusError && ["store.failed", "store.fenced"].includes(error.value.code);
}

export function notice(context: RunContext, code: string, message: string, key?: string): Promise<RunEvent> {
  return record(context, { type: "run.noticed", level: "warning", code, message }, key);
}
