/** Accepted changes of unsaved text that the daemon asks for (client/applyEdit), whoever accepted: the editor puts them in. */
import type { TextEdit, WorkspaceEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import * as z from "zod/mini";
import { placeHunks } from "../../../protocol/hunks.ts";
import type { ReverseAnswer, ReverseParams } from "../../../protocol/index.ts";
import { openUri } from "./accept.ts";
import type { Face, Feature } from "./feature.ts";

type Asked = ReverseParams<"client/applyEdit">;
type Answer = ReverseAnswer<"client/applyEdit">;
type FileEdit = Asked["files"][number];

interface DocumentEdit {
  readonly document: TextDocument;
  readonly edits: TextEdit[];
}

const CLOSED = "it is not open in this editor any more";
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

/** All files or none, each for the version that was looked at. */
async function applyEdit(face: Face, { workspace, files, title, takesBack = false }: Asked): Promise<Answer> {
  if (face.client.capabilities.workspace?.applyEdit !== true)
    return { applied: false, reason: "the editor cannot be told of edits" };
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
  if (read.success && read.data.applied) return { applied: true };
  return { applied: false, reason: "the editor did not take the change: it was typed on meanwhile" };
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
  const text = document.getText();
  const placed = placeHunks(text.split(/\r\n|\r|\n/), hunks);
  if (!placed.ok) {
    const what = placed.problem === "changed" ? "were changed there" : "stand there more than once";
    return { reason: `the lines around line ${placed.line + 1} ${what}` };
  }
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const edits = placed.edits.map(({ start, end, lines }) => {
    const isAtEnd = end >= document.lineCount;
    const from =
      isAtEnd && start > 0 ? endOfLine(document, start - 1) : document.offsetAt({ line: start, character: 0 });
    const to = isAtEnd ? text.length : document.offsetAt({ line: end, character: 0 });
    // The last line has no end that could go with it: the one before it does.
    const added = isAtEnd
      ? lines.map((line, index) => (index === 0 && start === 0 ? line : lineEnd + line))
      : lines.map((line) => line + lineEnd);
    return { range: face.positions.rangeOf(document, from, to), newText: added.join("") };
  });
  return { document, edits };
}

function endOfLine(document: TextDocument, line: number): number {
  const next = document.offsetAt({ line: line + 1, character: 0 });
  const ends = /(?:\r\n|\r|\n)?$/.exec(document.getText().slice(document.offsetAt({ line, character: 0 }), next));
  return next - (ends?.[0].length ?? 0);
}

/** With the versions where the client checks them. */
function workspaceEdit({ client }: Face, changed: readonly DocumentEdit[]): WorkspaceEdit {
  if (client.capabilities.workspace?.workspaceEdit?.documentChanges !== true)
    return { changes: Object.fromEntries(changed.map(({ document, edits }) => [document.uri, edits])) };
  return {
    documentChanges: changed.map(({ document: { uri, version }, edits }) => ({
      textDocument: { uri, version },
      edits,
    })),
  };
}
