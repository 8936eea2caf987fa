/** Merging trees file by file, for a git that cannot merge trees by itself: without renames, else as git does it. */
import { git } from "../../../host/git.ts";
import { type Blob, type BlobChange, blobChanges } from "../change-set.ts";
import { callOnObjects, type Repository } from "../repository.ts";
import { withIndexCopy } from "../snapshot.ts";
import { mergeText } from "./merge-text.ts";
import { bytesOf, type Conflicted, type MergedTree, type MergeOptions } from "./sides.ts";

export async function mergeByHand({ home, repository, sides }: MergeOptions): Promise<MergedTree> {
  const ours = byPath(await blobChanges(repository, sides.base, sides.ours));
  const theirs = await blobChanges(repository, sides.base, sides.theirs);
  const written: BlobChange[] = [];
  const conflicts: Conflicted[] = [];
  for (const change of theirs) {
    const joined = await joinOne({ home, repository }, ours.get(change.path), change);
    if ("reason" in joined) conflicts.push({ ...joined, path: repository.prefix + change.path });
    else written.push({ ...change, after: joined.blob });
  }
  const blocked = inTheWay([...ours.values()], written);
  for (const { path, before, after } of blocked)
    conflicts.push({
      path: repository.prefix + path,
      sides: { ...(before && { base: before }), ...(after && { theirs: after }) },
      reason: "CONFLICT (file/directory)",
    });
  const fine = written.filter((change) => !blocked.includes(change));
  return { tree: await treeWith(home, repository, sides.ours, fine), conflicts };
}

function byPath(changes: readonly BlobChange[]): Map<string, BlobChange> {
  return new Map(changes.map((change) => [change.path, change]));
}

type Joined = { readonly blob: Blob | undefined } | Omit<Conflicted, "path">;

async function joinOne(
  place: { home: string; repository: Repository },
  ours: BlobChange | undefined,
  theirs: BlobChange,
): Promise<Joined> {
  if (ours === undefined || isSame(ours.after, theirs.after)) return { blob: theirs.after };
  const { before: base } = theirs;
  const sides = {
    ...(base && { base }),
    ...(ours.after && { ours: ours.after }),
    ...(theirs.after && { theirs: theirs.after }),
  };
  if (ours.after === undefined || theirs.after === undefined) return { sides, reason: "CONFLICT (modify/delete)" };
  const mode = modeOf(base, ours.after, theirs.after);
  if (ours.after.id === theirs.after.id && mode !== undefined) return { blob: { mode, id: ours.after.id } };
  const id = await mergedId(place, sides);
  return mode !== undefined && id !== undefined ? { blob: { mode, id } } : { sides, reason: "CONFLICT (contents)" };
}

function isSame(first: Blob | undefined, second: Blob | undefined): boolean {
  return first?.id === second?.id && first?.mode === second?.mode;
}

/** Undefined: both changed it, and not to the same. */
function modeOf(base: Blob | undefined, ours: Blob, theirs: Blob): string | undefined {
  if (ours.mode === theirs.mode || theirs.mode === base?.mode) return ours.mode;
  return ours.mode === base?.mode ? theirs.mode : undefined;
}

async function mergedId(
  { home, repository }: { home: string; repository: Repository },
  sides: Conflicted["sides"],
): Promise<string | undefined> {
  const { base, ours, theirs } = sides;
  if (base !== undefined && ours?.id === base.id) return theirs?.id;
  if (base !== undefined && theirs?.id === base.id) return ours?.id;
  const [first, second] = [await bytesOf(repository, ours), await bytesOf(repository, theirs)];
  if (first === undefined || second === undefined || base === undefined) return undefined;
  const texts = { base: (await bytesOf(repository, base)) ?? Buffer.alloc(0), ours: first, theirs: second };
  const merged = await mergeText(home, texts);
  if (!merged?.clean) return undefined;
  const call = { ...callOnObjects(repository), input: merged.bytes };
  return (await git(call, "hash-object", "-w", "--no-filters", "--stdin")).toString().trim();
}

/** Where one side has a file and the other a folder of that name. */
function inTheWay(ours: readonly BlobChange[], theirs: readonly BlobChange[]): BlobChange[] {
  const present = ours.filter(({ after }) => after !== undefined);
  const isAbove = (above: string, below: string) => below.startsWith(`${above}/`);
  return theirs.filter(
    ({ path, after }) =>
      after !== undefined && present.some((own) => isAbove(own.path, path) || isAbove(path, own.path)),
  );
}

/** The tree of a commit with these changes, paths relative to the workspace. */
export async function treeWith(
  home: string,
  repository: Repository,
  commit: string,
  changes: readonly Pick<BlobChange, "path" | "after">[],
): Promise<string> {
  return withIndexCopy(home, `${home}/tmp/none`, async (indexFile) => {
    const call = { ...callOnObjects(repository), indexFile };
    await git(call, "read-tree", commit);
    const none = "0".repeat(commit.length);
    const line = ({ path, after }: Pick<BlobChange, "path" | "after">) =>
      `${after?.mode ?? "0"} ${after?.id ?? none}\t${repository.prefix}${path}\0`;
    // Deletions first: one may make room for a folder.
    const sorted = [...changes].sort(
      (one, other) => Number(one.after !== undefined) - Number(other.after !== undefined),
    );
    await git({ ...call, input: sorted.map(line).join("") }, "update-index", "-z", "--replace", "--index-info");
    return (await git(call, "write-tree")).toString().trim();
  });
}
