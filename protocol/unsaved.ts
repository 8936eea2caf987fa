/** Texts of an editor that are not in its files: what they may be, and what of them a run's log holds. */
import * as z from "zod/mini";

/** A frame is at most 1 MiB; these leave room for the rest of the request. */
export const MAX_UNSAVED_FILES = 50;
export const MAX_UNSAVED_BYTES = 700_000;

/** Bytes that a text takes in a message: in UTF-8, with what JSON escapes. */
export function unsavedBytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // Quotes, backslashes and line ends take two; other control characters six; each half of a pair counts for two.
    if (code < 0x20) bytes += code >= 8 && code <= 13 && code !== 11 ? 2 : 6;
    else if (code < 0x80) bytes += code === 0x22 || code === 0x5c ? 2 : 1;
    else bytes += code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3;
  }
  return bytes;
}

const path = z.string().check(z.minLength(1), z.maxLength(1000));

export const UnsavedText = z.object({
  /** Relative to the workspace, with `/`. The file need not be there yet. */
  path,
  text: z.string(),
});
/** A file as an editor has it. */
export type UnsavedText = z.infer<typeof UnsavedText>;

export const UnsavedTexts = z.array(UnsavedText).check(
  z.maxLength(MAX_UNSAVED_FILES),
  z.refine((texts) => texts.reduce((sum, { text }) => sum + unsavedBytes(text), 0) <= MAX_UNSAVED_BYTES, {
    error: `More than ${MAX_UNSAVED_BYTES} bytes in all.`,
  }),
);

export const UnsavedPin = z.object({
  /** Commit under the run's refs that holds these files alone, as the editor had them. */
  commit: z.string(),
  paths: z.array(z.string()),
});
/** The unsaved texts of a run, as its log holds them. */
export type UnsavedPin = z.infer<typeof UnsavedPin>;
