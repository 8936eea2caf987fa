/** The last phases: verification of the whole change, review, and the change set. */
import { type ChangeSet, nexusError } from "../../../protocol/index.ts";
import { reviewChange } from "../review.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import { evidenceOf, passedOn } from "../team/project-tests.ts";
import { workRoot } from "./begin.ts";
import { check, mayCheck, reportOf, testsAt } from "./check.ts";

const COLLECT_MS = 120_000;

export type Verified =
  | { readonly kind: "unchanged" | "passed" | "untested" }
  | { readonly kind: "failed"; readonly report: string };

/** Runs the project's own tests over the whole change; `round` counts the repairs before it. */
export async function verifyPhase(context: RunContext, round: number): Promise<Verified> {
  const { attempt } = await stateOf(context);
  await record(context, { type: "run.entered", phase: "verify" }, `entered/verify/${round}`);
  const changeSet = await collect(context);
  if (changeSet === undefined || changeSet.files.length === 0) return { kind: "unchanged" };
  if (await hasPassed(context, changeSet, `verify/${round}/${attempt}`)) return { kind: "passed" };
  const { root } = await workRoot(context);
  const key = `verify/${round}/${attempt}`;
  const tests = await testsAt(context, root, key);
  const may = { key, taskId: null, root, kind: "test" as const, allowed: [] };
  if (tests === undefined || !(await mayCheck(context, { ...may, command: tests.command }))) {
    await record(
      context,
      { type: "verification.finished", taskId: null, evidence: null },
      `verify/${round}/${attempt}`,
    );
    return { kind: "untested" };
  }
  const what = {
    key: `verify/${round}/${attempt}`,
    taskId: null,
    command: tests.command,
    expect: "pass" as const,
    root,
  };
  const { evidence } = await check(context, what);
  return evidence.satisfied ? { kind: "passed" } : { kind: "failed", report: reportOf(evidence) };
}

/** Tests that passed on these very files are not run again: after the last task was joined, say. */
async function hasPassed(context: RunContext, { resultCommit }: ChangeSet, key: string): Promise<boolean> {
  // Which files a result stood for is not in the log; the result is, under this key, wherever it came from.
  if (context.recorded !== undefined) return false;
  const { workspace } = await stateOf(context);
  const tested = await passedOn(context, await context.changes.tasks.tree(workspace, resultCommit));
  if (tested === undefined) return false;
  await record(context, { type: "verification.finished", taskId: null, evidence: evidenceOf(tested) }, key);
  return true;
}

/** Looks the change over without a model: what a reviewer would stumble on first. */
export async function reviewPhase(context: RunContext): Promise<void> {
  await record(context, { type: "run.entered", phase: "review" }, "entered/review");
  const { plan, workspace } = await stateOf(context);
  const changeSet = await collect(context);
  if (changeSet === undefined) return;
  const diffs = await Promise.all(
    changeSet.files.slice(0, 200).map((file) => context.changes.diff(workspace, changeSet, file.path)),
  );
  const findings = reviewChange({ changeSet, plan, diffs });
  await record(context, { type: "run.reviewed", findings }, "reviewed");
}

/** Records the change set, if there is one. Called at the end of every run, however it ends, so that no work is lost. */
export async function collectPhase(context: RunContext): Promise<ChangeSet | undefined> {
  const { attempt } = await stateOf(context);
  await record(context, { type: "run.entered", phase: "finish" }, `entered/finish/${attempt}`);
  const changeSet = await collect(context);
  if (changeSet === undefined || changeSet.files.length === 0) return undefined;
  await record(context, { type: "changes.ready", changeSet }, `changes/${attempt}`);
  const { continues } = await stateOf(context);
  if (continues !== null) await supersede(context, continues);
  return changeSet;
}

async function collect(context: RunContext): Promise<ChangeSet | undefined> {
  const { isolation, workspace } = await stateOf(context);
  if (isolation === null) return undefined;
  // A cancelled run still keeps what it has: its own signal must not stop this.
  const tooLong = new AbortController();
  const stopTimer = context.clock.timer(COLLECT_MS, () =>
    tooLong.abort(nexusError("workspace.git_failed", "It hangs.")),
  );
  const options = { runId: context.runId, workspace, isolation, signal: tooLong.signal };
  return context.changes.collect(options).finally(stopTimer);
}

/** The earlier run's change set is part of this one when this one went on from it. */
async function supersede(context: RunContext, earlierRun: string): Promise<void> {
  const { isolation } = await stateOf(context);
  const earlier = await context.store.events.state(earlierRun);
  if (isolation === null || earlier?.changes?.changeSet.resultCommit !== isolation.startCommit) return;
  const body = { type: "changes.superseded" as const, byRun: context.runId };
  await context.store.events.append(earlierRun, [{ body, key: `superseded/${context.runId}` }]);
}
