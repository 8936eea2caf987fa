/**
 * Where MetaGPT works: a folder of its own in the data folder, outside of every workspace, because it deletes folders that
 * have the name of a project. What is known of it stands beside it, where MetaGPT cannot write.
 */
import { join } from "node:path";
import * as z from "zod/mini";
import { listFolder, makeFolder, readText, realPath, removeTree, stat, writeAtomically } from "../../host/files.ts";
import { killMarked, newMark } from "../../host/process-tree.ts";
import { isWithin } from "../../security/paths/path-names.ts";
import type { MetagptPlaces } from "./start.ts";

const Known = z.object({
  /** Which folder is worked in. */
  attempt: z.int(),
  /** How often it was gone on from in that folder. */
  recovered: z.int(),
  /** Its processes carry this in their environment. */
  mark: z.string(),
  /** Where in the run's copy the project goes; null: not decided yet. */
  target: z.nullable(z.string()),
  /** It came to a good end, and only the copying was under way. */
  finished: z.boolean(),
});
export type Known = z.infer<typeof Known>;

export interface Scratch extends MetagptPlaces {
  readonly known: Known;
  /** There is something to go on from. */
  readonly recover: boolean;
  /** Why it begins as it does, for people; empty at a first begin. */
  readonly story: string;
  note(change: Partial<Known>): Promise<void>;
  /** Removes it with all that it holds. */
  remove(): Promise<void>;
}

/** A state that fails again and again is not worth going on from. */
const MOST_RECOVERIES = 3;
const KEPT_DAYS = 7;

/** `name` is that of the piece of work: the same finds the same folder. Nothing of an earlier life runs when it resolves. */
export async function openScratch(parent: string, name: string, now: number): Promise<Scratch> {
  await makeFolder(parent, 0o700);
  await removeOld(parent, now);
  const folder = join(await realPath(parent), name);
  await makeFolder(folder, 0o700);
  const before = await readKnown(folder);
  if (before !== undefined) await killMarked(before.mark);
  const { known, recover, story } = await nextLife(folder, before);
  if (before !== undefined && before.attempt !== known.attempt) await removeTree(join(folder, `${before.attempt}`));
  const places = placesIn(folder, known.attempt);
  for (const at of [places.root, places.home, join(places.root, "config"), places.workspace])
    await makeFolder(at, 0o700);
  let current = known;
  await write(folder, current);
  return {
    ...places,
    get known() {
      return current;
    },
    recover,
    story,
    async note(change) {
      current = { ...current, ...change };
      await write(folder, current);
    },
    remove: () => removeTree(folder),
  };
}

async function nextLife(
  folder: string,
  before: Known | undefined,
): Promise<Pick<Scratch, "known" | "recover" | "story">> {
  const fresh = { recovered: 0, mark: newMark(), target: null, finished: false };
  if (before === undefined) return { known: { ...fresh, attempt: 1 }, recover: false, story: "" };
  if (before.finished)
    return { known: before, recover: false, story: "It had come to its end; its files are taken over." };
  const hasTeam = (await stat(join(placesIn(folder, before.attempt).team, "team.json"))) !== undefined;
  if (hasTeam && before.recovered < MOST_RECOVERIES) {
    const known = { ...before, recovered: before.recovered + 1, mark: newMark() };
    return { known, recover: true, story: "It goes on from what MetaGPT saved when it was stopped." };
  }
  const why = hasTeam ? `It was gone on from ${MOST_RECOVERIES} times` : "MetaGPT saved nothing to go on from";
  return { known: { ...fresh, attempt: before.attempt + 1 }, recover: false, story: `${why}: it begins anew.` };
}

function placesIn(folder: string, attempt: number): MetagptPlaces {
  const root = join(folder, `${attempt}`);
  const workspace = join(root, "workspace");
  return { root, home: join(root, "home"), workspace, team: join(workspace, "storage", "team") };
}

/** What cannot be read counts as nothing: a new folder is used then. */
async function readKnown(folder: string): Promise<Known | undefined> {
  try {
    return Known.safeParse(JSON.parse((await readText(join(folder, "known.json"))) ?? "")).data;
  } catch {
    return undefined;
  }
}

function write(folder: string, known: Known): Promise<void> {
  return writeAtomically(join(folder, "known.json"), JSON.stringify(known), 0o600);
}

/** Of work that failed and that nobody went on with. */
async function removeOld(parent: string, now: number): Promise<void> {
  for (const { name } of await listFolder(parent)) {
    const at = join(parent, name);
    const stats = await stat(join(at, "known.json"));
    const age = now - (stats?.mtimeMs ?? now);
    if (age > KEPT_DAYS * 86_400_000 && isWithin(parent, at, "/")) await removeTree(at).catch(() => undefined);
  }
}
