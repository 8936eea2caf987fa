/**
 * A tree to resolve a conflict in: what could be joined is joined; a text that could not be holds both sides and what
 * they began with, between marks that are Nexus's own; beside anything else lies a note with the sides as files.
 */
import { git, splitNul, tryGit } from "../../../host/git.ts";
import type { Blob, BlobChange } from "../change-set.ts";
import { callOnObjects, type Repository } from "../repository.ts";
import { treeWith } from "./by-hand.ts";
import { mergeText } from "./merge-text.ts";
import { bytesOf, type Conflicted, type MergedTree, type Sides } from "./sides.ts";

const SMALLEST_MARK = 11;
/** Paths on a command line; beyond that the whole commit is looked through. */
const MOST_NAMED = 200;
const NOTE = ".nexus-conflict";
/** No other program writes such lines. */
const MARK = `^(<{${SMALLEST_MARK},}|[|]{${SMALLEST_MARK},}|={${SMALLEST_MARK},}|>{${SMALLEST_MARK},}) nexus`;
const LEFT_NAME = /(\.nexus-(conflict|ours|theirs)|~[0-9a-f]{40}([0-9a-f]{24})?(_\d+)?)$/;

/** `labels`: who made each side, in words. */
export async function markedTree(
  place: { readonly home: string; readonly repository: Repository },
  merged: MergedTree,
  labels: Sides<string>,
): Promise<string> {
  const written: Pick<BlobChange, "path" | "after">[] = [];
  for (const conflict of merged.conflicts) written.push(...(await mark(place, conflict, labels)));
  const whole = { ...place.repository, prefix: "" };
  return treeWith(place.home, whole, merged.tree, written);
}

async function mark(
  { home, repository }: { readonly home: string; readonly repository: Repository },
  conflict: Conflicted,
  labels: Sides<string>,
): Promise<Pick<BlobChange, "path" | "after">[]> {
  const { path, sides } = conflict;
  const text = await markedText({ home, repository }, sides, labels);
  if (text !== undefined && sides.ours !== undefined)
    return [{ path, after: { mode: sides.ours.mode, id: await writeBlob(repository, text) } }];
  const note = { mode: "100644", id: await writeBlob(repository, Buffer.from(noteOf(conflict, labels))) };
  const beside = (["ours", "theirs"] as const).flatMap((side) => sideBeside(path, sides, side));
  // Git may have put marks of its own there, which nobody would look for.
  const own = sides.ours === undefined ? [] : [{ path, after: sides.ours }];
  return [...own, { path: path + NOTE, after: note }, ...beside];
}

function sideBeside(path: string, sides: Partial<Sides<Blob>>, side: "ours" | "theirs") {
  const after = sides[side];
  return after === undefined || after.mode === "160000" ? [] : [{ path: `${path}.nexus-${side}`, after }];
}

/** Undefined where the sides are no texts with a conflict in them. */
async function markedText(
  { home, repository }: { readonly home: string; readonly repository: Repository },
  sides: Partial<Sides<Blob>>,
  labels: Sides<string>,
): Promise<Buffer | undefined> {
  if (sides.ours?.mode !== sides.theirs?.mode) return undefined;
  const [ours, theirs] = [await bytesOf(repository, sides.ours), await bytesOf(repository, sides.theirs)];
  if (ours === undefined || theirs === undefined) return undefined;
  const texts = { ours, theirs, base: (await bytesOf(repository, sides.base)) ?? Buffer.alloc(0) };
  const size = sizeFor([ours, theirs, texts.base]);
  const named = {
    ours: `nexus ours: ${labels.ours}`,
    base: `nexus base: ${labels.base}`,
    theirs: `nexus theirs: ${labels.theirs}`,
  };
  const merged = await mergeText(home, texts, { size, labels: named });
  if (merged === undefined || merged.clean) return undefined;
  const middle = new RegExp(`^={${size}}(\\r?)$`, "gm");
  // One byte a character, so that nothing but the mark changes.
  return Buffer.from(merged.bytes.toString("latin1").replace(middle, `${"=".repeat(size)} nexus$1`), "latin1");
}

/** So many characters that no line of the text itself looks like the mark between the sides. */
function sizeFor(texts: readonly Buffer[]): number {
  let size = SMALLEST_MARK;
  const all = texts.map((text) => text.toString("latin1"));
  while (all.some((text) => new RegExp(`^={${size}}\\r?$`, "m").test(text))) size += 1;
  return size;
}

function noteOf({ path, sides, reason }: Conflicted, labels: Sides<string>): string {
  const side = (name: "ours" | "theirs") =>
    `- ${name} (${labels[name]}): ${sides[name] === undefined ? "the file is not there" : `the file is there, mode ${sides[name].mode}`}`;
  return [
    `${reason}: ${path}`,
    side("ours"),
    side("theirs"),
    `Decide what ${path} must be, make it so, and delete this note and what lies beside it (.nexus-ours, .nexus-theirs).`,
    "",
  ].join("\n");
}

async function writeBlob(repository: Repository, bytes: Buffer): Promise<string> {
  const call = { ...callOnObjects(repository), input: bytes };
  return (await git(call, "hash-object", "-w", "--no-filters", "--stdin")).toString().trim();
}

/** Paths of the workspace, changed from `since` to `commit`, that still hold marks or are notes. */
export async function unresolvedIn(
  repository: Repository,
  { since, commit }: { readonly since: string; readonly commit: string },
): Promise<string[]> {
  const call = callOnObjects(repository);
  const names = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=d", since, commit];
  const changed = splitNul(await git(call, ...names));
  if (changed.length === 0) return [];
  const where = changed.length <= MOST_NAMED ? ["--", ...changed] : [];
  const found = await tryGit(call, "grep", "-z", "-l", "-E", "-e", MARK, commit, ...where);
  const marked = new Set(splitNul(found.stdout).map((name) => name.slice(commit.length + 1)));
  const { prefix } = repository;
  const left = changed.filter((path) => LEFT_NAME.test(path) || marked.has(path));
  return left.map((path) => (path.startsWith(prefix) ? path.slice(prefix.length) : path));
}
