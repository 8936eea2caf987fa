/** The name at a position, and what the daemon knows of it. */
import type { Position, Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Answer } from "../../../protocol/index.ts";
import type { Face, Place } from "./feature.ts";
import { isUnknownFile } from "./outline.ts";

export interface NameAt {
  readonly place: Place;
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly range: Range;
}

const LONGEST_NAME = 200;
const PART = /[\p{L}\p{N}_$]/u;

/** Undefined where no name stands, and for documents that are in no folder. */
export function nameAt(face: Face, document: TextDocument, position: Position): NameAt | undefined {
  const place = face.folders.placeOf(document.uri);
  if (place === undefined) return undefined;
  const offset = face.positions.offsetAt(document, position);
  const text = document.getText();
  let [start, end] = [offset, offset];
  while (start > 0 && offset - start < LONGEST_NAME && PART.test(text[start - 1] ?? "")) start -= 1;
  while (end < text.length && end - offset < LONGEST_NAME && PART.test(text[end] ?? "")) end += 1;
  const name = text.slice(start, end);
  if (name === "" || /^\d/.test(name)) return undefined;
  const range = face.positions.rangeOf(document, start, end);
  return { place, name, line: range.start.line + 1, range };
}

/** Undefined where nothing is known of it, or not yet. */
export async function aboutName(
  face: Face,
  uri: string,
  { place, name, line }: Omit<NameAt, "range">,
  options: { readonly signal: AbortSignal; readonly limit?: number },
): Promise<Answer<"memory/about"> | undefined> {
  const { signal, limit } = options;
  if (!(await face.index.isReady(place.folder))) return undefined;
  await face.unsaved.told(uri);
  const wish = { workspace: place.folder, path: place.path, line, name, ...(limit === undefined ? {} : { limit }) };
  const found = await face.link.request("memory/about", wish, { signal }).catch((error: unknown) => {
    if (isUnknownFile(error)) return undefined;
    throw error;
  });
  return found === undefined || found.definitions.length === 0 ? undefined : found;
}
