/** The whole is tested after joining; when it fails and did not before, the task that brought the failure is looked for. */
import { nexusError, type PlanTask, type RunEventOf } from "../../../protocol/index.ts";
import { detectTests } from "../../tools/tests/detect.ts";
import type { RunPlace } from "../changes/changes.ts";
import { notice, type RunContext, record, stateOf, throwIfStopped } from "../run-context.ts";
import { mendTask } from "./follow-ups.ts";
import { evidenceOf, isPassed, labelOf, type TestedState, testState } from "./project-tests.ts";

/** All of a search together. */
const SEARCH_MS = 20 * 60_000;
const MOST_NAMED = 20;
/** Tasks that mend what one task broke; after that the run's own repairs, at its end, have the last word. */
const MOST_MENDS = 2;

interface Step {
  readonly commit: string;
  /** Null: where the run began. */
  readonly taskId: string | null;
  readonly files: readonly string[];
}

/** Undefined: nothing fails that did not fail before, or the tests may not run. */
export async function findRegression(
  context: RunContext,
  { commit, place }: { readonly commit: string; readonly place: RunPlace },
): Promise<{ task: PlanTask; after: string } | undefined> {
  const known = await context.store.events.find(context.runId, `regression/${commit}`);
  if (known?.body.type === "regression.found") return followUp(known.body);
  const whole = await context.store.events.find(context.runId, `joined/${commit}`);
  if (whole?.body.type === "verification.finished" && whole.body.evidence?.satisfied === true) return undefined;
  if (context.recorded !== undefined) return undefined;
  const { worktree: root, linked } = place.isolation;
  const tree = await context.changes.tasks.tree(place.workspace, commit);
  const after = await testState(context, { root, linked, tree });
  if ("unknown" in after) return undefined;
  await recordWhole(context, commit, after);
  if (isPassed(after)) return undefined;
  const found = await search(context, place, { commit, after });
  if (found === undefined) return undefined;
  const body = { type: "regression.found" as const, command: after.command, ...found };
  await record(context, body, `regression/${commit}`);
  if (found.repair === undefined)
    await notice(
      context,
      "regression.not_told",
      "The project's tests fail with what was joined, and which task brought that could not be told.",
      `regression/told/${commit}`,
    );
  return followUp(body);
}

function followUp({ repair, taskId }: Omit<RunEventOf<"regression.found">, "type">) {
  return repair === undefined || taskId === null ? undefined : { task: repair, after: taskId };
}

async function recordWhole(context: RunContext, commit: string, tested: TestedState): Promise<void> {
  const body = { type: "verification.finished" as const, taskId: null, evidence: evidenceOf(tested) };
  await record(context, body, `joined/${commit}`);
}

type Found = Pick<RunEventOf<"regression.found">, "taskId" | "tried" | "tests" | "repair">;

/** Undefined: it failed in the same way before the tasks. */
async function search(
  context: RunContext,
  place: RunPlace,
  bad: { readonly commit: string; readonly after: TestedState },
): Promise<Found | undefined> {
  const steps = await stepsUntil(context, place, bad.commit);
  const tooLong = new AbortController();
  const reason = nexusError("command.timeout", "The search for the task that broke the tests took too long.");
  const stopTimer = context.clock.timer(SEARCH_MS, () => tooLong.abort(reason));
  let tried = 0;
  const testAt = async (index: number): Promise<TestedState | undefined> => {
    const step = steps[index];
    if (step === undefined) return undefined;
    tried += 1;
    return testCommit(context, place, step.commit, AbortSignal.any([context.signal, tooLong.signal]));
  };
  try {
    const start = await testAt(0);
    const fresh = start === undefined ? undefined : freshFailures(start, bad.after);
    if (start === undefined || fresh === undefined) return { taskId: null, tried };
    if (fresh.length === 0 && !isPassed(start)) return undefined;
    const isBad = async (index: number) => {
      const tested = await testAt(index);
      return tested === undefined ? undefined : failsLike(tested, fresh, isPassed(start));
    };
    const first = await firstBad(steps.length - 1, isBad);
    const step = first === undefined ? undefined : steps[first];
    const tests = fresh.slice(0, MOST_NAMED);
    if (step?.taskId == null) return { taskId: null, tried, tests };
    return { taskId: step.taskId, tried, tests, ...(await mend(context, place, step, { ...bad, fresh })) };
  } finally {
    stopTimer();
  }
}

