/**
 * Accepting: the change set's files are written into the user's tree, all or none, never over a file that is not as the
 * run found it. Killed half way, every file is the old one or the new one, and applying again finishes.
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { ChangeConflict, ChangeSet } from "../../../protocol/index.ts";
import { NexusError, nexusError } from "../../../protocol/index.ts";
import { errorCode, lstat, removeEmptyFolder, removeFile } from "../../host/files.ts";
import { syncFolder } from "../../host/place.ts";
import { type Blob, type BlobChange, blobChanges } from "./change-set.ts";
import {
  clearDesk,
  type Desk,
  deskOf,
  type Journal,
  readJournal,
  takeOut,
  takeOutExactly,
  writeJournal,
} from "./desk.ts";
import { keepLineEndings } from "./line-endings.ts";
import { cleanId, fingerprintOf, look, type Present, type Standing, standingOf, type Tree } from "./present.ts";
import type { Repository } from "./repository.ts";
import { ChangedMeanwhile, checkBackup, perform, type Step, stage, takeBack } from "./steps.ts";

export interface ApplyOptions {
  readonly home: string;
  readonly repository: Repository;
  readonly changeSet: Pick<ChangeSet, "baseCommit" | "resultCommit">;
  readonly paths: readonly string[];
  /** The result holds the files byte for byte, not as git would have them. */
  readonly exact?: boolean;
}

type Beside = Pick<Step, "staged" | "backup">;
type Judged = { readonly change: BlobChange; readonly standing: Standing };

/**
 * Answers with the conflicts, in which case nothing is written. Rejects with `changes.unknown_path`, and with
 * `workspace.read_only` or `workspace.full` when the system refuses; what was written by then is taken back.
 */
export async function applyChanges(options: ApplyOptions): Promise<{ conflicts: ChangeConflict[] }> {
  const { home, repository, changeSet, paths } = options;
  const tree = await treeFor(options);
  const desk = deskOf(home, [tree.root, changeSet.resultCommit, ...[...paths].sort()]);
  try {
    const journal = await readJournal(desk);
    const judged = await judge(tree);
    const conflicts = conflictsOf(judged);
    if (conflicts.length > 0) {
      if (journal !== undefined) await undoEarlier({ tree, changeSet, judged }, journal);
      await clearDesk(desk);
      return { conflicts };
    }
    return await write({ tree, desk, changeSet, repository, judged, journal, exact: options.exact === true });
  } catch (error) {
    throw systemError(error);
  }
}

async function treeFor({ repository, changeSet, paths, exact = false }: ApplyOptions): Promise<Tree> {
  const changes = await blobChanges(repository, changeSet.baseCommit, changeSet.resultCommit);
  const known = new Map(changes.map((change) => [change.path, change]));
  const chosen = paths.map((path) => {
    const change = known.get(path);
    if (change === undefined) throw nexusError("changes.unknown_path", path);
    return [path, change] as const;
  });
  return { repository, root: join(repository.top, repository.prefix), chosen: new Map(chosen), exact };
}

async function judge(tree: Tree): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const change of tree.chosen.values()) judged.push({ change, standing: await standingOf(tree, change) });
  return judged;
}

function conflictsOf(judged: readonly Judged[]): ChangeConflict[] {
  return judged.flatMap(({ change, standing }) =>
    standing.state === "conflict" ? [{ path: change.path, reason: standing.reason }] : [],
  );
}

interface Writing {
  readonly tree: Tree;
  readonly desk: Desk;
  readonly changeSet: ApplyOptions["changeSet"];
  readonly repository: Repository;
  readonly exact: boolean;
  readonly judged: readonly Judged[];
  readonly journal: Journal | undefined;
}

async function write(writing: Writing): Promise<{ conflicts: ChangeConflict[] }> {
  const { tree, desk, judged } = writing;
  const pending = judged.filter(({ standing }) => standing.state === "before");
  const journal = await planJournal(writing, pending);
  if (pending.length > 0) await writeJournal(desk, journal);
  const done: Step[] = [];
  try {
    for (const step of inOrder(await prepare(writing, pending, journal))) {
      await performOrTakeBack(tree, step);
      done.push(step);
    }
    for (const step of done) await checkBackup(step);
  } catch (error) {
    for (const step of done.reverse()) await takeBack(step);
    await undoEarlier(writing, journal);
    await clearDesk(desk);
    if (!(error instanceof ChangedMeanwhile)) throw error;
    return { conflicts: [{ path: error.path, reason: "you changed it while it was being accepted" }] };
  }
  await finish(writing, journal);
  return { conflicts: [] };
}

async function performOrTakeBack(tree: Tree, step: Step): Promise<void> {
  try {
    await perform(tree, step);
  } catch (error) {
    if (!(error instanceof ChangedMeanwhile)) await takeBack(step);
    throw error;
  }
}

/** What this accept touches, an earlier attempt included: written down before anything is. */
async function planJournal(writing: Writing, pending: readonly Judged[]): Promise<Journal> {
  const { tree, journal } = writing;
  const folders = new Set(journal?.folders);
  for (const { change } of pending)
    if (change.after !== undefined) for (const folder of await missingFolders(tree, change.path)) folders.add(folder);
  const paths = new Set([...(journal?.paths ?? []), ...pending.map(({ change }) => change.path)]);
  return { paths: [...paths], folders: [...folders] };
}

/** Outermost first, relative to the workspace. */
async function missingFolders(tree: Tree, path: string): Promise<string[]> {
  const parts = path.split("/");
  const missing: string[] = [];
  for (let count = 1; count < parts.length; count += 1) {
    const folder = parts.slice(0, count).join("/");
    if (!(await lstat(join(tree.root, folder)))?.isDirectory()) missing.push(folder);
  }
  return missing;
}

