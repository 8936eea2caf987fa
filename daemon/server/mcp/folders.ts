/** The folders that an assistant may ask about: those that the server was started for, and the client's roots inside them. */
import { dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { nexusError } from "../../../protocol/index.ts";
import { realPath, stat } from "../../host/files.ts";
import { isWithin } from "../../security/paths/path-names.ts";

export interface Folders {
  /** Real paths, the default first. */
  list(): readonly string[];
  /** Left out: the default. Rejects with `path.outside` for every other folder than those of the list. */
  resolve(folder?: string): Promise<string>;
  /** Whether a run of this workspace may be shown. */
  covers(workspace: string): boolean;
  /** For one client: its roots inside these folders come first. Roots outside of them are passed over. */
  withRoots(uris: readonly string[]): Promise<Folders>;
}

/** Rejects with `usage.invalid` for what is no folder, and for one that would open more than a project. */
export async function openFolders(paths: readonly string[], userHome: string | null): Promise<Folders> {
  const home = userHome === null ? null : await realPath(userHome).catch(() => null);
  const served = await Promise.all(paths.map((path) => servedFolder(path, home)));
  return foldersOf([...new Set(served)], served);
}

async function servedFolder(path: string, home: string | null): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) throw nexusError("usage.invalid", `--repo: ${path} is no folder.`);
  const real = await realPath(path);
  const isTooWide = dirname(real) === real || (home !== null && isWithin(real, home, sep));
  if (isTooWide)
    throw nexusError("usage.invalid", `${real} is more than a project. Name the project's folder with --repo DIR.`);
  return real;
}

function foldersOf(listed: readonly string[], served: readonly string[]): Folders {
  return {
    list: () => listed,
    covers: (workspace) => served.some((folder) => isWithin(folder, workspace, sep)),
    async resolve(folder) {
      const [usual = ""] = listed;
      if (folder === undefined) return usual;
      const real = await realPath(folder).catch(() => undefined);
      if (real !== undefined && listed.includes(real)) return real;
      throw nexusError("path.outside", `This server serves ${listed.join(", ")}, and not ${folder}.`);
    },
    async withRoots(uris) {
      const roots = await Promise.all(uris.map(rootFolder));
      const inside = roots
        .filter((root) => root !== undefined)
        .filter((root) => served.some((folder) => isWithin(folder, root, sep)));
      return foldersOf([...new Set([...inside, ...served])], served);
    },
  };
}

/** Undefined for what is no folder on this machine. */
async function rootFolder(uri: string): Promise<string | undefined> {
  try {
    const real = await realPath(fileURLToPath(uri));
    return (await stat(real))?.isDirectory() === true ? real : undefined;
  } catch {
    return undefined;
  }
}