/**
 * The first index from 1 on at which `isBad`, when 0 is good and `last` bad; asks about log2 of them. Undefined as soon as
 * one cannot be told.
 */
export async function firstBad(
  last: number,
  isBad: (index: number) => Promise<boolean | undefined>,
): Promise<number | undefined> {
  let [good, bad] = [0, last];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    const found = await isBad(middle);
    if (found === undefined) return undefined;
    if (found) bad = middle;
    else good = middle;
  }
  return bad > good ? bad : undefined;
}

/** Where the run began, then each state that a joined task left, up to a commit. */
async function stepsUntil(context: RunContext, place: RunPlace, commit: string): Promise<Step[]> {
  const { tasks } = await stateOf(context);
  const events = await Promise.all(tasks.map(({ id }) => context.store.events.find(context.runId, `merged/${id}`)));
  const joined = events
    .filter((event) => event !== undefined)
    .toSorted((one, other) => one.seq - other.seq)
    .flatMap(({ body }) => (body.type === "task.merged" ? [body] : []));
  const end = joined.findLastIndex((body) => body.commit === commit);
  const steps = joined.slice(0, end + 1).map((body) => ({ ...body, taskId: body.taskId }));
  return [{ commit: place.isolation.startCommit, taskId: null, files: [] }, ...steps];
}

/** In a copy made for it: the run's own stays as it is. Undefined when there is no result. */
async function testCommit(
  context: RunContext,
  { runId, workspace }: RunPlace,
  commit: string,
  signal: AbortSignal,
): Promise<TestedState | undefined> {
  const { tasks } = context.changes;
  const taskId = `bisect-${commit.slice(0, 12)}`;
  try {
    const tree = await tasks.tree(workspace, commit);
    const copy = await tasks.open({ runId, workspace, taskId, startCommit: commit, signal });
    const tested = await testState(context, { root: copy.worktree, linked: copy.linked, tree, signal });
    return "unknown" in tested || tested.exitCode === null ? undefined : tested;
  } catch (error) {
    throwIfStopped(context);
    context.log.write("warn", "a state could not be tested", { commit, error: String(error) });
    return undefined;
  } finally {
    await tasks.release(runId, workspace, taskId).catch(() => undefined);
  }
}

/** Tests that fail after and did not before; undefined when it cannot be told which. Empty when all passed before. */
function freshFailures(before: TestedState, after: TestedState): string[] | undefined {
  const failing = failingIn(after);
  const old = new Set(failingIn(before));
  if (isPassed(before)) return failing;
  if (failing.length === 0 || before.cases.length === 0) return undefined;
  return failing.filter((label) => !old.has(label));
}

function failsLike(tested: TestedState, fresh: readonly string[], passedBefore: boolean): boolean {
  if (passedBefore) return !isPassed(tested);
  const failing = new Set(failingIn(tested));
  return fresh.some((label) => failing.has(label));
}

function failingIn({ cases }: TestedState): string[] {
  return cases.filter(({ status }) => status === "failed").map(labelOf);
}

async function mend(
  context: RunContext,
  { isolation }: RunPlace,
  step: Step,
  { after, fresh }: { readonly after: TestedState; readonly fresh: readonly string[] },
): Promise<{ repair?: PlanTask }> {
  const { plan, tasks } = await stateOf(context);
  const task = plan?.tasks.find(({ id }) => id === step.taskId);
  const tests = await detectTests(isolation.worktree);
  if (task === undefined || tests === undefined) return {};
  const mends = tasks.filter(({ id }) => id.startsWith("mend-")).length;
  if (mends >= MOST_MENDS) return {};
  const { outputTail } = after;
  const what = { task, files: step.files, command: tests.command, tests: fresh, outputTail };
  return { repair: mendTask(mends + 1, what, context.redact) };
}
