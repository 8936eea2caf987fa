/** Actions whose outcome is an edit: a run makes the change in a copy, and the client gets it as an edit of what it shows. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import { pendingPaths, type RunState } from "../../../../protocol/index.ts";
import { openUri } from "../accept.ts";
import { askPerson } from "../asking.ts";
import type { CommandCall, Face } from "../feature.ts";
import { short } from "../subject-text.ts";
import type { Availability } from "./availability.ts";
import type { ActionId } from "./kinds.ts";
import { GOALS, promptOf } from "./prompts.ts";
import { runToEnd } from "./start.ts";
import { subjectOf, type Wish } from "./wish.ts";
import { type FileSides, type MadeEdit, makeEdit, readDocuments } from "./workspace-edit.ts";

export interface MadeChange extends MadeEdit {
  readonly runId: string;
}

/** A person looks over such an edit in no editor; it is accepted as a whole instead. */
const MOST_FILES = 100;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** Undefined when there is nothing to change; the person was told why. Rejects with ContentModified, RequestCancelled or RequestFailed. */
export async function makeChange(
  face: Face,
  availability: Availability,
  action: ActionId,
  wish: Wish,
  call: CommandCall,
): Promise<MadeChange | undefined> {
  const subject = await subjectOf(face, wish);
  const goal = action === "refactor" ? await goalOf(face, subject.goal, call) : undefined;
  const isUntrusted = await availability.isUndecided(subject.place.folder);
  const prompt = promptOf(action, subject, goal);
  const state = await runToEnd(face, { subject, prompt, kind: "change", isUntrusted }, call);
  requireDone(state, call.signal);
  const paths = pendingPaths(state);
  if (paths.length === 0) {
    face.say("info", `Nexus changed nothing. ${short(state.answer ?? state.summary, 400)}`);
    return undefined;
  }
  try {
    const files = await filesOf(face, state, paths, subject.place.path);
    const made = makeEdit(face, files, await readDocuments(face, files));
    tellOthers(face, action, paths, subject.place.path);
    return { runId: state.runId, ...made };
  } catch (error) {
    throw kept(error, state.runId);
  }
}

export function requireDone(state: RunState, signal: AbortSignal): void {
  if (state.status === "cancelled" || signal.aborted)
    throw new ResponseError(LSPErrorCodes.RequestCancelled, `The run was cancelled (${state.runId}).`);
  if (state.status === "done") return;
  const { message, hint } = state.error ?? { message: state.summary, hint: "" };
  const words = `The run ended as ${state.status.replaceAll("_", " ")}: ${short(`${message} ${hint}`, 600)} (run ${state.runId})`;
  throw new ResponseError(LSPErrorCodes.RequestFailed, words, { runId: state.runId });
}

/** Asked where the client can show buttons; there closing the question means that it is not wanted any more. */
async function goalOf(face: Face, goal: string | undefined, { signal }: CommandCall): Promise<string | undefined> {
  if (goal !== undefined || face.client.capabilities.window?.showMessage === undefined) return goal;
  const chosen = await askPerson(face, "What is the goal of the refactoring?", Object.keys(GOALS), {
    signal,
    level: "info",
  });
  if (chosen === undefined) throw new ResponseError(LSPErrorCodes.RequestCancelled, "No goal was chosen.");
  return GOALS[chosen];
}

async function filesOf(face: Face, state: RunState, paths: readonly string[], asked: string): Promise<FileSides[]> {
  const changed = state.changes?.changeSet.files.filter(({ path }) => paths.includes(path)) ?? [];
  const folder = face.folders.workspaceOf(state.workspace) ?? state.workspace;
  if (changed.length > MOST_FILES) throw failed(`It changes ${changed.length} files, more than an edit should hold.`);
  const files: FileSides[] = [];
  let length = 0;
  for (const { path, status, binary } of changed) {
    if (binary) throw failed(`${path} is no text, which an edit cannot hold.`);
    const textOf = async (side: "before" | "after") =>
      (await face.link.request("changes/file", { runId: state.runId, path, side })).text;
    const before = status === "added" ? null : await textOf("before");
    const after = status === "deleted" ? null : await textOf("after");
    if ((before === null && status !== "added") || (after === null && status !== "deleted"))
      throw failed(`${path} is no text, or too large for an edit.`);
    if (before === after) face.say("warning", `Of ${path} only the permissions change: that is not in the edit.`);
    length += (before?.length ?? 0) + (after?.length ?? 0);
    if (length > MOST_CHARACTERS) throw failed("It is too large for an edit.");
    files.push({
      path,
      uri: openUri(face, folder, path) ?? face.folders.uriOf({ folder, path }),
      before,
      after,
      isAskedFor: path === asked || status === "added",
    });
  }
  return files;
}

/** Tests are files of their own; of everything else a person expects that the file at hand changes. */
function tellOthers(face: Face, action: ActionId, paths: readonly string[], asked: string): void {
  const others = paths.filter((path) => path !== asked);
  if (others.length === 0 || action === "tests") return;
  const listed = `${others.slice(0, 10).join(", ")}${others.length > 10 ? ` and ${others.length - 10} more` : ""}`;
  face.say("warning", `The edit also changes ${listed}: look at it before you save.`);
}

function failed(why: string): Error {
  return new ResponseError(LSPErrorCodes.RequestFailed, why);
}

/** Nothing is lost: the change is in the run. */
function kept(error: unknown, runId: string): unknown {
  if (!(error instanceof ResponseError)) return error;
  const where = `Run ${runId} keeps the change: nexus.showRun shows it, nexus.accept writes it.`;
  return new ResponseError(error.code, `${error.message} ${where}`, { runId });
}
