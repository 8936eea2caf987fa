/** Imports of Python: relative with dots, absolute from any source root; a package is its __init__. */
import { folderOf, foldersUp, joinPath } from "../paths.ts";
import type { ResolveImport, SourceTree } from "./tree.ts";

const FILES = [".py", ".pyi", "/__init__.py", "/__init__.pyi"];
const COMMON_ROOTS = new Set(["", "src", "lib", "python"]);

export function pythonImports(tree: SourceTree): ResolveImport {
  return (from, { target, names }) => {
    const dots = /^\.*/.exec(target)?.[0].length ?? 0;
    const parts = target.slice(dots).split(".").filter(Boolean);
    const bases = dots > 0 ? relativeBases(from, dots, parts) : absoluteBases(from, parts, tree);
    for (const base of bases) {
      const found = modulesAt(base, names, tree);
      if (found.length > 0) return names.length > 0 ? found : [...found, ...packagesAround(base, parts.length, tree)];
    }
    return [];
  };
}

/** `import shop.cart` binds the name shop as well. */
function packagesAround(base: string, parts: number, tree: SourceTree): string[] {
  const folders = foldersUp(folderOf(base)).slice(0, Math.max(0, parts - 1));
  return folders.map((folder) => `${folder}/__init__.py`).filter((path) => tree.paths.has(path));
}

function relativeBases(from: string, dots: number, parts: readonly string[]): string[] {
  const folder = foldersUp(folderOf(from))[dots - 1];
  const base = folder === undefined ? undefined : joinPath(folder, ...parts);
  return base === undefined ? [] : [base];
}

/** Where the module may stand: a source root is a folder that is no package itself. */
function absoluteBases(from: string, parts: readonly string[], tree: SourceTree): string[] {
  const suffix = parts.join("/");
  if (suffix === "") return [];
  const files = FILES.flatMap((ending) => tree.paths.endingIn(suffix + ending, from).map((path) => ({ path, ending })));
  const bases = files.map(({ path, ending }) => path.slice(0, -ending.length));
  const folders = tree.paths.foldersEndingIn(suffix);
  return [...new Set([...bases, ...folders])].filter((base) => {
    const root = base.slice(0, Math.max(0, base.length - suffix.length - 1));
    if (tree.paths.has(joinPath(root, "__init__.py") ?? "")) return false;
    // A short name is more often the standard library's than a script's in some other folder.
    return (
      parts.length > 1 || COMMON_ROOTS.has(root) || isPackage(base, tree) || foldersUp(folderOf(from)).includes(root)
    );
  });
}

function isPackage(base: string, tree: SourceTree): boolean {
  return tree.paths.has(`${base}/__init__.py`);
}

/** `from pkg import name`: the submodule where the name is one, otherwise the package. */
function modulesAt(base: string, names: readonly string[], tree: SourceTree): string[] {
  const own = FILES.map((ending) => joinPath(base + ending)).find((path) => path !== undefined && tree.paths.has(path));
  const found = new Set<string>();
  for (const name of names) {
    const inner = FILES.map((ending) => joinPath(base, name + ending)).find(
      (path) => path !== undefined && tree.paths.has(path),
    );
    const path = inner ?? own;
    if (path !== undefined) found.add(path);
  }
  if (names.length === 0 && own !== undefined) found.add(own);
  return [...found];
}
