/** Writes what a person said yes to: all that was shown and nothing else, with the old file kept. */
import { folderOf, type Machine } from "../../host/editor-places.ts";
import {
  createExclusively,
  errorCode,
  makeFolder,
  readText,
  realPath,
  stat,
  writeAtomically,
} from "../../host/files.ts";
import type { LookedAtPart } from "./look.ts";
import { readConfiguration } from "./look.ts";

export interface PlannedWrite {
  /** As it is called in the configuration. */
  readonly path: string;
  /** The file itself; another than `path` where that, or a folder of it, is a link. */
  readonly target: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** What is to be written for these parts, one entry a file; parts that are set or cannot be written add nothing. */
export async function plannedWrites(parts: readonly LookedAtPart[]): Promise<PlannedWrite[]> {
  const writes = new Map<string, PlannedWrite>();
  for (const { file, state } of parts) {
    if (file === undefined || (state !== "missing" && state !== "different")) continue;
    const planned = writes.get(file.path);
    const reading = planned === undefined ? await readConfiguration(file.path) : undefined;
    if (reading?.ok === false) continue;
    const before = planned?.before ?? reading?.text;
    const change = file.change(planned?.after ?? before);
    if (change.state === "missing" || change.state === "different")
      writes.set(file.path, { path: file.path, target: await targetOf(file.path), before, after: change.text });
  }
  return [...writes.values()];
}

async function targetOf(path: string): Promise<string> {
  return (await stat(path)) === undefined ? path : realPath(path);
}

export type Written =
  /** `backup`: where the old content stays; undefined where there was none. */
  | { readonly ok: true; readonly backup: string | undefined }
  /** `why` is a sentence; the file is as it was. */
  | { readonly ok: false; readonly why: string };

/** Replaces the target, unless that, or what the path leads to, is not any more as it was shown. */
export async function write(machine: Machine, { path, target, before, after }: PlannedWrite): Promise<Written> {
  let hasChanged = false;
  try {
    await makeFolder(folderOf(machine, target));
    const mode = (await stat(target))?.mode ?? 0o644;
    const backup = before === undefined ? undefined : await keep(target, before, mode & 0o777);
    await writeAtomically(target, after, undefined, async () => {
      hasChanged = (await targetOf(path)) !== target || (await readText(target)) !== before;
      if (hasChanged) throw new Error("changed");
    });
    return { ok: true, backup };
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined && !hasChanged) throw error;
    return { ok: false, why: hasChanged ? "It changed meanwhile: run this again." : `It cannot be written (${code}).` };
  }
}

/** A copy beside the file, under a name that nothing has. */
async function keep(target: string, content: string, mode: number): Promise<string> {
  for (let number = 1; ; number += 1) {
    const backup = `${target}.before-nexus${number === 1 ? "" : `-${number}`}`;
    if (await createExclusively(backup, content, mode)) return backup;
  }
}
