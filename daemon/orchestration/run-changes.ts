/** Accepting and discarding a run's change set. */
import type { Answer, ChangeConflict, Params, RunState } from "../../protocol/index.ts";
import { isEnded, nexusError, pendingPaths } from "../../protocol/index.ts";
import type { RunDependencies } from "./dependencies.ts";
import { changeOpenDocuments, type ThroughEditors } from "./open-documents.ts";
import { auditRun } from "./rights/audited.ts";
import { trustThrough } from "./rights/run-trust.ts";
import type { Caller } from "./run-service.ts";

type Changes = NonNullable<RunState["changes"]>;

/**
 * Writes the named paths (or all that wait) into the user's tree. The intent is recorded before the first file is
 * touched, so that a daemon that dies half way carries it to its end when it is back.
 */
export async function acceptChanges(
  dependencies: RunDependencies,
  params: Params<"changes/accept">,
  caller: Caller,
): Promise<Answer<"changes/accept">> {
  const { state, changes } = await endedChanges(dependencies, params.runId);
  if (params.shown !== undefined && params.shown !== changes.changeSet.resultCommit) throw nexusError("changes.other");
  const paths = chosenPaths(state, params.paths);
  const { conflicts, inEditor } = await applyPaths(dependencies, params.runId, paths, `client:${caller.name}`);
  if (conflicts.length > 0) return { accepted: [], conflicts };
  return { accepted: paths, conflicts, ...(inEditor.length === 0 ? {} : { inEditor }) };
}

/** Accepts all that waits as a part of the run itself, before it ends. Repeated after a restart it changes nothing more. */
export async function applyAtEnd(dependencies: RunDependencies, runId: string): Promise<void> {
  const state = await dependencies.store.events.state(runId);
  if (state === undefined || !state.autoApply || pendingPaths(state).length === 0) return;
  await applyPaths(dependencies, runId, pendingPaths(state), "nexus");
}

/** `actor` as the audit log names who decided. */
async function applyPaths(
  dependencies: RunDependencies,
  runId: string,
  paths: string[],
  actor: string,
): Promise<{ conflicts: ChangeConflict[]; inEditor: string[] }> {
  const reason = actor === "nexus" ? "The run was started with the acceptance of its change." : "It was accepted.";
  const decision = { event: "accept" as const, actor, action: `accept ${paths.join(", ")}`, reason };
  await auditRun(dependencies, runId, { ...decision, verdict: "approved" });
  const { state, changes } = await waitingChanges(dependencies, runId);
  const edited = await changeOpenDocuments(dependencies, state, changes, paths);
  const inEditor = [...edited.inEditor];
  if (edited.conflicts.length > 0) {
    const conflicts = [...edited.conflicts];
    await dependencies.store.events.append(runId, [{ body: { type: "changes.conflicted", conflicts } }]);
    return { conflicts, inEditor };
  }
  const onDisk = paths.filter((path) => !inEditor.includes(path));
  const kept = await undoneIfItFails(edited, async () => {
    const commit = await keepFiles(dependencies, { state, changes }, paths);
    if (onDisk.length > 0)
      await dependencies.store.events.append(runId, [
        { body: { type: "changes.applying", paths: onDisk, kept: commit } },
      ]);
    return commit;
  });
  return { conflicts: await carryOut(dependencies, runId, onDisk, { edited, kept }), inEditor };
}

/**
 * The files as they are on disk, kept before the first is touched; the answer is the commit. Those that an editor changes are
 * among them: it may save them at any time.
 */
async function keepFiles(
  { changes: { checkpoints } }: RunDependencies,
  { state, changes }: { state: RunState; changes: Changes },
  paths: string[],
): Promise<string> {
  const earlier = changes.kept === undefined ? {} : { earlier: changes.kept };
  return checkpoints.keepFiles(state, { name: "before-accept", paths, ...earlier });
}

async function undoneIfItFails<Value>(edited: ThroughEditors | undefined, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    await edited?.undo();
    throw error;
  }
}

export async function discardChanges(
  dependencies: RunDependencies,
  params: Params<"changes/discard">,
  caller: Caller,
): Promise<Answer<"changes/discard">> {
  const { state } = await endedChanges(dependencies, params.runId);
  const paths = chosenPaths(state, params.paths);
  const actor = `client:${caller.name}`;
  const decision = {
    event: "accept" as const,
    actor,
    action: `discard ${paths.join(", ")}`,
    reason: "It was given up.",
  };
  await auditRun(dependencies, params.runId, { ...decision, verdict: "rejected" });
  await dependencies.store.events.append(params.runId, [{ body: { type: "changes.discarded", paths } }]);
  await releaseWhenDecided(dependencies, params.runId);
  return { discarded: paths };
}

/**
 * An editor has the change in its own texts. Files are only looked at: each must still be as the run found it on disk, as the
 * run made it, or as the editor says that it is now.
 */
