/**
 * Packages of a workspace stand in node_modules as links into the tree around it. That tree is the user's, which a command
 * must not see; the same folders of the copy stand in for it, so that tests also see what the agent changed.
 */
import { join, relative } from "node:path";
import { listFolder, realPath, stat } from "../../host/files.ts";
import { isWithin } from "../paths/path-names.ts";

/** A link that exists inside the sandbox only: `at` leads to `to`. */
export interface InnerLink {
  readonly at: string;
  readonly to: string;
}

/** `linked` is relative to the root, as in CommandRequest. */
export async function workspaceLinks(root: string, linked: readonly string[]): Promise<InnerLink[]> {
  const found = await Promise.all(linked.map((folder) => linksIn(root, folder)));
  return [...new Map(found.flat().map((link) => [link.at, link])).values()];
}

async function linksIn(root: string, folder: string): Promise<InnerLink[]> {
  const real = await realPath(join(root, folder)).catch(() => undefined);
  if (real === undefined || !real.endsWith(`/${folder}`)) return [];
  const tree = real.slice(0, -folder.length - 1);
  const names = await linkNames(real);
  const links = await Promise.all(
    names.map(async (name) => {
      const at = await realPath(join(real, name)).catch(() => undefined);
      if (at === undefined || at === tree || !isWithin(tree, at, "/") || isWithin(real, at, "/")) return [];
      const to = join(root, relative(tree, at));
      return (await stat(to)) === undefined ? [] : [{ at, to }];
    }),
  );
  return links.flat();
}

/** Links right in the folder, and right in its scopes (`@scope/name`). */
async function linkNames(folder: string): Promise<string[]> {
  const entries = await listFolder(folder);
  const scopes = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith("@"));
  const scoped = await Promise.all(
    scopes.map(async ({ name }) => {
      const inner = await listFolder(join(folder, name));
      return inner.filter((entry) => entry.isSymbolicLink()).map((entry) => `${name}/${entry.name}`);
    }),
  );
  return [...entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name), ...scoped.flat()];
}
