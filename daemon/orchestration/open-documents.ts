/** Files that people have open with unsaved text while a change is accepted: nothing goes over their heads. */

import { join } from "node:path";
import type { ChangeConflict, ReverseAnswer, ReverseParams, RunState } from "../../protocol/index.ts";
import { hashOf, lstat, readText } from "../host/files.ts";
import type { ChangesPort } from "./changes/changes.ts";
import { hunksOf, inverted } from "./changes/hunks.ts";

export interface UnsavedText {
  /** Relative to the workspace. */
  readonly path: string;
  /** SHA-256 (hex) of the text. */
  readonly sha256: string;
  /** What people call the client that has it. */
  readonly by: string;
  readonly clientId: string;
  /** The client takes edits of what it has open. */
  readonly takesEdits: boolean;
}

/** What clients have told of their editors. */
export interface OpenDocuments {
  unsaved(workspace: string, paths: readonly string[]): readonly UnsavedText[];
  /** Rejects when the client does not answer. */
  applyEdit(clientId: string, edit: ReverseParams<"client/applyEdit">): Promise<ReverseAnswer<"client/applyEdit">>;
}

type Changes = NonNullable<RunState["changes"]>;
type Edit = ReverseParams<"client/applyEdit">;

export interface ThroughEditors {
  readonly conflicts: readonly ChangeConflict[];
  /** Those that are now in an editor's unsaved text. */
  readonly inEditor: readonly string[];
  /** Takes out of the editor again what was put in; resolves with the paths where that could not be done. */
  undo(): Promise<readonly string[]>;
}

interface Outcome extends ThroughEditors {
  /** The client that was asked and did not answer. */
  readonly silent?: string | undefined;
}

interface Dependencies {
  readonly changes: ChangesPort;
  readonly documents?: OpenDocuments;
}

type Run = Pick<RunState, "runId" | "workspace" | "prompt">;

interface Accepted {
  readonly port: ChangesPort;
  readonly documents: OpenDocuments;
  readonly run: Run;
  readonly changeSet: Changes["changeSet"];
}

/** How often it is begun: an editor says no where its text was saved since it was told, and tells that first. */
const MOST_ATTEMPTS = 4;
/** A longer text is not told. */
const MOST_BYTES = 1024 * 1024;
const NOTHING: ThroughEditors = { conflicts: [], inEditor: [], undo: async () => [] };

/**
 * Of the paths those that somebody has open with another text are changed there, in the editor and unsaved, where one client
 * that takes edits has all of them and nobody has another text of them; everything else is a conflict, and then nothing was
 * changed. A text that is the same on disk is saved, though its client has not told so yet.
 */
export async function changeOpenDocuments(
  { changes: port, documents }: Dependencies,
  run: Run,
  { changeSet }: Changes,
  paths: readonly string[],
): Promise<ThroughEditors> {
  if (documents === undefined) return NOTHING;
  for (let attempts = 1; ; attempts++) {
    const told = documents.unsaved(run.workspace, paths);
    const outcome = await changeThose({ port, documents, run, changeSet }, told);
    const now = documents.unsaved(run.workspace, paths);
    const isAsTold = JSON.stringify(now) === JSON.stringify(told);
    // Whoever was silent until now and is still there would keep the person waiting as long again.
    const isStuck = now.some(({ clientId }) => clientId === outcome.silent);
    if (outcome.conflicts.length === 0 || isAsTold || isStuck || attempts === MOST_ATTEMPTS) return outcome;
  }
}

async function changeThose(
  { port, documents, run, changeSet }: Accepted,
  told: readonly UnsavedText[],
): Promise<Outcome> {
  const { runId, workspace, prompt } = run;
  const open: UnsavedText[] = [];
  for (const unsaved of told) if (await differs(unsaved)) open.push(unsaved);
  if (open.length === 0) return NOTHING;
  const editor = open.find(({ clientId, takesEdits }) => takesEdits && hasAll(clientId, open));
  const contested = open.filter(({ path, sha256 }) =>
    open.some((other) => other.path === path && other.sha256 !== sha256),
  );
  if (editor === undefined || contested.length > 0) return refused(contested.length > 0 ? contested : open);
  const mine = open.filter(({ clientId }) => clientId === editor.clientId);

  const files: Edit["files"] = [];
  const unfit: UnsavedText[] = [];
  for (const unsaved of mine) {
    const hunks = hunksOf(await port.diff(workspace, changeSet, unsaved.path));
    if (hunks === undefined) unfit.push(unsaved);
    else files.push({ path: unsaved.path, hunks });
  }
  if (unfit.length > 0) return refused(unfit);
  const edit = { runId, workspace, title: prompt.slice(0, 100), files };
  let silent: string | undefined;
  const answer = await documents.applyEdit(editor.clientId, edit).catch((error: unknown) => {
    silent = editor.clientId;
    const reason = `${editor.by} did not answer: ${error instanceof Error ? error.message : String(error)}`;
    return { applied: false, path: undefined, reason };
  });
  if (answer.applied)
    return { conflicts: [], inEditor: files.map(({ path }) => path), undo: () => takeBack(editor, edit) };
  const path = files.find((file) => file.path === answer.path)?.path ?? editor.path;
  const reason = answer.reason ?? "it does not fit the unsaved text";
  return { ...NOTHING, silent, conflicts: [{ path, reason: `${editor.by} has unsaved changes in it: ${reason}` }] };

  async function differs({ path, sha256 }: UnsavedText): Promise<boolean> {
    for (const side of ["before", "after"] as const) {
      const text = await port.file(workspace, changeSet, path, side);
      if (text !== null && hashOf(text) === sha256) return false;
    }
    const saved = await textOnDisk(join(workspace, path));
    return saved === undefined || hashOf(saved) !== sha256;
  }

  async function takeBack({ clientId }: UnsavedText, made: Edit): Promise<readonly string[]> {
    const inverse = made.files.map(({ path, hunks }) => ({ path, hunks: inverted(hunks) }));
    const title = `Taken back: ${made.title}`.slice(0, 100);
    const answered = await documents
      .applyEdit(clientId, { ...made, title, files: inverse, takesBack: true })
      .catch(() => undefined);
    return answered?.applied === true ? [] : made.files.map(({ path }) => path);
  }
}

/** Undefined also where it cannot be read: what the client told counts then. */
async function textOnDisk(path: string): Promise<string | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size > MOST_BYTES) return undefined;
  return readText(path).catch(() => undefined);
}

/** An editor may tell its texts over more than one connection: what is the same text counts once. */
function hasAll(clientId: string, open: readonly UnsavedText[]): boolean {
  return open.every(({ path }) => open.some((unsaved) => unsaved.path === path && unsaved.clientId === clientId));
}

/** One conflict a file, which names everybody who has it. */
function refused(open: readonly UnsavedText[]): ThroughEditors {
  const conflicts = [...Map.groupBy(open, ({ path }) => path)].map(([path, texts]) => {
    const names = [...new Set(texts.map(({ by }) => by))];
    return {
      path,
      reason: `${names.join(" and ")} ${names.length === 1 ? "has" : "have"} unsaved changes in it: save or revert them there`,
    };
  });
  return { ...NOTHING, conflicts };
}
