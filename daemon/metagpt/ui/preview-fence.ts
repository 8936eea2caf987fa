/**
 * The fence around a bundle: what it holds comes from the project's folder or its node_modules, and is no secret. The bundler
 * itself runs nothing of the project.
 */
import { join, relative, sep } from "node:path";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { realPath } from "../../host/files.ts";
import { lookAt } from "../../host/source-files.ts";
import { isSecretPath } from "../../security/paths/path-classes.ts";

export interface Fence {
  /** Real absolute paths of folders whose files may be bundled, the project's own first. */
  readonly folders: readonly string[];
}

/** `linked`: folders that are links out of the project, such as node_modules. */
export async function fenceOf(root: string, linked: readonly string[]): Promise<Fence> {
  const all = [root, ...linked.map((path) => join(root, path))];
  const real = await Promise.all(all.map((path) => realPath(path).catch(() => undefined)));
  return { folders: real.filter((path) => path !== undefined) };
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
