/** Where a task's copy is, and what its refs are called. */
import { join } from "node:path";
import { hashOf, listFolder } from "../../../host/files.ts";
import { checkedRunId } from "../repository.ts";
import { type CopyPlace, placeOf } from "../worktree.ts";

const LONGEST = 32;

/** The id itself where it can be part of a ref and a path on every system; else what of it can, and its hash. */
export function refPart(taskId: string): string {
  if (/^[a-z0-9][a-z0-9_-]*$/.test(taskId) && taskId.length <= LONGEST) return taskId;
  const readable = taskId
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "-")
    .slice(0, LONGEST - 10);
  return `${readable}--${hashOf(taskId).slice(0, 8)}`;
}

export function taskPlaceOf(home: string, runId: string, taskId: string): CopyPlace {
  return placeOf(home, `${checkedRunId(runId)}.${refPart(taskId)}`);
}

/** Whole and half-made copies of a run's tasks. */
export async function taskPlacesOf(home: string, runId: string): Promise<CopyPlace[]> {
  const start = `${checkedRunId(runId)}.`;
  const folders = await listFolder(join(home, "worktrees"));
  const records = await listFolder(join(home, "isolation"));
  const names = [
    ...folders.map(({ name }) => name),
    ...records.filter(({ name }) => /\.(json|index)$/.test(name)).map(({ name }) => name.replace(/\.\w+$/, "")),
  ];
  const own = names.filter((name) => name.startsWith(start) && name.length > start.length);
  return [...new Set(own)].map((name) => placeOf(home, name));
}
