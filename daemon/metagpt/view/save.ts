/** A person's version of a document in a folder: an ordinary write of theirs, refused when the file changed meanwhile. */
import { type DocumentProblem, NexusError, nexusError } from "../../../protocol/index.ts";
import { hashOf, readBytes, writeAtomically } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { isProtectedPath } from "../../security/paths/path-classes.ts";
import { reviseJson } from "../documents/json/revise.ts";
import { parseJson } from "../documents/json/syntax.ts";
import { placeOf } from "../documents/kinds.ts";
import { documentFiles, type WrittenKind } from "../documents/layout.ts";
import { documentOf, type ReadDocument } from "../documents/read-document.ts";
import { stemOf } from "../documents/read-project.ts";
import { decodeText, encodeText } from "../documents/text.ts";

export interface FolderEdit {
  /** The workspace, and the project's folder in it; real and absolute. */
  readonly workspace: string;
  readonly root: string;
  readonly path: string;
  readonly text: string;
  /** SHA-256 of the bytes that were edited. */
  readonly hash: string;
}

interface RevisedDocument {
  readonly bytes: Uint8Array;
  readonly before: ReadDocument;
  readonly after: ReadDocument;
}

/**
 * What a file becomes by an edit of its whole text: of JSON only the values that changed, with the encoding that it had. Throws
 * `design.not_document` where the text is no longer the document that it was, `edit.stale` where the file is another.
 */
function reviseDocument(
  path: string,
  bytes: Uint8Array,
  { text, hash }: { text: string; hash: string },
): RevisedDocument {
  const place = isDocumentPath(path) ? placeOf(path) : undefined;
  const before = place === undefined ? undefined : documentOf(path, place, { ok: true, bytes });
  const decoded = decodeText(bytes);
  if (place === undefined || before === undefined || decoded === undefined)
    throw nexusError("design.not_document", path);
  if (before.hash !== hash) throw nexusError("edit.stale", path);
  const written = encodeText({ ...decoded, text: place.format === "json" ? revisedJson(decoded.text, text) : text });
  const after = documentOf(path, place, { ok: true, bytes: written });
  const isSame = after !== undefined && after.content !== null && family(after.kind) === family(before.kind);
  if (!isSame) throw nexusError("design.not_document", `${path}: ${after?.problems[0]?.message ?? "it would be none"}`);
  return { bytes: written, before, after };
}

function revisedJson(before: string, text: string): string {
  const parsed = parseJson(text);
  return parsed.ok ? (reviseJson(before, parsed.root.value) ?? text) : text;
}

function family(kind: string): string {
  return kind.replace(/^refined_/, "");
}

/** Documents that people edit: those of `docs` and `resources`. */
function isDocumentPath(path: string): boolean {
  return /^(docs|resources)\//.test(path) && !path.split(/[\\/]/).includes("..");
}

/** Throws as reviseDocument, and `path.outside`, `path.protected`. Copies that said what the document said follow it. */
export async function saveInFolder(edit: FolderEdit): Promise<{ hash: string; problems: DocumentProblem[] }> {
  const { path } = edit;
  const absolute = await placeIn(edit, path);
  const bytes = await readBytes(absolute);
  if (bytes === undefined) throw nexusError("edit.stale", path);
  const revised = reviseDocument(path, bytes, edit);
  await writeAtomically(absolute, revised.bytes, undefined, async () => {
    if (hashOf((await readBytes(absolute)) ?? "") !== edit.hash) throw nexusError("edit.stale", path);
  });
  for (const { path: copy, before, after } of copiesOf(revised)) {
    const place = await placeIn(edit, copy).catch(() => undefined);
    const present = place === undefined ? undefined : await readBytes(place);
    if (place !== undefined && present?.toString("utf8") === before) await writeAtomically(place, after);
  }
  return { hash: hashOf(revised.bytes), problems: revised.after.problems };
}

async function placeIn({ workspace, root }: FolderEdit, path: string): Promise<string> {
  const place = await resolveInside(root, path);
  if (!place.ok) throw new NexusError(place.error);
  // A link within the project must not turn a document into another file.
  if (!isDocumentPath(place.value.relative)) throw nexusError("design.not_document", path);
  const inWorkspace = await resolveInside(workspace, place.value.absolute);
  if (!inWorkspace.ok) throw new NexusError(inWorkspace.error);
  if (isProtectedPath(inWorkspace.value.relative)) throw nexusError("path.protected", path);
  return place.value.absolute;
}

const COPIED: readonly string[] = [
  "prd",
  "refined_prd",
  "system_design",
  "refined_system_design",
  "task",
  "refined_task",
  "code_plan_and_change",
] satisfies WrittenKind[];

/** Markdown and diagrams that follow from a document: what they were, and what they become. */
function copiesOf({ before, after }: Pick<RevisedDocument, "before" | "after">): {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}[] {
  const filesOf = ({ kind, path, content, dialect }: ReadDocument) =>
    isCopied(kind) && dialect === "classic" && typeof content === "object" && content !== null
      ? documentFiles({ kind, stem: stemOf(path), content }).slice(1)
      : [];
  const was = new Map(filesOf(before).map(({ path, text }) => [path, text]));
  return filesOf(after).flatMap(({ path, text }) => {
    const old = was.get(path);
    return old === undefined || old === text ? [] : [{ path, before: old, after: text }];
  });
}

function isCopied(kind: string): kind is WrittenKind {
  return COPIED.includes(kind);
}
