/**
 * The fence around a bundle: what it holds comes from the project's folder or its node_modules, and is no secret. The bundler
 * itself runs nothing of the project.
 */
import { join, relative, sep } from "node:path";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { listFolder, realPath } from "../../host/files.ts";
import { lookAt } from "../../host/source-files.ts";
import { isSecretPath } from "../../security/paths/path-classes.ts";

export interface Fence {
  /** Real absolute paths of folders whose files may be bundled, the project's own first. */
  readonly folders: readonly string[];
}

/** `linked`: folders that are links out of the project, or that hold such links, one a package: node_modules. */
export async function fenceOf(root: string, linked: readonly string[]): Promise<Fence> {
  const own = await realPath(root);
  const others = await Promise.all(linked.map((path) => linkedFolders(join(own, path))));
  return { folders: [...new Set([own, ...others.flat()])] };
}

const MODULES = `${sep}node_modules`;

async function linkedFolders(folder: string): Promise<string[]> {
  const real = await realPath(folder).catch(() => undefined);
  if (real === undefined) return [];
  const targets = real === folder ? await targetsIn(folder) : [real];
  // What a package needs stands beside it. A link that leads anywhere else is none of ours.
  const modules = targets.flatMap((target) => {
    const end = `${target}${sep}`.indexOf(`${MODULES}${sep}`);
    return end < 0 ? [] : [target.slice(0, end + MODULES.length)];
  });
  return [...new Set(real === folder ? modules : [real, ...modules])];
}

async function targetsIn(folder: string): Promise<string[]> {
  const entries = await listFolder(folder);
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) return [await realPath(path).catch(() => "")];
      return entry.isDirectory() && entry.name.startsWith("@") ? targetsIn(path) : [];
    }),
  );
  return nested.flat();
}

const MARK = { nexusFence: true };

/** `aliases`: beginnings of imports and the absolute folders that they stand for: `@/`. */
export function fencePlugin(fence: Fence, aliases: ReadonlyMap<string, string>): Plugin {
  return {
    name: "nexus-fence",
    setup(build) {
      build.onResolve({ filter: /.*/ }, (asked) => {
        const isOurs: unknown = asked.pluginData;
        return isOurs === MARK || asked.namespace === "nexus" ? undefined : resolveFenced(build, asked, fence, aliases);
      });
    },
  };
}

async function resolveFenced(
  build: PluginBuild,
  { path, kind, importer, namespace, resolveDir, with: attributes }: OnResolveArgs,
  fence: Fence,
  aliases: ReadonlyMap<string, string>,
): Promise<OnResolveResult> {
  const found = await build.resolve(aliased(path, aliases), {
    ...{ kind, importer, namespace, resolveDir, with: attributes },
    pluginData: MARK,
  });
  if (found.errors.length > 0 || found.external || found.namespace !== "file") return found;
  const place = /^[^?#]*/.exec(found.path)?.[0] ?? found.path;
  const folder = fence.folders.find((own) => place.startsWith(own + sep));
  if (folder === undefined)
    return wrong(`${path} lies outside of the project, so it is not bundled. Import what lies within it.`);
  const inside = relative(folder, place).split(sep).join("/");
  if (isSecretPath(inside)) return wrong(`${path} may hold secrets, so it is not bundled.`);
  // A pipe or a device would never end.
  return lookAt(place).kind === "file" ? found : wrong(`${path} is no plain file.`);
}

function aliased(path: string, aliases: ReadonlyMap<string, string>): string {
  for (const [beginning, folder] of aliases)
    if (path.startsWith(beginning)) return join(folder, path.slice(beginning.length));
  return path;
}

function wrong(text: string): OnResolveResult {
  return { errors: [{ text }] };
}