async function prepare(writing: Writing, pending: readonly Judged[], journal: Journal): Promise<Step[]> {
  const { tree, desk, changeSet, repository } = writing;
  const wanted = pending.filter(({ change }) => change.after !== undefined).map(({ change }) => change.path);
  const contents = writing.exact
    ? await takeOutExactly(desk, repository, blobsOf(pending))
    : await takeOut(desk, repository, changeSet.resultCommit, wanted);
  const steps: Step[] = [];
  for (const { change, standing } of pending) {
    if (standing.state === "conflict") continue;
    const { present } = standing;
    const taken = contents(change.path);
    const content = await contentFor(tree, change, { present, taken, exact: writing.exact });
    const states = { before: fingerprintOf(present), after: fingerprintOf(content) };
    const target = join(tree.root, change.path);
    const step: Step = { change, target, ...states, ...besides(writing, journal, change.path) };
    // What an attempt that was cut off left here; nothing had its final name yet.
    await removeFile(step.staged);
    await removeFile(step.backup);
    if (change.after !== undefined) await stage(step, content, present);
    steps.push(step);
  }
  return steps;
}

function blobsOf(pending: readonly Judged[]): Map<string, Blob> {
  return new Map(
    pending.flatMap(({ change: { path, after } }) => (after === undefined ? [] : [[path, after] as const])),
  );
}

async function contentFor(
  tree: Tree,
  change: BlobChange,
  { present, taken, exact }: { present: Present; taken: string; exact: boolean },
): Promise<Present> {
  if (change.after === undefined) return { kind: "missing" };
  const content = await look(taken);
  if (exact || content.kind !== "file" || present.kind !== "file") return content;
  const { id } = change.after;
  const isTheSame = async (bytes: Uint8Array) => (await cleanId(tree, change.path, bytes)) === id;
  return { ...content, bytes: await keepLineEndings(present.bytes, content.bytes, isTheSame) };
}

/**
 * Names beside the target, the same at each attempt: in the nearest folder that was there from the start and that no part
 * of the change replaces.
 */
function besides(writing: Pick<Writing, "tree" | "changeSet">, journal: Journal, path: string): Beside {
  const { tree, changeSet } = writing;
  const name = createHash("sha256").update(`${changeSet.resultCommit}\0${path}`).digest("hex").slice(0, 16);
  const parts = path.split("/").slice(0, -1);
  const above = parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
  const lost = above.findIndex((folder) => tree.chosen.has(folder) || journal.folders.includes(folder));
  const start = join(tree.root, ...(lost < 0 ? parts : parts.slice(0, lost)), `.nexus-${name}`);
  return { staged: `${start}.new`, backup: `${start}.old` };
}

/** Files first; deletions last, but for those that make room for a file or a folder of the same name. */
function inOrder(steps: readonly Step[]): Step[] {
  const written = steps.filter((step) => step.change.after !== undefined);
  const deleted = steps.filter((step) => step.change.after === undefined);
  const isInTheWay = ({ change: { path } }: Step) =>
    written.some(({ change }) => change.path.startsWith(`${path}/`) || path.startsWith(`${change.path}/`));
  return [...deleted.filter(isInTheWay), ...written, ...deleted.filter((step) => !isInTheWay(step))];
}

/** Takes back what an attempt wrote before it was cut off, and the folders it made. */
async function undoEarlier(writing: Pick<Writing, "tree" | "changeSet" | "judged">, journal: Journal): Promise<void> {
  const { tree, judged } = writing;
  // A deleted file may have made room for a written one, so it comes back last.
  const isDeleted = ({ change }: Judged) => (change.after === undefined ? 1 : 0);
  for (const { change, standing } of judged.toSorted((first, second) => isDeleted(first) - isDeleted(second))) {
    if (!journal.paths.includes(change.path)) continue;
    const beside = besides(writing, journal, change.path);
    await removeFile(beside.staged);
    if (standing.state !== "after") {
      await removeFile(beside.backup);
      continue;
    }
    const states = {
      before: change.before === undefined ? "missing" : "unknown",
      after: fingerprintOf(standing.present),
    };
    await takeBack({ change, target: join(tree.root, change.path), ...states, ...beside });
  }
  for (const folder of [...journal.folders].reverse()) await removeEmptyFolder(join(tree.root, folder));
}

async function finish(writing: Writing, journal: Journal): Promise<void> {
  const { tree, desk } = writing;
  const folders = new Set(journal.paths.map((path) => dirname(join(tree.root, path))));
  for (const folder of folders) await syncFolder(folder);
  for (const path of journal.paths) {
    const { staged, backup } = besides(writing, journal, path);
    await removeFile(staged);
    await removeFile(backup);
  }
  for (const path of journal.paths)
    if (tree.chosen.get(path)?.after === undefined) await removeEmptied(tree.root, dirname(path));
  await clearDesk(desk);
}

async function removeEmptied(root: string, folder: string): Promise<void> {
  if (folder === "." || !(await removeEmptyFolder(join(root, folder)))) return;
  await removeEmptied(root, dirname(folder));
}

function systemError(error: unknown): unknown {
  if (error instanceof NexusError) return error;
  const code = errorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") return nexusError("workspace.full", undefined, { cause: error });
  const detail = error instanceof Error ? error.message : String(error);
  return code === undefined ? error : nexusError("workspace.read_only", detail, { cause: error });
}
