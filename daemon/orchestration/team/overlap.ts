/** Whether two tasks would meet in one place. Paths and globs from the workspace's root. */
import type { Lease } from "../../../protocol/index.ts";
import { rootedGlobMatcher } from "../../security/paths/glob.ts";

/** What both have, by the first one's names; in doubt they meet. */
export function overlapOf(first: readonly Lease[], second: readonly Lease[]): Lease[] {
  return first.filter((lease) => second.some((other) => meet(lease, other)));
}

function meet(first: Lease, second: Lease): boolean {
  if (first.on !== second.on) return false;
  if (first.on === "symbol") return first.name === second.name;
  return pathsMeet(plain(first.name), plain(second.name));
}

function pathsMeet(first: string, second: string): boolean {
  if (first === second || isInside(first, second) || isInside(second, first)) return true;
  const globs = [first, second].filter(isGlob);
  if (globs.length === 2) {
    const [one, other] = [fixedPart(first), fixedPart(second)];
    return one.startsWith(other) || other.startsWith(one);
  }
  return (isGlob(first) && rootedGlobMatcher(first)(second)) || (isGlob(second) && rootedGlobMatcher(second)(first));
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

function isGlob(path: string): boolean {
  return /[*?{]/.test(path);
}

/** What every path begins with that the glob matches. */
function fixedPart(glob: string): string {
  return glob.slice(0, glob.search(/[*?{]/));
}

/** Systems that fold case take two spellings for one file. */
function plain(path: string): string {
  return path
    .replaceAll("\\", "/")
    .replace(/^(\.\/)+/, "")
    .replace(/\/+$/, "")
    .normalize("NFC")
    .toLowerCase();
}
