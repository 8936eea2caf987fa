/** A change of several files, prepared first and made later: what the tools that change more than one have in common. */
import { randomUUID } from "node:crypto";
import { failure, type Result } from "../../../protocol/index.ts";
import { errorCode, hashOf } from "../../host/files.ts";
import { ABSENT, type PreparedWrite, type ToolContext, type ToolOutcome } from "../tool.ts";
import { commitChanges, type FileChange } from "./edit-journal.ts";
import { problemOf } from "./file-change.ts";
import { previewOf } from "./write-preview.ts";

export interface PlannedFile extends FileChange {
  /** Where the file really is, relative to the workspace. */
  readonly path: string;
}

type Refused = Extract<Result<never>, { ok: false }>;

/** All files change, or none. At least one; each path once. */
export function prepareSet(
  files: readonly PlannedFile[],
  outcome: ToolOutcome,
  { editJournal }: ToolContext,
): PreparedWrite | Refused {
  const [first, ...more] = files.map(({ path, before, content }) => {
    return { path, before, after: content === null ? ABSENT : hashOf(content) };
  });
  if (first === undefined) return failure("tool.failed", "Nothing would change.");
  if (editJournal === undefined) return failure("tool.failed", "There is no place for the record of such a change.");
  return {
    ...first,
    ...(more.length === 0 ? {} : { more }),
    preview: () => previewOf(files),
    contents: files,
    async apply() {
      try {
        const done = await commitChanges(editJournal, randomUUID(), files);
        if (done.ok) return outcome;
        const changed = files.find(({ absolute }) => absolute === done.changed)?.path;
        return failure("edit.stale", `${changed ?? ""}: no file was changed.`);
      } catch (error) {
        const problem = problemOf(errorCode(error));
        if (problem === undefined) throw error;
        return failure("tool.failed", `The files could not be written: ${problem}. None was changed.`);
      }
    },
  };
}
