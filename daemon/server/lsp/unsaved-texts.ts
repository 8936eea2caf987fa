/** What the editor has not saved in a folder, as much of it as one request may hold: a run begins with it. */
import { MAX_UNSAVED_BYTES, MAX_UNSAVED_FILES, type UnsavedText, unsavedBytes } from "../../../protocol/unsaved.ts";
import type { Face } from "./feature.ts";

/** After those of `first`; nothing of the file `without`, which may have been typed in since. */
export function unsavedTexts(
  { documents, folders }: Pick<Face, "documents" | "folders">,
  folder: string,
  { first = [], without }: { readonly first?: readonly UnsavedText[]; readonly without?: string } = {},
): UnsavedText[] {
  const texts = [...first];
  const known = new Set([without, ...first.map(({ path }) => path)]);
  let room = MAX_UNSAVED_BYTES - first.reduce((sum, { text }) => sum + unsavedBytes(text), 0);
  for (const document of documents.all()) {
    const place = folders.placeOf(document.uri);
    if (place?.folder !== folder || known.has(place.path) || !documents.isChanged(document.uri)) continue;
    const text = document.getText();
    const bytes = unsavedBytes(text);
    if (texts.length >= MAX_UNSAVED_FILES || bytes > room) continue;
    room -= bytes;
    known.add(place.path);
    texts.push({ path: place.path, text });
  }
  return texts;
}
