/** The fence around a workspace: which file a path really means, and whether that is inside. Denies on doubt. */
import { basename, dirname, isAbsolute, join, parse, relative, sep } from "node:path";
import { failure, ok, type Result } from "../../../protocol/errors.ts";
import { lstatNow, realPathNow } from "../../host/sync-files.ts";
import { isWithin, splitRelative } from "./path-names.ts";

export interface InsidePath {
  /** Where the file really is, every link resolved; the last parts may not exist yet. */
  readonly absolute: string;
  /** From the workspace's root, with forward slashes; "" is the root itself. */
  readonly relative: string;
}

/**
 * Resolves a path, relative to the root or absolute inside it. Every component that exists is resolved, so that no
 * link leads out; a component that cannot be resolved denies. `linked` names folders that are links out of the
 * workspace on purpose (node_modules): below them reading is allowed, so pass them for reads only.
 */
export async function resolveInside(
  root: string,
  path: string,
  linked: readonly string[] = [],
): Promise<Result<InsidePath>> {
  try {
    const realRoot = realPathNow(root);
    const named = withoutRoot(path, root, realRoot);
    const split = splitRelative(named, process.platform);
    if ("problem" in split) return outside(path, split.problem);
    const { real, rest } = await resolveExisting(realRoot, split.parts);
    const absolute = join(real, ...rest);
    // A name that the system refuses is refused here, not where somebody opens it.
    if (rest.length > 1) lstatNow(absolute);
    if (!(await meansTheSame(realRoot, named, absolute)))
      return outside(path, "what “..” means behind a link is unclear");
    if (isWithin(realRoot, absolute, sep))
      return ok({ absolute, relative: relative(realRoot, absolute).split(sep).join("/") });
    const plain = split.parts.join("/");
    const link = linked.find((name) => isWithin(name, plain, "/"));
    if (link !== undefined && isWithin(realPathNow(join(realRoot, link)), absolute, sep))
      return ok({ absolute, relative: plain });
    return outside(path, "a link on the way leads out");
  } catch (error) {
    return outside(path, `it cannot be resolved (${error instanceof Error ? error.message.split(",")[0] : "error"})`);
  }
}

/** Where a path leads, inside or not; null where it cannot be told. */
export interface ResolvedPlace {
  readonly absolute: string | null;
  /** Workspace path with forward slashes, "" for the root; null: outside, or it cannot be told. */
  readonly inside: string | null;
}

/**
 * Resolves an absolute path as the system would, each link and each `..` where it stands, and tells the place even when
 * that is outside. `root` must be a real path. `linked` as for resolveInside.
 */
export async function resolveAnywhere(
  root: string,
  path: string,
  linked: readonly string[] = [],
): Promise<ResolvedPlace> {
  try {
    const absolute = await follow(root, path);
    // What stands there differs from process to process.
    if (/^\/(?:proc|dev)(?:\/|$)/.test(absolute)) return { absolute, inside: null };
    if (isWithin(root, absolute, sep)) return { absolute, inside: relative(root, absolute).split(sep).join("/") };
    return { absolute, inside: await insideLinked(root, path, absolute, linked) };
  } catch {
    return { absolute: null, inside: null };
  }
}

/** As resolveAnywhere, but a link at the path's end is itself what is meant. */
export async function resolveEntry(root: string, path: string): Promise<ResolvedPlace> {
  const plain = path.replace(/(?<=[^\\/])[\\/]+$/, "");
  const name = basename(plain);
  if (name === "." || name === ".." || name === "") return resolveAnywhere(root, path);
  const folder = await resolveAnywhere(root, dirname(plain));
  if (folder.absolute === null) return folder;
  const absolute = join(folder.absolute, name);
  const inside = folder.inside === null ? null : folder.inside === "" ? name : `${folder.inside}/${name}`;
  return { absolute, inside };
}

async function follow(root: string, path: string): Promise<string> {
  if (path.includes("\0") || !isAbsolute(path)) throw new Error("no absolute path");
  const isPlain = isWithin(root, path, sep) && !path.split(/[\\/]/).includes("..");
  const start = isPlain ? root : parse(path).root;
  let current = start;
  let isMissing = false;
  for (const part of path.slice(start.length).split(sep === "/" ? "/" : /[\\/]/)) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (isMissing) throw new Error("a way up from where nothing is");
      current = dirname(current);
      continue;
    }
    current = join(current, part);
    if (isMissing || /^\/proc(?:\/|$)/.test(current)) continue;
    const info = lstatNow(current);
    if (info === undefined) isMissing = true;
    else if (info.isSymbolicLink()) current = realPathNow(current);
  }
  return current;
}

async function insideLinked(
  root: string,
  path: string,
  absolute: string,
  linked: readonly string[],
): Promise<string | null> {
  if (!isWithin(root, path, sep)) return null;
  const split = splitRelative(path.slice(root.length).replace(/^[\\/]+/, ""), process.platform);
  if ("problem" in split) return null;
  const named = split.parts.join("/");
  const link = linked.find((name) => isWithin(name, named, "/"));
  if (link === undefined || path.split(/[\\/]/).includes("..")) return null;
  return isWithin(realPathNow(join(root, link)), absolute, sep) ? named : null;
}

/**
 * A way up is resolved on the letters alone, but the system would go up from where a link leads. Where the two differ,
 * a person who reads the path and a program that opens it mean two files.
 */
async function meansTheSame(realRoot: string, named: string, absolute: string): Promise<boolean> {
  const parts = named.split(sep === "\\" ? /[\\/]/ : "/").filter((part) => part !== "" && part !== ".");
  if (!parts.includes("..")) return true;
  let place = realRoot;
  for (const part of parts) {
    place = join(place, part);
    if (part !== ".." && lstatNow(place)?.isSymbolicLink()) place = realPathNow(place);
  }
  return place === absolute;
}

/** The real place of the deepest component that is there, and the names below it that are not. */
async function resolveExisting(realRoot: string, parts: readonly string[]): Promise<{ real: string; rest: string[] }> {
  let count = 0;
  while (count < parts.length && lstatNow(join(realRoot, ...parts.slice(0, count + 1))) !== undefined) count += 1;
  return { real: realPathNow(join(realRoot, ...parts.slice(0, count))), rest: parts.slice(count) };
}

/** Models often answer with the absolute path that a command showed them. */
function withoutRoot(path: string, ...roots: readonly string[]): string {
  if (!isAbsolute(path)) return path;
  const root = roots.find((candidate) => isWithin(candidate, path, sep));
  return root === undefined ? path : path.slice(root.length).replace(/^[\\/]+/, "");
}

function outside(path: string, why: string): Result<InsidePath> {
  return failure("path.outside", `“${path.slice(0, 200).replaceAll("\0", "\\0")}”: ${why}.`);
}
