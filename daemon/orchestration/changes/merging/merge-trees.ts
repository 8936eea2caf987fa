/** A three-way merge of trees: git's own, with renames, where git is new enough (2.38), else by-hand.ts. */
import { splitNul, tryGit } from "../../../host/git.ts";
import type { Blob } from "../change-set.ts";
import { callOnObjects, type Repository } from "../repository.ts";
import { commitTree, treeOf } from "../snapshot.ts";
import { mergeByHand } from "./by-hand.ts";
import type { MergedTree, MergeOptions, Sides } from "./sides.ts";

export async function mergeTrees(options: MergeOptions): Promise<MergedTree> {
  const { repository, sides } = options;
  const trees = await treesOf(repository, sides);
  if (trees.base === trees.theirs || trees.ours === trees.theirs) return { tree: trees.ours, conflicts: [] };
  if (trees.base === trees.ours) return { tree: trees.theirs, conflicts: [] };
  return (options.byHand === true ? undefined : await mergeByGit(repository, trees)) ?? mergeByHand(options);
}

async function treesOf(repository: Repository, sides: Sides<string>): Promise<Sides<string>> {
  const tree = async (commit: string) => {
    const found = await treeOf(repository, commit);
    if (found === undefined) throw new Error(`commit ${commit} is not in the repository`);
    return found;
  };
  return { base: await tree(sides.base), ours: await tree(sides.ours), theirs: await tree(sides.theirs) };
}

/** Undefined: this git cannot do it. */
async function mergeByGit(repository: Repository, trees: Sides<string>): Promise<MergedTree | undefined> {
  // A base can be named only since git 2.40; commits made for it have it as their one common ancestor.
  const call = callOnObjects(repository);
  const base = await commitTree(call, trees.base, []);
  const [ours, theirs] = [await commitTree(call, trees.ours, [base]), await commitTree(call, trees.theirs, [base])];
  const config = [...repository.config, ...MERGE_SETTINGS, ...(await driversOff(repository))];
  const merged = await tryGit({ ...call, config }, "merge-tree", "--write-tree", "-z", "--messages", ours, theirs);
  if (merged.exitCode !== 0 && merged.exitCode !== 1) return undefined;
  return readMerge(splitNul(merged.stdout));
}

/** What a merge does must not hang on the user's own settings for merging by hand. */
const MERGE_SETTINGS = [
  ["merge.renames", "true"],
  ["merge.directoryRenames", "conflict"],
  ["merge.renameLimit", "2000"],
  ["merge.renormalize", "false"],
  ["diff.renames", "true"],
] as const;

/** A merge driver is a program that the repository names: it is not run, and its files are conflicts. */
async function driversOff(repository: Repository): Promise<(readonly [string, string])[]> {
  const { stdout } = await tryGit(
    callOnObjects(repository),
    ...["config", "-z", "--name-only", "--get-regexp", "^merge\\..*\\.driver$"],
  );
  return splitNul(stdout).map((key) => [key, "false"] as const);
}

/** The tree; `mode id stage TAB path` for each conflicting side; an empty entry; then messages. */
function readMerge([tree = "", ...entries]: readonly string[]): MergedTree {
  const end = entries.indexOf("");
  const conflicts = new Map<string, Partial<Record<keyof Sides<Blob>, Blob>>>();
  for (const entry of entries.slice(0, Math.max(0, end))) {
    const [, mode = "", id = "", stage = "", path = ""] = /^(\d+) (\w+) (\d)\t(.*)$/s.exec(entry) ?? [];
    const side = STAGES[Number(stage) - 1];
    if (side !== undefined) conflicts.set(path, { ...conflicts.get(path), [side]: { mode, id } });
  }
  const reasons = reasonsIn(entries.slice(end + 1));
  return {
    tree,
    conflicts: [...conflicts].map(([path, sides]) => ({ path, sides, reason: reasons.get(path) ?? "CONFLICT" })),
  };
}

const STAGES = ["base", "ours", "theirs"] as const;

/** Each message: how many paths, the paths, its kind, its text. */
function reasonsIn(entries: readonly string[]): Map<string, string> {
  const reasons = new Map<string, string>();
  for (let at = 0; at < entries.length; ) {
    const count = Number(entries[at]);
    const kind = entries[at + count + 1] ?? "";
    if (!Number.isInteger(count) || count < 1) break;
    if (kind.startsWith("CONFLICT"))
      for (const path of entries.slice(at + 1, at + 1 + count)) if (!reasons.has(path)) reasons.set(path, kind);
    at += count + 3;
  }
  return reasons;
}
