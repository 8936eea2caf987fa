/** The first phases: triage, isolation and recall. */
import type { RunKind } from "../../../protocol/index.ts";
import { triage } from "../../planning/triage.ts";
import { isolationIn, notice, type RunContext, record, stateOf } from "../run-context.ts";

export async function triagePhase(context: RunContext): Promise<RunKind> {
  const state = await stateOf(context);
  await record(context, { type: "run.entered", phase: "triage" }, "entered/triage");
  const asked = { kind: state.asksFor ?? "change", reason: "the client says so" };
  const follows = { kind: "workflow" as const, reason: "it follows a workflow file" };
  const { kind, reason } =
    state.workflow !== undefined
      ? follows
      : state.asksFor !== undefined && state.mode === "act"
        ? asked
        : triage(state.prompt, state.mode);
  await record(context, { type: "run.triaged", kind, reason }, "triaged");
  await record(context, { type: "run.entered", phase: "recall" }, "entered/recall");
  return kind;
}

/** Makes the copy that the run works in. A question, or a plan to look at, needs none: it only reads. */
export async function isolatePhase(context: RunContext): Promise<void> {
  const state = await stateOf(context);
  if (state.isolation !== null) return;
  const earlier = state.continues === null ? undefined : await context.store.events.state(state.continues);
  const continues = earlier?.changes?.changeSet;
  const isolation = await context.changes.isolate({
    runId: context.runId,
    workspace: state.workspace,
    ...(continues === undefined ? {} : { continues }),
    ...(state.unsaved === undefined ? {} : { unsaved: state.unsaved }),
    signal: context.signal,
  });
  const { skipped = [], baseCommit, startCommit, worktree, linked } = isolation;
  if (skipped.length > 0) {
    const names = `${skipped.slice(0, 5).join(", ")}${skipped.length > 5 ? ` and ${skipped.length - 5} more` : ""}`;
    await notice(
      context,
      "isolation.skipped",
      `Too large or unreadable, so not in the run's copy: ${names}`,
      "skipped",
    );
  }
  const body = { type: "run.isolated" as const, baseCommit, startCommit, worktree, linked: [...linked] };
  await record(context, body, "isolated");
}

/** What only reads needs a copy where the files are not what the person sees. */
export async function isolateUnsaved(context: RunContext): Promise<void> {
  if ((await stateOf(context)).unsaved !== undefined) await isolatePhase(context);
}

/** Where work reads and writes: the task's or the run's copy when there is one, else the workspace, which it then only reads. */
export async function workRoot(context: RunContext): Promise<{ root: string; linked: readonly string[] }> {
  const isolation = await isolationIn(context);
  const { workspace } = await stateOf(context);
  return isolation === null ? { root: workspace, linked: [] } : { root: isolation.worktree, linked: isolation.linked };
}
