/** Imports that name a path: C, C++, Ruby, style sheets, pages, shell scripts, and whatever has no rules of its own. */
import { endingOf, folderOf, joinPath, nameOf } from "../paths.ts";
import type { ResolveImport, SourceTree } from "./tree.ts";

/** An include is looked for beside the file, then by the end of the path, nearest first. */
export function includeImports(tree: SourceTree): ResolveImport {
  return (from, { target }) => {
    const beside = joinPath(folderOf(from), target);
    if (beside !== undefined && tree.paths.has(beside)) return [beside];
    return tree.paths.endingIn(target.replace(/^(\.{1,2}\/)+/, ""), from).slice(0, 1);
  };
}

/** require_relative and require look alike here: beside the file first, then on a load path. */
export function rubyImports(tree: SourceTree): ResolveImport {
  return (from, { target }) => {
    const file = endingOf(target) === ".rb" ? target : `${target}.rb`;
    const beside = joinPath(folderOf(from), file);
    if (beside !== undefined && tree.paths.has(beside)) return [beside];
    if (target.startsWith(".")) return [];
    const found = tree.paths.endingIn(file, from);
    const onPath = found.filter((path) => /(^|\/)(lib|app(\/\w+)?|test|spec)$/.test(path.slice(0, -file.length - 1)));
    // A plain name far away is more likely a gem.
    return (onPath.length > 0 || !file.includes("/") ? onPath : found).slice(0, 1);
  };
}

const STYLES = [".css", ".scss", ".sass", ".less"];

export function styleImports(tree: SourceTree): ResolveImport {
  return (from, { target }) => {
    const plain = target.replace(/^(url\()?["']?|["']?\)?$|[?#].*$/g, "");
    const base = joinPath(folderOf(from), plain);
    if (base === undefined || plain === "") return [];
    const partial = joinPath(folderOf(base), `_${nameOf(base)}`) ?? base;
    const candidates = [base, partial].flatMap((path) => [path, ...STYLES.map((ending) => path + ending)]);
    return candidates.filter((path) => tree.paths.has(path)).slice(0, 1);
  };
}

/** A path beside the file or from the root; a folder stands for its readme, its index or all that is in it. */
export function linkImports(tree: SourceTree): ResolveImport {
  return (from, { target }) => {
    const plain = target.replace(/[?#].*$/, "");
    if (plain === "" || /^[a-z][a-z+.-]+:|^\/\//i.test(plain)) return [];
    const bases = plain.startsWith("/")
      ? [joinPath(plain.slice(1))]
      : [joinPath(folderOf(from), plain), joinPath(plain)];
    for (const base of bases.filter((path) => path !== undefined && path !== "")) {
      if (base === undefined) continue;
      if (tree.paths.has(base)) return [base];
      const inside = tree.paths.within(base);
      const index = inside.find((path) => /^(readme|index)\.\w+$/i.test(nameOf(path)));
      if (inside.length > 0) return index === undefined ? inside.slice(0, MAX_IN_FOLDER) : [index];
    }
    return [];
  };
}

const MAX_IN_FOLDER = 30;
