/** What a rewind of files would do: what is there now is saved first, so that any of it can be taken back. */
import type {
  ChangeConflict,
  ChangesBefore,
  CheckpointInfo,
  Params,
  Rewind,
  RewindPlace,
  RunState,
} from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import type { RunDependencies } from "../dependencies.ts";
import { findCheckpoint } from "./listing.ts";

export interface Planned {
  readonly rewind: Rewind;
  /** Files that somebody changed since Nexus wrote them. */
  readonly conflicts: readonly ChangeConflict[];
}

interface Planning {
  readonly dependencies: RunDependencies;
  readonly state: RunState;
  readonly number: number;
  /** First part of the names of refs that hold what is saved. */
  readonly ref: string;
  readonly overwrite: ReadonlySet<string>;
  readonly by: string;
}

/** Rejects with `checkpoint.unknown` or `rewind.nothing`. */
export async function planRewind(
  dependencies: RunDependencies,
  state: RunState,
  {
    to,
    overwrite = [],
    dryRun = false,
    by,
  }: Pick<Params<"run/rewind">, "to" | "overwrite" | "dryRun"> & { by: string },
): Promise<Planned> {
  const number = (state.rewind?.number ?? 0) + 1;
  const ref = `rewinds/${dryRun ? "preview" : number}`;
  const planning = { dependencies, state, number, ref, overwrite: new Set(overwrite), by };
  if ("checkpoint" in to) return toCheckpoint(planning, to.checkpoint);
  return to.what === "before_accept" ? beforeAccept(planning) : beforeRewind(planning);
}

async function toCheckpoint(planning: Planning, number: number): Promise<Planned> {
  const { dependencies, state, ref } = planning;
  const { checkpoints } = dependencies.changes;
  const { isolation } = state;
  if (isolation === null) throw nexusError("rewind.nothing");
  const checkpoint = await findCheckpoint(dependencies.store, state.runId, number);
  const isKept = (path: string) => !isLeftOut(checkpoint.leftOut, path);
  const paths = acceptedPaths(state).filter(isKept);
  const tree = await treePlace(planning, { paths, target: checkpoint.commit, exact: false });
  const copy = await copyPlace(planning, checkpoint);
  const changeSet = await checkpoints.resultAt(
    state,
    { base: isolation.baseCommit, at: checkpoint.commit },
    `${ref}-result`,
  );
  const before = changesOf(state);
  const stays = ([path, decision]: [string, string]) =>
    changeSet.files.some((file) => file.path === path) && (decision === "discarded" || paths.includes(path));
  const after = {
    changeSet,
    decisions: Object.fromEntries(Object.entries(before?.decisions ?? {}).filter(stays)),
    written: { ...before?.written, ...Object.fromEntries(paths.map((path) => [path, checkpoint.commit])) },
  };
  const isEmpty = changeSet.files.length === 0 && paths.length === 0;
  return finish(planning, { checkpoint: number, undoes: null, tree, copy, after: isEmpty ? null : after });
}

async function beforeAccept(planning: Planning): Promise<Planned> {
  const { state } = planning;
  const paths = acceptedPaths(state);
  const before = changesOf(state);
  const kept = state.changes?.kept;
  if (before === null || kept === undefined || paths.length === 0)
    throw nexusError("rewind.nothing", "Nothing of it is accepted, or it was accepted by an older version.");
  const tree = await treePlace(planning, { paths, target: kept, exact: true });
  const isOther = ([path]: [string, unknown]) => !paths.includes(path);
  const after = {
    changeSet: before.changeSet,
    decisions: Object.fromEntries(Object.entries(before.decisions).filter(isOther)),
    written: { ...before.written, ...Object.fromEntries(paths.map((path) => [path, kept])) },
  };
  return finish(planning, { checkpoint: null, undoes: null, tree, copy: undefined, after });
}

