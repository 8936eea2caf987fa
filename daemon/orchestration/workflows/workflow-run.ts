/** What all steps of one workflow run share, and what is on record of them. */
import type { RunEvent, RunEventBody } from "../../../protocol/index.ts";
import { NexusError, nexusError } from "../../../protocol/index.ts";
import type { WaitGraph } from "../../collaboration/wait-for.ts";
import type { Clock } from "../../host/clock.ts";
import { hashOf } from "../../host/files.ts";
import type { Store } from "../../store/store.ts";
import type { LoadedBundle } from "./bundle.ts";
import { type Json, needsOf, type Step, type Workflow } from "./definition.ts";
import type { StepEffects } from "./effects.ts";
import { isList } from "./expression.ts";

export interface WorkflowRun {
  readonly runId: string;
  readonly workspace: string;
  readonly store: Pick<Store, "events" | "artifacts" | "checkpoints">;
  readonly clock: Pick<Clock, "now" | "sleep" | "timer">;
  readonly redact: (text: string) => string;
  readonly effects: StepEffects;
  /** Who waits for whom in this run: workflows for those that they call and for their steps. */
  readonly waits: WaitGraph;
  readonly loaded: LoadedBundle;
  /** Of the definition; the graph's checkpoints are kept under it, so that a migrated run begins a new graph. */
  readonly hash: string;
  readonly inputs: Readonly<Record<string, Json>>;
  /** Aborts with the run, and as soon as one step meets what ends the run. */
  readonly signal: AbortSignal;
  /** Ends all steps that are under way with this reason. */
  readonly stop: (reason: unknown) => void;
  /** What is under way, so that nothing is left behind. */
  readonly underWay: Set<Promise<unknown>>;
}

/** One list of steps at work: at the top, in a branch, for an item, in a round. */
export interface Scope {
  /** What stands before the ids of its steps: "", "each[2]/". */
  readonly prefix: string;
  readonly steps: readonly Step[];
  /** The list that its container stands in; left out at the top of a workflow. */
  readonly outer?: Scope;
  /** Of `forEach` and `loop`. */
  readonly variables: Readonly<Record<string, Json>>;
  readonly workflow: Workflow;
  /** The workflow's file, by which its calls are found. */
  readonly file: string;
  readonly inputs: Readonly<Record<string, Json>>;
}

export type Outcome = "done" | "failed" | "skipped" | "timed_out" | "cancelled";

export interface StepResult {
  readonly outcome: Outcome;
  readonly output: Json;
  readonly reason: string;
}

const EVENT_TEXT = 4000;
const MOST_OUTPUT = 256 * 1024;

export function rootScope(run: WorkflowRun): Scope {
  const { bundle, main } = run.loaded;
  const own = { workflow: main, file: bundle.entry, inputs: run.inputs };
  return { prefix: "", steps: main.steps, variables: {}, ...own };
}

/** With a key it is recorded once in the run's life. */
export async function record(
  run: WorkflowRun,
  body: RunEventBody,
  key: string,
  artifacts: readonly Uint8Array[] = [],
): Promise<RunEvent> {
  const [event] = await run.store.events.append(run.runId, [{ body, key }], artifacts);
  if (event === undefined) throw nexusError("store.failed", "The store answered without an event.");
  return event;
}

export function keyOf(at: string, what: string): string {
  return `step/${at}/${what}`;
}

/** What is on record of a step; undefined: it has not ended. */
export async function resultAt(run: WorkflowRun, at: string): Promise<StepResult | undefined> {
  const event = await run.store.events.find(run.runId, keyOf(at, "finished"));
  return event === undefined ? undefined : resultOf(run.store, event);
}

async function resultOf(store: Pick<Store, "artifacts">, { body }: RunEvent): Promise<StepResult | undefined> {
  if (body.type !== "step.finished") return undefined;
  const { outcome, reason, artifact } = body;
  const kept = artifact === null ? undefined : await store.artifacts.get(artifact);
  const text = kept === undefined ? body.output : new TextDecoder().decode(kept);
  return { outcome, reason, output: JSON.parse(text) };
}

/** Records a step's end, without secrets; answers with what stands in the log. */
export async function finishStep(run: WorkflowRun, at: string, ended: StepResult): Promise<StepResult> {
  const output = redacted(ended.output, run.redact);
  const text = JSON.stringify(output);
  if (text.length > MOST_OUTPUT && ended.outcome === "done")
    return finishStep(run, at, { outcome: "failed", output: null, reason: "Its output is larger than 256 KiB." });
  const bytes = text.length > EVENT_TEXT ? new TextEncoder().encode(text) : undefined;
  const event = await record(
    run,
    {
      type: "step.finished",
      at,
      outcome: ended.outcome,
      output: text.slice(0, EVENT_TEXT),
      artifact: bytes === undefined ? null : hashOf(bytes),
      reason: run.redact(ended.reason).slice(0, 2000),
    },
    keyOf(at, "finished"),
    bytes === undefined ? [] : [bytes],
  );
  return (await resultOf(run.store, event)) ?? ended;
}

/** Whether a step's end is the end of its list. */
export function endsList({ onError }: Step, { outcome }: StepResult): boolean {
  return outcome !== "done" && outcome !== "skipped" && onError !== "continue";
}

/** What must end the run where it stands, so that it can go on later: no step's own failure. */
export function isFatal(run: WorkflowRun, error: unknown): boolean {
  if (run.signal.aborted) return true;
  if (!(error instanceof NexusError)) return false;
  return error.value.code.startsWith("budget.") || error.value.code.startsWith("store.");
}

/** The output of a list is that of its last step. */
export async function outputOf(run: WorkflowRun, { prefix, steps }: Scope): Promise<Json> {
  const last = steps.at(-1);
  return last === undefined ? null : ((await resultAt(run, prefix + last.id))?.output ?? null);
}

/** Steps in waves: each after all that it needs, as the graph runs them. */
export function needsIn({ steps }: Pick<Scope, "steps">): { readonly step: Step; readonly needs: readonly string[] }[] {
  return steps.map((step, index) => ({ step, needs: needsOf(steps, index) }));
}

function redacted(value: Json, redact: (text: string) => string): Json {
  if (typeof value === "string") return redact(value);
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map((item) => redacted(item, redact));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redacted(item, redact)]));
}
