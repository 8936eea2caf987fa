/** A change of one file, prepared first and written later: what the writing tools have in common. */
import { dirname } from "node:path";
import { failure } from "../../../protocol/index.ts";
import { errorCode, hashOf, makeFolder, removeFile } from "../../host/files.ts";
import { writeReal } from "../../host/real-files.ts";
import { REDACTED } from "../../security/secrets/secrets.ts";
import { ABSENT, type PreparedWrite, type ToolOutcome } from "../tool.ts";
import { fileHash } from "./text-file.ts";
import { previewOf } from "./write-preview.ts";

interface Change {
  readonly path: string;
  readonly absolute: string;
  readonly before: string | null;
  /** Null deletes the file. */
  readonly content: Buffer | null;
  readonly outcome: ToolOutcome;
}

/** Thrown between preparation and rename, so that the new content never lands on something else. */
class ChangedMeanwhile extends Error {}

/** The write goes ahead only if the file is still what it was when it was prepared. */
export function prepareChange({ path, absolute, before, content, outcome }: Change): PreparedWrite {
  const unchanged = async () => {
    if ((await fileHash(absolute)) !== before) throw new ChangedMeanwhile();
  };
  return {
    path,
    before,
    after: content === null ? ABSENT : hashOf(content),
    preview: () => previewOf([{ path, absolute, content }]),
    contents: [{ path, content }],
    async apply() {
      try {
        await (content === null ? remove(absolute, unchanged) : write(absolute, content, unchanged));
        return outcome;
      } catch (error) {
        if (error instanceof ChangedMeanwhile) return failure("edit.stale", `${path} was not changed.`);
        const problem = problemOf(errorCode(error));
        if (problem === undefined) throw error;
        return failure("tool.failed", `${path} could not be written: ${problem}.`);
      }
    },
  };
}

/**
 * A text in which the gate hid a secret must not be written: the mark would take the secret's place. A file that holds
 * the mark as its own text may keep it.
 */
export function bringsMark(texts: readonly string[], present: string | null): boolean {
  return texts.some((text) => text.includes(REDACTED)) && present?.includes(REDACTED) !== true;
}

export const MARK_PROBLEM = `The new text holds “${REDACTED}”, which stands for a secret that you were not shown; leave that part of the file as it is.`;

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "there is no permission",
  EPERM: "there is no permission",
  EROFS: "the disk is read-only",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a file is where a folder is needed",
  ELOOP: "a folder on the way to it has become a link",
  EISDIR: "it is a folder",
  ENAMETOOLONG: "the name is too long",
};

/** In words; undefined for an error that nobody expects. */
export function problemOf(code: string | undefined): string | undefined {
  return PROBLEMS[code ?? ""];
}

async function write(absolute: string, content: Buffer, unchanged: () => Promise<void>): Promise<void> {
  await makeFolder(dirname(absolute));
  await writeReal(absolute, content, unchanged);
}

async function remove(absolute: string, unchanged: () => Promise<void>): Promise<void> {
  await unchanged();
  await removeFile(absolute);
}
