/** Imports of JavaScript and TypeScript, and of pages that embed them. */
import { folderOf, foldersUp, joinPath } from "../paths.ts";
import { field, parseJson, textOf } from "./json.ts";
import { packageFinder } from "./node-packages.ts";
import type { ResolveImport, SourceTree } from "./tree.ts";
import { aliasFinder } from "./ts-paths.ts";

const ENDINGS = ".ts .tsx .mts .cts .d.ts .js .jsx .mjs .cjs .vue .svelte .astro .json .css .scss .less".split(" ");
/** What stands in the import → what it may be written in. */
const WRITTEN_AS: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".jsx", ".d.ts"],
  ".jsx": [".tsx"],
  ".mjs": [".mts", ".d.mts"],
  ".cjs": [".cts", ".d.cts"],
};

export function javascriptImports(tree: SourceTree): ResolveImport {
  const locate = (base: string | undefined): string | undefined => locateModule(base, tree);
  const aliases = aliasFinder(tree);
  const packages = packageFinder(tree, locate);
  return (from, { target }) => {
    const plain = target.replace(/^.*!/, "").replace(/[?#](?!\/|\w+$).*$|\?.*$/, "");
    const folder = folderOf(from);
    if (/^\.{1,2}(\/|$)/.test(plain)) return listOf(locate(joinPath(folder, plain)));
    if (plain.startsWith("/")) return listOf(rooted(plain, folder, tree));
    for (const base of aliases(from, plain)) {
      const found = locate(base);
      if (found !== undefined) return [found];
    }
    return listOf(plain.startsWith("#") ? ownImport(from, plain, tree) : packages(plain));
  };
}

function listOf(path: string | undefined): readonly string[] {
  return path === undefined ? [] : [path];
}

/** A file of this name, in another ending, or an index file in a folder of this name. */
function locateModule(base: string | undefined, { paths }: SourceTree): string | undefined {
  if (base === undefined) return undefined;
  if (base !== "" && paths.has(base)) return base;
  const ending = /\.[mc]?jsx?$/.exec(base)?.[0];
  const written = ending === undefined ? [] : (WRITTEN_AS[ending] ?? []);
  const stem = ending === undefined ? base : base.slice(0, -ending.length);
  const index = base === "" ? "index" : `${base}/index`;
  const candidates = [
    ...written.map((other) => stem + other),
    ...ENDINGS.map((other) => base + other),
    ...ENDINGS.map((other) => index + other),
  ];
  return candidates.find((path) => paths.has(path));
}

/** "/src/main.ts" is meant from the folder that is served: the nearest one that holds it. */
function rooted(target: string, folder: string, tree: SourceTree): string | undefined {
  for (const up of foldersUp(folder))
    for (const base of [up, joinPath(up, "public")]) {
      const found = base === undefined ? undefined : locateModule(joinPath(base, target.slice(1)), tree);
      if (found !== undefined) return found;
    }
  return undefined;
}

/** package.json's "imports": names that start with #. */
function ownImport(from: string, target: string, tree: SourceTree): string | undefined {
  const folder = foldersUp(folderOf(from)).find((up) => tree.paths.has(joinPath(up, "package.json") ?? ""));
  if (folder === undefined) return undefined;
  const manifest = parseJson(tree.readText(joinPath(folder, "package.json") ?? ""));
  const value = field(manifest, "imports", target);
  const path = textOf(value) ?? textOf(field(value, "default"));
  return path === undefined ? undefined : locateModule(joinPath(folder, path), tree);
}
