/** Going back to a checkpoint: as a transaction over files that a crash cannot leave half done. */
import type { Answer, ChangeConflict, Params, Rewind, RunState } from "../../../protocol/index.ts";
import { errorValue, isEnded, NexusError, nexusError } from "../../../protocol/index.ts";
import type { RunDependencies } from "../dependencies.ts";
import { auditRun } from "../rights/audited.ts";
import { trustThrough } from "../rights/run-trust.ts";
import { isStoreFailure } from "../run-context.ts";
import { planRewind } from "./plan.ts";

const MAX_FILES = 500;

/** Puts files back. Rejects with `run.active`, `checkpoint.unknown`, `rewind.nothing` or `workspace.*`. */
export async function rewindFiles(
  dependencies: RunDependencies,
  params: Params<"run/rewind">,
  by: string,
): Promise<Answer<"run/rewind">> {
  const state = await endedRun(dependencies, params.runId);
  const { rewind, conflicts } = await planRewind(dependencies, state, { ...params, by });
  const files = await filesOf(dependencies, state, rewind);
  if (conflicts.length > 0 || params.dryRun === true) return { files, conflicts: [...conflicts], newRunId: null };
  await auditRewind(dependencies, state.runId, {
    by,
    action: actionOf(
      rewind,
      files.map((file) => file.path),
    ),
  });
  const body = { type: "rewind.started" as const, rewind };
  await dependencies.store.events.append(state.runId, [{ body, key: `rewind/${rewind.number}` }]);
  const met = await carryOut(dependencies, state, rewind);
  return { files: met.length > 0 ? [] : files, conflicts: met, newRunId: null };
}

/** Rejects when it cannot be recorded: then nothing goes back. */
export async function auditRewind(
  dependencies: RunDependencies,
  runId: string,
  { by, action }: { by: string; action: string },
): Promise<void> {
  const decision = { event: "rewind" as const, actor: `client:${by}`, action, reason: "A person asked for it." };
  await auditRun(dependencies, runId, { ...decision, verdict: "approved" });
}

function actionOf({ checkpoint, undoes }: Rewind, paths: readonly string[]): string {
  const where =
    checkpoint !== null ? `checkpoint ${checkpoint}` : undoes !== null ? "before a rewind" : "before the accept";
  return `put files back to ${where}: ${paths.join(", ")}`;
}

/** Finishes a rewind that an earlier daemon began. */
export async function finishRewind(dependencies: RunDependencies, runId: string): Promise<void> {
  const state = await dependencies.store.events.state(runId);
  if (state?.rewind?.status === "working") await carryOut(dependencies, state, state.rewind);
}

export async function endedRun(dependencies: RunDependencies, runId: string): Promise<RunState> {
  await finishRewind(dependencies, runId);
  const state = await dependencies.store.events.state(runId);
  if (state === undefined) throw nexusError("run.unknown", runId);
  if (!isEnded(state.status)) throw nexusError("run.active");
  return state;
}

async function carryOut(dependencies: RunDependencies, state: RunState, rewind: Rewind): Promise<ChangeConflict[]> {
  const end = async (conflicts: ChangeConflict[]) => {
    const body = { type: "rewind.finished" as const, number: rewind.number, conflicts };
    await dependencies.store.events.append(state.runId, [{ body, key: `rewind/${rewind.number}/finished` }]);
  };
  let conflicts: ChangeConflict[];
  try {
    conflicts = await restoreAll(dependencies, state, rewind);
  } catch (error) {
    if (isStoreFailure(error)) throw error;
    // What was written was taken back already.
    const { message } = error instanceof NexusError ? error.value : errorValue("run.internal", String(error));
    await end([{ path: rewind.places[0]?.paths[0] ?? "", reason: message }]);
    throw error;
  }
  await end(conflicts);
  if (conflicts.length === 0) await tellAgent(dependencies, state, rewind);
  return conflicts;
}

/** The user's tree first: there something may be in the way. What was restored before a conflict is put back. */
async function restoreAll(
  dependencies: RunDependencies,
  state: RunState,
  { places }: Rewind,
): Promise<ChangeConflict[]> {
  const { changes } = dependencies;
  const keepTrust = await trustThrough(dependencies, state, places.find(({ place }) => place === "tree")?.paths ?? []);
  for (const [index, place] of places.entries()) {
    const conflicts = await changes.checkpoints.restore(state, place);
    if (conflicts.length === 0) continue;
    for (const done of places.slice(0, index).reverse()) {
      const exact = done.place === "tree";
      await changes.checkpoints.restore(state, { ...done, saved: done.target, target: done.saved, exact });
    }
    return conflicts;
  }
  await keepTrust();
  return [];
}

/** A run that can be resumed believes in files that are no longer so. */
async function tellAgent({ store }: RunDependencies, state: RunState, { number, places }: Rewind): Promise<void> {
  if (state.status === "done" || !places.some(({ place, paths }) => place === "copy" && paths.length > 0)) return;
  const promptId = `${REWIND_PROMPTS}${number}`;
  const text =
    "The files of your copy were put back to an earlier state of this run. Read a file again before you rely on what you know of it.";
  const body = { type: "prompt.received" as const, promptId, text, delivery: "steer" as const, by: "nexus" };
  await store.events.append(state.runId, [{ body, key: `prompt/${promptId}` }]);
}

/** Ids of prompts that Nexus itself sends into a run; they never become runs of their own. */
export const REWIND_PROMPTS = "rewind/";

async function filesOf(
  { changes }: RunDependencies,
  state: RunState,
  { places, before, after }: Rewind,
): Promise<Answer<"run/rewind">["files"]> {
  const files: Answer<"run/rewind">["files"] = [];
  for (const { place, saved, target, paths } of places) {
    const wanted = new Set(paths);
    const differing = await changes.checkpoints.differing(state.workspace, saved, target);
    files.push(...differing.filter((path) => wanted.has(path)).map((path) => ({ place, path })));
  }
  const [from, to] = [before?.changeSet, after?.changeSet].map(
    (set) => set?.resultCommit ?? state.isolation?.baseCommit,
  );
  if (files.length === 0 && from !== undefined && to !== undefined && from !== to)
    for (const path of await changes.checkpoints.differing(state.workspace, from, to))
      files.push({ place: "changes", path });
  return files.slice(0, MAX_FILES);
}
