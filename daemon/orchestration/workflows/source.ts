/** Workflow files of a folder on disk. */
import { isAbsolute, relative, resolve, sep } from "node:path";
import { listFolder, readText, realPath } from "../../host/files.ts";
import { WORKFLOW_FOLDER, type WorkflowSource } from "./bundle.ts";

const NAMES = /\.ya?ml$/;
const MOST_LISTED = 500;

/** Nothing outside of the folder is read, links out of it included. */
export function workflowsIn(folder: string): WorkflowSource {
  return {
    async read(path) {
      const real = await realPath(resolve(folder, path)).catch(() => undefined);
      if (real === undefined) return undefined;
      const inside = relative(await realPath(folder), real);
      return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? undefined : readText(real);
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

/** A file as the folder names it, with `/`; undefined: it is not in the folder. */
export function nameIn(folder: string, file: string): string | undefined {
  const path = relative(folder, file);
  return path === "" || path.startsWith("..") || isAbsolute(path) ? undefined : path.split(sep).join("/");
}
