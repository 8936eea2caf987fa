/**
 * What a run wants to change in the user's folder, shown file by file, and written when a person says so: never where the
 * editor has another text than the change was made from.
 */
import { join } from "node:path";
import type { PermissionOption, ToolCallContent } from "@agentclientprotocol/sdk";
import type { ChangeConflict, ChangedFile, Params, RunState } from "../../../protocol/index.ts";
import { pendingPaths } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import type { DaemonLink } from "../link.ts";
import type { SessionClient } from "./client.ts";
import { diskText, editorText } from "./content.ts";
import { askPerson } from "./permission.ts";
import { filesTitle } from "./run-updates.ts";
import { fenced, textContent } from "./tool-calls.ts";

export interface ChangesPlace {
  readonly sessionId: string;
  readonly client: SessionClient;
  readonly link: DaemonLink;
}

interface FileChange extends ChangedFile {
  /** Null where it does not exist, or is no text. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Whose texts are read: of more, only the paths are shown, and the daemon alone compares them. */
const MOST_FILES = 500;
/** Characters of one file, and of all, that are shown as diffs. */
const MOST_TEXT = 400_000;
const MOST_SHOWN = 4_000_000;

export type Decision = "accepted" | "kept" | "discarded" | "always";

const OPTIONS: readonly PermissionOption[] = [
  { optionId: "accept", name: "Write into my folder", kind: "allow_once" },
  { optionId: "always", name: "Write, and ask no more in this session", kind: "allow_always" },
  { optionId: "keep", name: "Not now: keep it apart", kind: "reject_once" },
  { optionId: "discard", name: "Discard the change", kind: "reject_always" },
];

/** Shows what waits and asks what to do with it. `withdraw`: somebody else has decided. */
export async function offerChanges(place: ChangesPlace, state: RunState, withdraw: AbortSignal): Promise<Decision> {
  const { sessionId, client } = place;
  const toolCall = await shownChanges(place, state);
  const { outcome } = await askPerson(client, { sessionId, toolCall, options: [...OPTIONS] }, withdraw);
  if (outcome.outcome === "cancelled" || withdraw.aborted) return "kept";
  switch (outcome.optionId) {
    case "accept":
      return (await acceptChanges(place, state)) ? "accepted" : "kept";
    case "always":
      return (await acceptChanges(place, state)) ? "always" : "kept";
    case "discard":
      await discardChanges(place, state);
      return "discarded";
    default:
      return "kept";
  }
}

/** Tells the client of the change as a call that waits; answers with that call. */
export async function shownChanges(place: ChangesPlace, state: RunState) {
  const files = await changedFiles(place, state);
  const toolCall = {
    toolCallId: callId(state),
    title: filesTitle(files.length),
    kind: "edit" as const,
    status: "pending" as const,
    content: diffsOf(state.workspace, files),
    locations: files.map(({ path }) => ({ path: join(state.workspace, path) })),
  };
  await place.client.tell([{ sessionUpdate: "tool_call", ...toolCall }]);
  return toolCall;
}

/** False when something stands in the way: the client is told what it is. What an editor has saved is written together or not at all. */
export async function acceptChanges(place: ChangesPlace, state: RunState): Promise<boolean> {
  const { link } = place;
  const { runId } = state;
  const files = await changedFiles(place, state);
  const { conflicts, ahead } = await compared(place, state, files);
  if (conflicts.length > 0) return refused(place, state, conflicts);
  const saved = files.filter((file) => !ahead.includes(file));
  if (saved.length > 0) {
    const paths = saved.map(({ path }) => path);
    const accepted = await link.request("changes/accept", { runId, paths, ...shownOf(state) });
    if (accepted.conflicts.length > 0) return refused(place, state, accepted.conflicts);
  }
  // The editor shows what is on disk now, and puts the change into what it had not saved.
  for (const file of saved) await writeThrough(place, state, file);
  for (const file of ahead) conflicts.push(...(await putInto(place, state, file)));
  if (conflicts.length > 0) return refused(place, state, conflicts);
  await ended(place, state, "completed", `Written: ${files.map(({ path }) => path).join(", ")}`);
  return true;
}

/** What the person said yes to, and nothing that came after it. */
function shownOf({ changes }: RunState): { shown?: string } {
  return changes === null ? {} : { shown: changes.changeSet.resultCommit };
}

/** An editor's own text takes the change: the daemon is told, and writes nothing there. */
async function putInto(place: ChangesPlace, state: RunState, file: FileChange): Promise<readonly ChangeConflict[]> {
  const { path, after } = file;
  const isTaken = after !== null && (await writeThrough(place, state, file));
  if (!isTaken) return [{ path, reason: "your editor did not take the change into its unsaved text" }];
  const files = [{ path, sha256: hashOf(after) }];
  return (await place.link.request("changes/taken", { runId: state.runId, files })).conflicts;
}

export async function discardChanges(place: ChangesPlace, state: RunState): Promise<void> {
  const { discarded } = await place.link.request("changes/discard", { runId: state.runId });
  await ended(place, state, "failed", `Discarded: ${discarded.join(", ")}`);
}

async function refused(place: ChangesPlace, state: RunState, conflicts: readonly ChangeConflict[]): Promise<false> {
  const lines = conflicts.map(({ path, reason }) => `${path}: ${reason}`);
  await ended(place, state, "failed", `Not written:\n${lines.join("\n")}`);
  return false;
}

async function ended({ client }: ChangesPlace, state: RunState, status: "completed" | "failed", text: string) {
  const content = [textContent(text)];
  await client.tell([{ sessionUpdate: "tool_call_update", toolCallId: callId(state), status, content }]);
}

async function changedFiles({ link }: ChangesPlace, state: RunState): Promise<FileChange[]> {
  const waiting = new Set(pendingPaths(state));
  const { runId } = state;
  const files = state.changes?.changeSet.files.filter(({ path }) => waiting.has(path)) ?? [];
  const read = async (file: Params<"changes/file">) => (await link.request("changes/file", file)).text;
  const found: FileChange[] = [];
  for (const file of files) {
    const { path } = file;
    const isShown = found.length < MOST_FILES && !file.binary;
    const before = isShown ? await read({ runId, path, side: "before" }) : null;
    const after = isShown ? await read({ runId, path, side: "after" }) : null;
    found.push({ ...file, before, after });
  }
  return found;
}

function diffsOf(workspace: string, files: readonly FileChange[]): ToolCallContent[] {
  let room = MOST_SHOWN;
  return files.map(({ path, status, before, after, additions, deletions }) => {
    const length = (before?.length ?? 0) + (after?.length ?? 0);
    if ((before === null && after === null) || length > Math.min(MOST_TEXT, room))
      return textContent(fenced(`${status} ${path} +${additions} −${deletions}`));
    room -= length;
    return { type: "diff", path: join(workspace, path), oldText: before, newText: after ?? "" };
  });
}

/**
 * Files whose text in the editor is not what the change was made from; `ahead`: those whose text is, while the disk has an
 * older one.
 */
async function compared({ sessionId, client }: ChangesPlace, { workspace }: RunState, files: readonly FileChange[]) {
  const conflicts: ChangeConflict[] = [];
  const ahead: FileChange[] = [];
  for (const file of files) {
    if (file.before === null) continue;
    const path = join(workspace, file.path);
    const shown = await editorText(path, sessionId, client);
    if (shown === undefined) continue;
    if (!isSame(shown, file.before))
      conflicts.push({ path: file.path, reason: "your editor has another text than the change was made from" });
    else if (client.abilities.writesFiles && !isSame((await diskText(path)) ?? shown, shown)) ahead.push(file);
  }
  return { conflicts, ahead };
}

/** Editors may keep line ends of their own in what they hand out. */
function isSame(first: string, second: string): boolean {
  return first.replaceAll("\r\n", "\n") === second.replaceAll("\r\n", "\n");
}

/** False where the editor refuses, or cannot be asked. */
async function writeThrough(
  place: ChangesPlace,
  { workspace }: RunState,
  { path, after }: FileChange,
): Promise<boolean> {
  const { sessionId, client } = place;
  if (!client.abilities.writesFiles || after === null) return false;
  try {
    await client.context.request("fs/write_text_file", { sessionId, path: join(workspace, path), content: after });
    return true;
  } catch {
    return false;
  }
}

function callId({ runId }: RunState): string {
  return `${runId}/changes`;
}