/** A rewind that takes another one back can itself be taken back. */
async function beforeRewind(planning: Planning): Promise<Planned> {
  const { state } = planning;
  const last = state.rewind;
  if (last?.status !== "done") throw nexusError("rewind.nothing", "There is no rewind to take back.");
  const oldTree = last.places.find(({ place }) => place === "tree");
  const oldCopy = last.places.find(({ place }) => place === "copy");
  const tree =
    oldTree === undefined
      ? undefined
      : await treePlace(planning, { paths: oldTree.paths, target: oldTree.saved, exact: true });
  const copy = oldCopy === undefined ? undefined : await copyBefore(planning, oldCopy);
  const written = Object.fromEntries((oldTree?.paths ?? []).map((path) => [path, oldTree?.saved ?? ""]));
  const after = last.before === null ? null : { ...last.before, written: { ...last.before.written, ...written } };
  return finish(planning, { checkpoint: null, undoes: last.number, tree, copy, after });
}

async function copyBefore({ dependencies, state, ref }: Planning, old: RewindPlace): Promise<RewindPlace | undefined> {
  const { checkpoints } = dependencies.changes;
  const { isolation } = state;
  if (isolation === null || !(await checkpoints.hasCopy(state.runId))) return undefined;
  const { commit } = await checkpoints.saveCopy({ ...placeOf(state), isolation }, `${ref}-copy`);
  return { place: "copy", saved: commit, target: old.saved, exact: false, paths: old.paths };
}

interface Parts {
  readonly checkpoint: number | null;
  readonly undoes: number | null;
  readonly tree: RewindPlace | undefined;
  readonly copy: RewindPlace | undefined;
  readonly after: ChangesBefore | null;
}

async function finish(planning: Planning, { tree, copy, ...parts }: Parts): Promise<Planned> {
  const { state, number, by } = planning;
  const places = [tree, copy].filter((place) => place !== undefined);
  const conflicts = tree === undefined ? [] : await conflictsOf(planning, tree);
  return { rewind: { number, ...parts, places, before: changesOf(state), by }, conflicts };
}

/** Undefined where the run wrote nothing into the user's tree. */
async function treePlace(
  { dependencies, state, ref }: Planning,
  { paths, target, exact }: { paths: readonly string[]; target: string; exact: boolean },
): Promise<RewindPlace | undefined> {
  if (paths.length === 0) return undefined;
  const saved = await dependencies.changes.checkpoints.keepFiles(placeOf(state), { name: `${ref}-tree`, paths });
  return { place: "tree", saved, target, exact, paths: [...paths] };
}

/** Undefined where the copy is gone: what is left of the run are its commits. */
async function copyPlace(
  { dependencies, state, ref }: Planning,
  checkpoint: CheckpointInfo,
): Promise<RewindPlace | undefined> {
  const { checkpoints } = dependencies.changes;
  const { isolation } = state;
  if (isolation === null || !(await checkpoints.hasCopy(state.runId))) return undefined;
  const saved = await checkpoints.saveCopy({ ...placeOf(state), isolation }, `${ref}-copy`);
  const leftOut = [...checkpoint.leftOut, ...saved.leftOut];
  const differing = await checkpoints.differing(state.workspace, saved.commit, checkpoint.commit);
  const paths = differing.filter((path) => !isLeftOut(leftOut, path));
  return { place: "copy", saved: saved.commit, target: checkpoint.commit, exact: false, paths };
}

async function conflictsOf({ dependencies, state, overwrite }: Planning, tree: RewindPlace): Promise<ChangeConflict[]> {
  const { changes } = state;
  const last = changes?.written ?? {};
  const result = changes?.changeSet.resultCommit ?? tree.target;
  const paths = tree.paths.filter((path) => !overwrite.has(path));
  const written = new Map(paths.map((path) => [path, last[path] ?? result]));
  return dependencies.changes.checkpoints.changedByUser(state.workspace, written, tree.target);
}

function changesOf({ changes }: RunState): ChangesBefore | null {
  if (changes === null) return null;
  const { changeSet, decisions, written = {} } = changes;
  return { changeSet, decisions, written };
}

export function acceptedPaths({ changes }: RunState): string[] {
  return Object.entries(changes?.decisions ?? {}).flatMap(([path, decision]) =>
    decision === "accepted" ? [path] : [],
  );
}

function placeOf({ runId, workspace }: RunState): { runId: string; workspace: string } {
  return { runId, workspace };
}

/** A folder that was left out has a slash at its end. */
function isLeftOut(leftOut: readonly string[], path: string): boolean {
  return leftOut.some((left) => left === path || (left.endsWith("/") && path.startsWith(left)));
}
