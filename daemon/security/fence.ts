/** The fence around a workspace: which file a path really means, and whether that is inside. Denies on doubt. */
import { isAbsolute, join, relative, sep } from "node:path";
import { failure, ok, type Result } from "../../protocol/errors.ts";
import { lstat, realPath } from "../host/files.ts";
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
    const realRoot = await realPath(root);
    const split = splitRelative(withoutRoot(path, root, realRoot), process.platform);
    if ("problem" in split) return outside(path, split.problem);
    const { real, rest } = await resolveExisting(realRoot, split.parts);
    const absolute = join(real, ...rest);
    // A name that the system refuses is refused here, not where somebody opens it.
    if (rest.length > 1) await lstat(absolute);
    if (isWithin(realRoot, absolute, sep))
      return ok({ absolute, relative: relative(realRoot, absolute).split(sep).join("/") });
    const named = split.parts.join("/");
    const link = linked.find((name) => isWithin(name, named, "/"));
    if (link !== undefined && isWithin(await realPath(join(realRoot, link)), absolute, sep))
      return ok({ absolute, relative: named });
    return outside(path, "a link on the way leads out");
  } catch (error) {
    return outside(path, `it cannot be resolved (${error instanceof Error ? error.message.split(",")[0] : "error"})`);
  }
}

/** The real place of the deepest component that is there, and the names below it that are not. */
async function resolveExisting(realRoot: string, parts: readonly string[]): Promise<{ real: string; rest: string[] }> {
  let count = 0;
  while (count < parts.length && (await lstat(join(realRoot, ...parts.slice(0, count + 1)))) !== undefined) count += 1;
  return { real: await realPath(join(realRoot, ...parts.slice(0, count))), rest: parts.slice(count) };
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