export async function takenChanges(
  dependencies: RunDependencies,
  params: Params<"changes/taken">,
  caller: Caller,
): Promise<Answer<"changes/taken">> {
  const { state, changes } = await endedChanges(dependencies, params.runId);
  const paths = chosenPaths(
    state,
    params.files?.map(({ path }) => path),
  );
  const hashes = new Map(params.files?.map(({ path, sha256 }) => [path, sha256]));
  const files = paths.map((path) => ({ path, sha256: hashes.get(path) }));
  const conflicts = await dependencies.changes.taken(state.workspace, changes.changeSet, files, state.unsaved);
  if (conflicts.length > 0) return { taken: [], conflicts };
  const actor = `client:${caller.name}`;
  const action = `accept ${paths.join(", ")}`;
  const decision = { event: "accept" as const, actor, action, reason: "An editor has it in its own texts." };
  await auditRun(dependencies, params.runId, { ...decision, verdict: "approved" });
  const kept = await keepFiles(dependencies, { state, changes }, paths);
  const body = { type: "changes.accepted" as const, paths, takenBy: caller.name, kept };
  await dependencies.store.events.append(params.runId, [{ body }]);
  await releaseWhenDecided(dependencies, params.runId);
  return { taken: paths, conflicts: [] };
}

/** Finishes an accept that an earlier daemon began. */
export async function finishApplying(dependencies: RunDependencies, runId: string): Promise<void> {
  const state = await dependencies.store.events.state(runId);
  if (state?.changes == null || state.changes.applying.length === 0) return;
  await carryOut(dependencies, runId, state.changes.applying);
}

async function carryOut(
  dependencies: RunDependencies,
  runId: string,
  onDisk: string[],
  { edited, kept }: { readonly edited?: ThroughEditors; readonly kept?: string } = {},
): Promise<ChangeConflict[]> {
  const conflicts = await undoneIfItFails(edited, () => write(dependencies, runId, onDisk));
  const stuck = conflicts.length === 0 ? [] : ((await edited?.undo()) ?? []);
  const inEditor = [...(edited?.inEditor ?? [])];
  const accepted = {
    paths: [...onDisk, ...inEditor],
    ...(inEditor.length === 0 ? {} : { inEditor }),
    ...(kept === undefined ? {} : { kept }),
  };
  const all = [
    ...conflicts,
    ...stuck.map((path) => ({ path, reason: "undo the change in the editor: it was not taken out" })),
  ];
  const body =
    all.length > 0
      ? { type: "changes.conflicted" as const, conflicts: all }
      : { type: "changes.accepted" as const, ...accepted };
  await dependencies.store.events.append(runId, [{ body }]);
  await releaseWhenDecided(dependencies, runId);
  return all;
}

async function write(dependencies: RunDependencies, runId: string, paths: string[]): Promise<ChangeConflict[]> {
  if (paths.length === 0) return [];
  const { state, changes } = await waitingChanges(dependencies, runId);
  const keepTrust = await trustThrough(dependencies, state, paths);
  const { conflicts } = await dependencies.changes.apply(state.workspace, changes.changeSet, paths);
  if (conflicts.length === 0) await keepTrust();
  return conflicts;
}

/** A copy is kept while something of it may still be wanted. */
async function releaseWhenDecided(dependencies: RunDependencies, runId: string): Promise<void> {
  const state = await dependencies.store.events.state(runId);
  if (state === undefined || !isEnded(state.status) || pendingPaths(state).length > 0) return;
  await dependencies.changes.release(runId, state.workspace).catch((error: unknown) => {
    dependencies.log.write("warn", "the run's copy could not be removed", { runId, error: String(error) });
  });
}

/** While a run is at work its change set may still change: nobody decides about it then. */
async function endedChanges(dependencies: RunDependencies, runId: string) {
  const waiting = await waitingChanges(dependencies, runId);
  if (!isEnded(waiting.state.status)) throw nexusError("run.active");
  return waiting;
}

async function waitingChanges(
  dependencies: RunDependencies,
  runId: string,
): Promise<{ state: RunState; changes: Changes }> {
  const state = await dependencies.store.events.state(runId);
  if (state === undefined) throw nexusError("run.unknown", runId);
  if (state.changes === null) throw nexusError("changes.none");
  if (state.changes.supersededBy !== null)
    throw nexusError("changes.none", `Run ${state.changes.supersededBy} went on from it; accept that one.`);
  return { state, changes: state.changes };
}

function chosenPaths(state: RunState, chosen: readonly string[] | undefined): string[] {
  const waiting = pendingPaths(state);
  const known = new Set(state.changes?.changeSet.files.map((file) => file.path));
  const unknown = chosen?.find((path) => !known.has(path));
  if (unknown !== undefined) throw nexusError("changes.unknown_path", unknown);
  const paths = waiting.filter((path) => chosen === undefined || chosen.includes(path));
  if (paths.length === 0) throw nexusError("changes.none");
  return paths;
}
