/** Errors of design documents, and of projects in MetaGPT's formats. */

import type { ErrorEntry } from "../error-entry.ts";
import { RAISED_ERRORS } from "../raised-errors.ts";

export const DESIGN_ERRORS = {
  "metagpt.exists": {
    message: "There is something at that place already, so no project was written.",
    hint: "Name a folder that is not there yet, or an empty one; nothing is ever written over.",
  },
  "metagpt.not_written": {
    message: "The project could not be written.",
    hint: "See that the folder's parent exists and can be written; nothing was left behind.",
  },
  "design.none": {
    message: "There are no design documents here.",
    hint: "`nexus metagpt read DIR` shows what a folder holds; a run has documents once a role wrote one.",
  },
  "design.not_document": {
    message: "That path is no design document, so it is not saved here.",
    hint: "Only documents of the project can be saved: those that the design shows. Edit other files in the editor.",
  },
  "design.no_file": RAISED_ERRORS["design.no_file"],
  "design.own_choices": RAISED_ERRORS["design.own_choices"],
  "design.not_trusted": {
    message: "The folder is not trusted, so its documents can be read and not changed.",
    hint: "See `nexus trust`.",
  },
  "design.no_picture": {
    message: "There is no such screenshot.",
    hint: "It may have been removed, or be larger than 4 MB; run the checks again.",
  },
} as const satisfies Record<string, ErrorEntry>;
