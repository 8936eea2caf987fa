/** Imports of Rust: `mod`, and `use` from crate, self, super and the workspace's own crates. */
import { folderOf, foldersUp, joinPath, nameOf, stemOf } from "../paths.ts";
import type { ResolveImport, SourceTree } from "./tree.ts";

const ROOTS = ["lib.rs", "main.rs"];

export function rustImports(tree: SourceTree): ResolveImport {
  let crates: ReadonlyMap<string, string> | undefined;
  return (from, fact) => {
    const segments = segmentsOf(fact.target);
    const [first = "", ...rest] = segments;
    const home = moduleFolder(from);
    const module = (folder: string | undefined, path: readonly string[]): readonly string[] =>
      folder === undefined ? [] : modulesUnder(folder, path, fact.names, tree);
    if (first === "crate") return module(crateFolder(from, tree), rest);
    if (first === "self" || first === "super") return module(...ascend(from, fact.line, segments, tree));
    const own = module(home, segments).filter((path) => path !== from && !isRootOf(path, home));
    if (own.length > 0) return own;
    crates ??= readCrates(tree);
    const folder = crates.get(first);
    return folder === undefined ? [] : module(joinPath(folder, "src"), rest);
  };
}

/** "crate::cart::{Item, price as p}" → crate, cart. */
function segmentsOf(target: string): string[] {
  return target
    .replace(/\{[\s\S]*$/, "")
    .split("::")
    .map((segment) => segment.replace(/\s+as\s+.*$/, "").trim())
    .filter((segment) => segment !== "" && segment !== "*");
}

/** The folder where the submodules of this file stand. */
function moduleFolder(path: string): string {
  const isFolder = ROOTS.includes(nameOf(path)) || nameOf(path) === "mod.rs";
  return isFolder ? folderOf(path) : (joinPath(folderOf(path), stemOf(path)) ?? "");
}

function isRootOf(path: string, folder: string): boolean {
  return folderOf(path) === folder && ROOTS.includes(nameOf(path));
}

function crateFolder(from: string, tree: SourceTree): string | undefined {
  const folder = foldersUp(folderOf(from)).find((up) => tree.paths.has(joinPath(up, "Cargo.toml") ?? ""));
  return folder === undefined ? undefined : joinPath(folder, "src");
}

/** Inside `mod tests { … }` the first super is the file itself. */
function ascend(from: string, line: number, segments: readonly string[], tree: SourceTree): [string, string[]] {
  const modules = tree
    .facts(from)
    ?.symbols.filter(({ kind, startLine, endLine }) => kind === "module" && startLine < line && line <= endLine);
  let inside = modules?.length ?? 0;
  let folder = moduleFolder(from);
  let at = 0;
  for (; segments[at] === "self" || segments[at] === "super"; at++) {
    if (segments[at] === "self") continue;
    if (inside > 0) inside -= 1;
    else folder = folderOf(folder);
  }
  return [folder, segments.slice(at)];
}

/** The file of the longest known beginning of the path, and those of the names where they are modules. */
function modulesUnder(
  folder: string,
  path: readonly string[],
  names: readonly string[],
  tree: SourceTree,
): readonly string[] {
  for (let length = path.length; length >= 0; length--) {
    const at = joinPath(folder, ...path.slice(0, length)) ?? "";
    const own = moduleFile(at, length === 0, tree);
    if (own === undefined && length > 0) continue;
    const inner = length < path.length ? [] : names.map((name) => moduleFile(joinPath(at, name) ?? "", false, tree));
    const found = new Set(inner.map((file) => file ?? own).filter((file) => file !== undefined));
    if (own !== undefined && found.size === 0) found.add(own);
    return [...found];
  }
  return [];
}

function moduleFile(at: string, isRoot: boolean, { paths }: SourceTree): string | undefined {
  const candidates = [`${at}.rs`, `${at}/mod.rs`, ...(isRoot ? ROOTS.map((name) => joinPath(at, name) ?? name) : [])];
  return candidates.find((path) => paths.has(path));
}

/** Crate name, as code writes it → its folder. */
function readCrates(tree: SourceTree): Map<string, string> {
  const crates = new Map<string, string>();
  for (const path of tree.paths.all.filter((file) => nameOf(file) === "Cargo.toml")) {
    const text = tree.readText(path) ?? "";
    const [name, library] = [nameIn(text, "package"), nameIn(text, "lib")];
    for (const known of [name, library])
      if (known !== undefined) crates.set(known.replaceAll("-", "_"), folderOf(path));
  }
  return crates;
}

/** The `name` in one section of a Cargo.toml. */
function nameIn(text: string, section: string): string | undefined {
  let isInside = false;
  for (const line of text.split("\n")) {
    const header = /^\s*\[([^\]]*)\]/.exec(line);
    if (header !== null) isInside = header[1]?.trim() === section;
    const name = isInside ? /^\s*name\s*=\s*["']([^"']+)["']/.exec(line)?.[1] : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
}
