/** Texts of an editor that are not in its files: what they may be, and what of them a run's log holds. */
import * as z from "zod/mini";

/** A frame is at most 1 MiB; these leave room for the rest of the request. */
export const MAX_UNSAVED_FILES = 50;
export const MAX_UNSAVED_CHARACTERS = 700_000;

const path = z.string().check(z.minLength(1), z.maxLength(1000));

export const UnsavedText = z.object({
  /** Relative to the workspace, with `/`. The file need not be there yet. */
  path,
  text: z.string().check(z.maxLength(MAX_UNSAVED_CHARACTERS)),
});
/** A file as an editor has it. */
export type UnsavedText = z.infer<typeof UnsavedText>;

export const UnsavedTexts = z.array(UnsavedText).check(
  z.maxLength(MAX_UNSAVED_FILES),
  z.refine((texts) => texts.reduce((sum, { text }) => sum + text.length, 0) <= MAX_UNSAVED_CHARACTERS, {
    error: `More than ${MAX_UNSAVED_CHARACTERS} characters in all.`,
  }),
);

export const UnsavedPin = z.object({
  /** Commit under the run's refs that holds these files alone, as the editor had them. */
  commit: z.string(),
  paths: z.array(z.string()),
});
/** The unsaved texts of a run, as its log holds them. */
export type UnsavedPin = z.infer<typeof UnsavedPin>;
