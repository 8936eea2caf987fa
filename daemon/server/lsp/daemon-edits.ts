/** Accepted changes of unsaved text that the daemon asks for (client/applyEdit), whoever accepted: the editor puts them in. */
import type { TextEdit, WorkspaceEdit } from "vscode-languageserver";
import * as z from "zod/mini";
import type { ReverseAnswer, ReverseParams } from "../../../protocol/index.ts";
import { openUri } from "./accept.ts";
import type { Face, Feature } from "./feature.ts";
import { hunkEdits } from "./hunk-edits.ts";

type Asked = ReverseParams<"client/applyEdit">;
type Answer = ReverseAnswer<"client/applyEdit">;
type FileEdit = Asked["files"][number];

interface DocumentEdit {
  readonly path: string;
  readonly uri: string;
  /** Of the text that was looked at; the document itself goes on. */
  readonly version: number;
  readonly edits: TextEdit[];
}

const CLOSED = "it is not open in this editor any more";
const TYPED_ON: Answer = { applied: false, reason: "the editor did not take the change: it was typed on meanwhile" };
const Applied = z.object({ applied: z.boolean() });

export function createDaemonEdits(face: Face): Feature {
  let end: () => void = () => undefined;
  return {
    start() {
      end = face.link.handle("client/applyEdit", (asked) => applyEdit(face, asked));
    },
    stop: () => end(),
  };
}

/** Once more when the person typed meanwhile. */
async function applyEdit(face: Face, asked: Asked): Promise<Answer> {
  if (face.client.capabilities.workspace?.applyEdit !== true)
    return { applied: false, reason: "the editor cannot be told of edits" };
  const first = await applyOnce(face, asked);
  return first === TYPED_ON ? applyOnce(face, asked) : first;
}

/** All files or none, each for the version that was looked at. */
async function applyOnce(face: Face, { workspace, files, title, takesBack = false }: Asked): Promise<Answer> {
  const folder = face.folders.workspaceOf(workspace) ?? workspace;
  const changed: DocumentEdit[] = [];
  for (const file of files) {
    const settled = takesBack ? undefined : await whySettled(face, folder, file.path);
    if (settled !== undefined) return { applied: false, path: file.path, reason: settled };
    const made = editOf(face, folder, file);
    if ("reason" in made) return { applied: false, path: file.path, reason: made.reason };
    if (made.edits.length > 0) changed.push(made);
  }
  if (changed.length === 0) return { applied: true };
  const answer = await face.connection
    .sendRequest("workspace/applyEdit", { label: `Nexus: ${title}`, edit: workspaceEdit(face, changed) })
    .catch(() => undefined);
  const read = Applied.safeParse(answer);
  if (read.success && read.data.applied) {
    const paths = changed.map(({ path }) => path).join(", ");
    face.say("info", `Nexus: “${title}” is now in your unsaved ${paths}. Save to keep it, undo to take it out.`);
    return { applied: true };
  }
  return changed.some(({ uri, version }) => face.documents.get(uri)?.version !== version)
    ? TYPED_ON
    : { applied: false, reason: "the editor did not take the change" };
}

/** Why nothing is unsaved there, if so; then the daemon was told that first. */
async function whySettled(face: Face, folder: string, path: string): Promise<string | undefined> {
  const uri = openUri(face, folder, path);
  if (uri !== undefined && face.documents.isChanged(uri)) return undefined;
  await face.unsaved.told(uri ?? face.folders.uriOf({ folder, path }));
  return uri === undefined ? CLOSED : "it was saved meanwhile";
}

function editOf(face: Face, folder: string, { path, hunks }: FileEdit): DocumentEdit | { readonly reason: string } {
  const uri = openUri(face, folder, path);
  const document = uri === undefined ? undefined : face.documents.get(uri);
  if (document === undefined) return { reason: CLOSED };
  const made = hunkEdits(document.getText(), hunks);
  if (!made.ok) {
    const what = made.problem === "changed" ? "were changed there" : "stand there more than once";
    return { reason: `the lines around line ${made.line + 1} ${what}` };
  }
  const edits = made.edits.map(({ start, end, text }) => ({
    range: face.positions.rangeOf(document, start, end),
    newText: text,
  }));
  return { path, uri: document.uri, version: document.version, edits };
}

/** With the versions where the client checks them. */
function workspaceEdit({ client }: Face, changed: readonly DocumentEdit[]): WorkspaceEdit {
  if (client.capabilities.workspace?.workspaceEdit?.documentChanges !== true)
    return { changes: Object.fromEntries(changed.map(({ uri, edits }) => [uri, edits])) };
  return {
    documentChanges: changed.map(({ uri, version, edits }) => ({ textDocument: { uri, version }, edits })),
  };
}
