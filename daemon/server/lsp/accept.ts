/**
 * Accepting a run's change beside what the editor has not saved: the daemon writes the files that are as they are on disk; into
 * unsaved text the change is put by the editor itself, and its file is left to the person's next save.
 */
import { createHash } from "node:crypto";
import type { TextEdit, WorkspaceEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import * as z from "zod/mini";
import { NexusError } from "../../../protocol/errors.ts";
import { type Answer, pendingPaths, type RunState } from "../../../protocol/index.ts";
import type { Face } from "./feature.ts";
import { patchEdits } from "./patch-edits.ts";

type Outcome = Answer<"changes/accept">;

interface UnsavedFile {
  readonly path: string;
  readonly uri: string;
  /** Empty where the change is none of lines of a text that is there. */
  readonly patch: string;
}

const Applied = z.object({ applied: z.boolean() });
const ADVICE = "Save or undo it, then accept again.";

/** Nothing at all is written when one of the documents cannot take its part. */
export async function acceptChanges(
  face: Face,
  state: RunState,
  paths: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const { runId } = state;
  const wanted = pendingPaths(state).filter((path) => paths === undefined || paths.includes(path));
  const unsaved = await unsavedOf(face, state, wanted, signal);
  const conflicts = unsaved.flatMap((file) => {
    const reason = whyNot(face, file);
    return reason === undefined ? [] : [{ path: file.path, reason }];
  });
  if (conflicts.length > 0) return { accepted: [], conflicts };
  if (unsaved.length === 0)
    return face.link.request("changes/accept", { runId, ...(paths ? { paths: [...paths] } : {}) });
  const saved = wanted.filter((path) => !unsaved.some((file) => file.path === path));
  const written =
    saved.length === 0
      ? { accepted: [], conflicts: [] }
      : await face.link.request("changes/accept", { runId, paths: saved });
  if (written.conflicts.length > 0) return written;
  const accepted = [...written.accepted];
  for (const file of unsaved) {
    const refusal = await putInto(face, runId, file);
    if (refusal === undefined) accepted.push(file.path);
    else conflicts.push({ path: file.path, reason: refusal });
  }
  return { accepted, conflicts };
}

async function unsavedOf(
  face: Face,
  { workspace, runId }: RunState,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<UnsavedFile[]> {
  const folder = face.folders.workspaceOf(workspace) ?? workspace;
  const open = wanted.flatMap((path) => {
    const uri = openUri(face, folder, path);
    return uri === undefined || !face.documents.isChanged(uri) ? [] : [{ path, uri }];
  });
  return Promise.all(
    open.map(async ({ path, uri }) => {
      const { diff } = await face.link.request("changes/diff", { runId, path }, { signal });
      const isPatch = !diff.binary && !diff.truncated && diff.status === "modified";
      return { path, uri, patch: isPatch ? diff.patch : "" };
    }),
  );
}

/** The client's own URI of a file that it has open. */
export function openUri({ documents, folders }: Face, folder: string, path: string): string | undefined {
  const usual = folders.uriOf({ folder, path });
  if (documents.get(usual) !== undefined) return usual;
  for (const { uri } of documents.all()) {
    const place = folders.placeOf(uri);
    if (place?.folder === folder && place.path === path) return uri;
  }
  return undefined;
}

function whyNot({ client, documents }: Face, { uri, patch }: UnsavedFile): string | undefined {
  if (client.capabilities.workspace?.applyEdit !== true)
    return `It has unsaved text, and the editor cannot be told of edits. ${ADVICE}`;
  const document = documents.get(uri);
  const edits = document === undefined ? undefined : patchEdits(document, patch);
  return edits === undefined ? `Its unsaved text and the change meet. ${ADVICE}` : undefined;
}

/** Tried once more when the person typed meanwhile. Answers with why it could not be done. */
async function putInto(face: Face, runId: string, { uri, path, patch }: UnsavedFile): Promise<string | undefined> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const document = face.documents.get(uri);
    const edits = document === undefined ? undefined : patchEdits(document, patch);
    if (document === undefined || edits === undefined) break;
    const text = TextDocument.applyEdits(
      document,
      edits.map(({ start, end, text: newText }) => {
        return { range: { start: document.positionAt(start), end: document.positionAt(end) }, newText };
      }),
    );
    const own = edits.map(({ start, end, text: newText }): TextEdit => {
      return { range: face.positions.rangeOf(document, start, end), newText };
    });
    const edit = workspaceEdit(face, uri, document.version, own);
    const answer = await face.connection
      .sendRequest("workspace/applyEdit", { label: "Nexus: accepted change", edit })
      .catch(() => undefined);
    const read = Applied.safeParse(answer);
    if (!read.success || !read.data.applied) continue;
    const files = [{ path, sha256: createHash("sha256").update(text).digest("hex") }];
    return tellTaken(face, runId, files);
  }
  return "The editor did not take the change into its unsaved text: it was typed on meanwhile.";
}

/** The editor has the change by now, so a daemon that went away meanwhile is told again. Answers with what stands against it. */
async function tellTaken(
  { link }: Face,
  runId: string,
  files: { path: string; sha256: string }[],
): Promise<string | undefined> {
  const tell = () => link.request("changes/taken", { runId, files });
  const { conflicts } = await tell().catch((error: unknown) => {
    if (error instanceof NexusError && error.value.code === "daemon.unreachable") return tell().catch(alreadyTold);
    throw error;
  });
  return conflicts[0]?.reason;
}

/** The first telling had been heard; only its answer was lost. */
function alreadyTold(error: unknown): { conflicts: [] } {
  if (error instanceof NexusError && error.value.code === "changes.none") return { conflicts: [] };
  throw error;
}

/** With the version where the client checks it. */
function workspaceEdit({ client }: Face, uri: string, version: number, edits: TextEdit[]): WorkspaceEdit {
  const checks = client.capabilities.workspace?.workspaceEdit?.documentChanges === true;
  return checks ? { documentChanges: [{ textDocument: { uri, version }, edits }] } : { changes: { [uri]: edits } };
}
