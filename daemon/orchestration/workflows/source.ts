/** Workflow files of a folder on disk. */
import { isAbsolute, relative, resolve, sep } from "node:path";
import { listFolder, readText, realPath, stat } from "../../host/files.ts";
import { WORKFLOW_FOLDER, type WorkflowSource } from "./bundle.ts";

const NAMES = /\.ya?ml$/;
const MOST_LISTED = 500;
/** No workflow is longer; what is named may be anything. */
const MOST_BYTES = 1024 * 1024;

/** Nothing outside of the folder is read, links out of it included. */
export function workflowsIn(folder: string): WorkflowSource {
  return {
    async read(path) {
      const [root, real] = await Promise.all([folder, resolve(folder, path)].map(realOf));
      if (root === undefined || real === undefined) return undefined;
      const inside = relative(root, real);
      if (inside === "" || inside.startsWith("..") || isAbsolute(inside)) return undefined;
      const stats = await stat(real);
      return stats?.isFile() === true && stats.size <= MOST_BYTES ? readText(real) : undefined;
    },
    async list() {
      const entries = await listFolder(resolve(folder, WORKFLOW_FOLDER)).catch(() => []);
      const names = entries.filter((entry) => entry.isFile() && NAMES.test(entry.name)).map(({ name }) => name);
      return names
        .toSorted()
        .slice(0, MOST_LISTED)
        .map((name) => `${WORKFLOW_FOLDER}/${name}`);
    },
  };
}

/** Undefined for what is not there, and for a name that no system takes. */
function realOf(path: string): Promise<string | undefined> {
  return realPath(path).catch(() => undefined);
}

/** A file as the folder names it, with `/`; undefined: it is not in the folder. */
export function nameIn(folder: string, file: string): string | undefined {
  const path = relative(folder, file);
  return path === "" || path.startsWith("..") || isAbsolute(path) ? undefined : path.split(sep).join("/");
}
