/** Where an accept is prepared, in the data folder: contents taken out of git, and what is about to be touched. */
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { changeMode, hashOf, linkFile, makeFolder, readText, removeTree, writeAtomically } from "../../host/files.ts";
import { git } from "../../host/git.ts";
import type { Blob } from "./change-set.ts";
import { callOnObjects, type Repository } from "./repository.ts";

const Journal = z.object({
  /** Files to be written or deleted, relative to the workspace. */
  paths: z.array(z.string()),
  /** Folders to be made, outermost first. */
  folders: z.array(z.string()),
});
export type Journal = z.infer<typeof Journal>;

export interface Desk {
  readonly folder: string;
  readonly journal: string;
}

/** The same accept has the same desk, also after a restart. */
export function deskOf(home: string, what: readonly string[]): Desk {
  const folder = join(home, "apply", hashOf(JSON.stringify(what)).slice(0, 24));
  return { folder, journal: join(folder, "journal.json") };
}

export async function readJournal(desk: Desk): Promise<Journal | undefined> {
  const text = await readText(desk.journal);
  if (text === undefined) return undefined;
  const parsed = Journal.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}

export async function writeJournal(desk: Desk, journal: Journal): Promise<void> {
  await makeFolder(desk.folder, 0o700);
  await writeAtomically(desk.journal, JSON.stringify(journal), 0o600);
}

export async function clearDesk(desk: Desk): Promise<void> {
  await removeTree(desk.folder);
}

/** Writes files as git would check them out; answers with where each one is. */
export async function takeOut(
  desk: Desk,
  repository: Repository,
  commit: string,
  paths: readonly string[],
): Promise<(path: string) => string> {
  const contents = join(desk.folder, "contents");
  const placeOf = (path: string) => join(contents, repository.prefix, path);
  if (paths.length === 0) return placeOf;
  await removeTree(contents);
  await makeFolder(contents, 0o700);
  const indexFile = join(desk.folder, "index");
  const call = { ...callOnObjects(repository), folder: repository.top, workTree: repository.top, indexFile };
  await git(call, "read-tree", commit);
  const input = paths.map((path) => `${repository.prefix}${path}\0`).join("");
  await git({ ...call, input }, "checkout-index", "--quiet", "--force", "-z", "--stdin", `--prefix=${contents}/`);
  return placeOf;
}

/** Like `takeOut`, but byte for byte as git has them, without conversions: for files that were kept that way. */
export async function takeOutExactly(
  desk: Desk,
  repository: Repository,
  wanted: ReadonlyMap<string, Blob>,
): Promise<(path: string) => string> {
  const contents = join(desk.folder, "contents");
  const placeOf = (path: string) => join(contents, path);
  await removeTree(contents);
  await makeFolder(contents, 0o700);
  for (const [path, { id, mode }] of wanted) {
    const bytes = await git(callOnObjects(repository), "cat-file", "blob", id);
    await makeFolder(dirname(placeOf(path)), 0o700);
    if (mode === "120000") {
      await linkFile(bytes.toString(), placeOf(path));
      continue;
    }
    await writeAtomically(placeOf(path), bytes);
    if (mode === "100755") await changeMode(placeOf(path), 0o755);
  }
  return placeOf;
}
