/** The files of a scratch project: which there are, without following a link or opening what is no file. */
import { join } from "node:path";
import { breathe, lookAt, namesIn } from "../../host/source-files.ts";

export interface ScratchFile {
  /** From the project's folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

export interface ScratchFiles {
  readonly files: readonly ScratchFile[];
  readonly bytes: number;
  /** There are more than were looked at. */
  readonly isCut: boolean;
}

const MOST_FILES = 20_000;
const MOST_DEPTH = 30;
/** What belongs to git, to Python or to a package manager, and is made anew wherever it is needed. */
const SKIPPED = new Set([".git", "__pycache__", "node_modules", ".venv", "venv", ".pytest_cache", ".mypy_cache"]);

export async function scratchFiles(folder: string, most = MOST_FILES): Promise<ScratchFiles> {
  const files: ScratchFile[] = [];
  const folders = [{ path: "", depth: 0 }];
  let bytes = 0;
  let seen = 0;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const { name, kind } of namesIn(join(folder, next.path)) ?? []) {
      if (name === undefined || SKIPPED.has(name) || name.endsWith(".pyc")) continue;
      if (++seen > most) return { files, bytes, isCut: true };
      if (seen % 500 === 0) await breathe();
      const path = next.path === "" ? name : `${next.path}/${name}`;
      if (kind === "folder" && next.depth < MOST_DEPTH) folders.push({ path, depth: next.depth + 1 });
      if (kind !== "file") continue;
      const { stamp } = lookAt(join(folder, path));
      if (stamp === undefined) continue;
      files.push({ path, bytes: stamp.bytes, mtimeMs: stamp.mtimeMs });
      bytes += stamp.bytes;
    }
  }
  return { files: files.sort((one, other) => (one.path < other.path ? -1 : 1)), bytes, isCut: false };
}

/** Tells files that are new or other than at the last look. */
export function createWatch(): (now: ScratchFiles) => ScratchFile[] {
  const known = new Map<string, string>();
  return ({ files }) =>
    files.filter(({ path, bytes, mtimeMs }) => {
      const stamp = `${bytes}/${mtimeMs}`;
      const isSame = known.get(path) === stamp;
      known.set(path, stamp);
      return !isSame;
    });
}
