/** A run's change as one edit of the client's workspace: all of it or nothing, never over what was typed meanwhile. */
import {
  LSPErrorCodes,
  ResponseError,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Face } from "../feature.ts";
import { applyEdits, isSameText, textEdits } from "./text-edits.ts";

/** One file of the change; a side is null where there is no file. */
export interface FileSides {
  readonly path: string;
  readonly uri: string;
  readonly before: string | null;
  readonly after: string | null;
  /** It was asked for, so no special consent is needed. */
  readonly isAskedFor: boolean;
}

/** What a document holds once the client has applied the edit; null: the file is gone. */
export interface Expected {
  readonly path: string;
  readonly uri: string;
  readonly text: string | null;
}

export interface MadeEdit {
  readonly edit: WorkspaceEdit;
  readonly expected: readonly Expected[];
}

/** Documents are read before, so that between looking at them and answering nobody types. */
export async function readDocuments(
  face: Face,
  files: readonly FileSides[],
): Promise<ReadonlyMap<string, TextDocument>> {
  const found = new Map<string, TextDocument>();
  for (const { uri } of files) {
    const document = await face.documents.read(uri);
    if (document !== undefined) found.set(uri, document);
  }
  return found;
}

/** Throws ContentModified when a document was changed where the run changed it, RequestFailed for what the client cannot do. */
export function makeEdit(face: Face, files: readonly FileSides[], read: ReadonlyMap<string, TextDocument>): MadeEdit {
  const can = abilitiesOf(face);
  const changes: { file: FileSides; operations: readonly object[]; expected: Expected }[] = [];
  for (const file of files) {
    const document = face.documents.get(file.uri) ?? read.get(file.uri);
    const annotation = can.annotations && !file.isAskedFor ? { annotationId: OTHER } : {};
    const made = operationsOf(face, file, { document, can, annotation });
    changes.push({ file, ...made });
  }
  const expected = changes.map((change) => change.expected);
  const operations = changes.flatMap((change) => change.operations);
  if (can.documentChanges) return { edit: withAnnotation(operations, can.annotations), expected };
  return { edit: plainEdit(operations), expected };
}

const OTHER = "nexus.other-file";

interface Abilities {
  readonly documentChanges: boolean;
  readonly create: boolean;
  readonly remove: boolean;
  readonly annotations: boolean;
}

function abilitiesOf({ client }: Face): Abilities {
  const edit = client.capabilities.workspace?.workspaceEdit;
  const documentChanges = edit?.documentChanges === true;
  const operations = documentChanges ? (edit.resourceOperations ?? []) : [];
  return {
    documentChanges,
    create: operations.includes("create"),
    remove: operations.includes("delete"),
    annotations: documentChanges && edit.changeAnnotationSupport !== undefined,
  };
}

interface Making {
  readonly document: TextDocument | undefined;
  readonly can: Abilities;
  readonly annotation: object;
}

function operationsOf(face: Face, file: FileSides, making: Making): { operations: object[]; expected: Expected } {
  const { path, uri, before, after } = file;
  const { document, can, annotation } = making;
  if (after === null) {
    if (!can.remove) throw cannot(`It deletes ${path}, and the editor cannot be told to delete files.`);
    if (document !== undefined && !isSameText(document.getText(), before ?? "")) throw modified(path);
    const operation = { kind: "delete", uri, options: { ignoreIfNotExists: true }, ...annotation };
    return { operations: document === undefined ? [] : [operation], expected: { path, uri, text: null } };
  }
  if (document === undefined) {
    if (before !== null) throw modified(path);
    const range = { start: START, end: START };
    const create = can.create
      ? [{ kind: "create", uri, options: { overwrite: false, ignoreIfExists: false }, ...annotation }]
      : [];
    const edits = [{ range, newText: after, ...annotation }];
    return {
      operations: [...create, { textDocument: { uri, version: null }, edits }],
      expected: { path, uri, text: after },
    };
  }
  return changed(face, file, document, annotation);
}

function changed(face: Face, { path, uri, before, after }: FileSides, document: TextDocument, annotation: object) {
  const now = document.getText();
  const sides = { before: before ?? "", after: after ?? "", now };
  // Somebody made the same file meanwhile.
  const edits = before === null && isSameText(now, sides.after) ? [] : textEdits(sides);
  if (edits === undefined || (before === null && now !== "" && edits.length > 0)) throw modified(path);
  const version = face.documents.get(uri) === undefined ? null : document.version;
  const own = edits.map(({ start, end, text }) => {
    return { range: face.positions.rangeOf(document, start, end), newText: text, ...annotation };
  });
  const operations = own.length === 0 ? [] : [{ textDocument: { uri, version }, edits: own }];
  return { operations, expected: { path, uri, text: applyEdits(now, edits) } };
}

const START = { line: 0, character: 0 };

function withAnnotation(documentChanges: readonly object[], annotations: boolean): WorkspaceEdit {
  const label = "A file that was not asked for";
  const note = {
    changeAnnotations: { [OTHER]: { label, needsConfirmation: true, description: "Nexus changed it too." } },
  };
  return Object.assign({}, annotations ? note : {}, { documentChanges: documentChanges.filter(isChange) });
}

type Change = NonNullable<WorkspaceEdit["documentChanges"]>[number];

function isChange(operation: object): operation is Change {
  return "kind" in operation || "textDocument" in operation;
}

/** For clients that know no versions. */
function plainEdit(operations: readonly object[]): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const operation of operations)
    if (isTextEdit(operation))
      changes[operation.textDocument.uri] = [...operation.edits].filter((edit) => "newText" in edit);
  return { changes };
}

function isTextEdit(operation: object): operation is TextDocumentEdit & { edits: TextEdit[] } {
  return "textDocument" in operation;
}

function modified(path: string): Error {
  return new ResponseError(LSPErrorCodes.ContentModified, `${path} was changed where Nexus changed it.`);
}

function cannot(why: string): Error {
  return new ResponseError(LSPErrorCodes.RequestFailed, why);
}
