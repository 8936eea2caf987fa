/** Imports of Go: the module path of go.mod and a folder; a package is all files of the folder. */
import { folderOf, joinPath, nameOf } from "../paths.ts";
import type { ResolveImport, SourceTree } from "./tree.ts";

export function goImports(tree: SourceTree): ResolveImport {
  const modules = tree.paths.all
    .filter((path) => nameOf(path) === "go.mod")
    .map((path) => ({
      name: /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(tree.readText(path) ?? "")?.[1],
      folder: folderOf(path),
    }))
    .filter(({ name }) => name !== undefined)
    .sort((first, second) => (second.name ?? "").length - (first.name ?? "").length);
  return (_from, { target }) => {
    for (const { name, folder } of modules) {
      if (name === undefined || (target !== name && !target.startsWith(`${name}/`))) continue;
      const files = packageFiles(joinPath(folder, target.slice(name.length + 1)), tree);
      if (files.length > 0) return files;
    }
    return packageFiles(joinPath("vendor", target), tree);
  };
}

function packageFiles(folder: string | undefined, tree: SourceTree): string[] {
  if (folder === undefined) return [];
  return tree.paths.within(folder).filter((path) => path.endsWith(".go") && !path.endsWith("_test.go"));
}
