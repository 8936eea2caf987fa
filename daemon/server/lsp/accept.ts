/** Accepting a run's change beside what the editor has not saved: that text is kept, and the change is put into it. */
import type { TextEdit, WorkspaceEdit } from "vscode-languageserver";
import * as z from "zod/mini";
import { type Answer, pendingPaths, type RunState } from "../../../protocol/index.ts";
import type { Face } from "./feature.ts";
import { patchEdits } from "./patch-edits.ts";

type Outcome = Answer<"changes/accept">;
const Applied = z.object({ applied: z.boolean() });

/** Nothing at all is written when one of the documents cannot take its part. */
export async function acceptChanges(
  face: Face,
  state: RunState,
  paths: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const folder = face.folders.workspaceOf(state.workspace) ?? state.workspace;
  const wanted = pendingPaths(state).filter((path) => paths === undefined || paths.includes(path));
  const unsaved = wanted.flatMap((path) => {
    const uri = openUri(face, folder, path);
    return uri === undefined || !face.documents.isChanged(uri) ? [] : [{ path, uri }];
  });
  const conflicts: Outcome["conflicts"] = [];
  for (const file of unsaved) {
    const reason = await whyNot(face, state.runId, file, signal);
    if (reason !== undefined) conflicts.push({ path: file.path, reason });
  }
  if (conflicts.length > 0) return { accepted: [], conflicts };
  const wish = { runId: state.runId, ...(paths === undefined ? {} : { paths: [...paths] }) };
  // Patches are asked for before: a change that was accepted has none.
  const patches = await Promise.all(unsaved.map(async ({ path }) => patchOf(face, state.runId, path, signal)));
  const outcome = await face.link.request("changes/accept", wish);
  if (outcome.conflicts.length > 0) return outcome;
  for (const [index, { path, uri }] of unsaved.entries()) {
    const done = await putInto(face, uri, patches[index] ?? "");
    if (!done)
      face.say("warning", `${path} is changed on disk, but its unsaved text in the editor could not take the change.`);
  }
  return outcome;
}

/** The client's own URI of a file that it has open. */
function openUri({ documents, folders }: Face, folder: string, path: string): string | undefined {
  const usual = folders.uriOf({ folder, path });
  if (documents.get(usual) !== undefined) return usual;
  for (const { uri } of documents.all()) {
    const place = folders.placeOf(uri);
    if (place?.folder === folder && place.path === path) return uri;
  }
  return undefined;
}

async function whyNot(
  face: Face,
  runId: string,
  { path, uri }: { readonly path: string; readonly uri: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const advice = "Save or undo it, then accept again.";
  if (face.client.capabilities.workspace?.applyEdit !== true)
    return `It has unsaved text, and the editor cannot be told of edits. ${advice}`;
  const document = face.documents.get(uri);
  const patch = await patchOf(face, runId, path, signal);
  const edits = document === undefined ? undefined : patchEdits(document, patch);
  return edits === undefined ? `Its unsaved text and the change meet. ${advice}` : undefined;
}

async function patchOf(face: Face, runId: string, path: string, signal: AbortSignal): Promise<string> {
  const { diff } = await face.link.request("changes/diff", { runId, path }, { signal });
  return diff.binary || diff.truncated || diff.status !== "modified" ? "" : diff.patch;
}

/** Tried once more when the person typed meanwhile. */
async function putInto(face: Face, uri: string, patch: string): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const document = face.documents.get(uri);
    const edits = document === undefined ? undefined : patchEdits(document, patch);
    if (document === undefined || edits === undefined) return false;
    const own = edits.map(({ start, end, text }): TextEdit => {
      return { range: face.positions.rangeOf(document, start, end), newText: text };
    });
    const edit = workspaceEdit(face, uri, document.version, own);
    const answer = await face.connection
      .sendRequest("workspace/applyEdit", { label: "Nexus: accepted change", edit })
      .catch(() => undefined);
    const read = Applied.safeParse(answer);
    if (read.success && read.data.applied) return true;
  }
  return false;
}

/** With the version where the client checks it. */
function workspaceEdit({ client }: Face, uri: string, version: number, edits: TextEdit[]): WorkspaceEdit {
  const checks = client.capabilities.workspace?.workspaceEdit?.documentChanges === true;
  return checks ? { documentChanges: [{ textDocument: { uri, version }, edits }] } : { changes: { [uri]: edits } };
}
