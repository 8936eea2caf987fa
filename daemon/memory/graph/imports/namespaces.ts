/** Imports by namespace and type name: Java, Kotlin, Scala, C#, PHP, Swift. */
import type { FileFacts } from "../../code/facts.ts";
import { endingOf, folderOf, joinPath, nameOf, nearest } from "../paths.ts";
import { entriesOf, field, parseJson, textsOf } from "./json.ts";
import type { ResolveImport, SourceTree } from "./tree.ts";

const MAX_FILES = 100;
const JVM = [".java", ".kt", ".kts", ".scala", ".groovy"];

/** "com.shop.cart.Cart", "com.shop.cart.*", "com.shop.cart.Prices.total" (static or top-level). */
export function jvmImports(tree: SourceTree): ResolveImport {
  return (from, { target, names }) => {
    const parts = target.split(".").filter((part) => part !== "" && part !== "*");
    const isWhole = target.endsWith("*");
    const wanted = isWhole ? [parts] : names.length === 0 ? [parts] : [parts, ...names.map((name) => [...parts, name])];
    const found = new Set(wanted.flatMap((path) => typeFiles(path, JVM, from, tree)));
    const files = found.size > 0 ? [...found] : isWhole ? packageFiles(parts, tree) : definingFiles(parts, tree);
    return files.slice(0, MAX_FILES);
  };
}

/** The file named like the type; an inner type or a member stands in the file of the type around it. */
function typeFiles(parts: readonly string[], endings: readonly string[], from: string, tree: SourceTree): string[] {
  for (let length = parts.length; length >= 2 && length >= parts.length - 2; length--) {
    const suffix = parts.slice(0, length).join("/");
    for (const ending of endings) {
      const found = tree.paths.endingIn(suffix + ending, from);
      if (found[0] !== undefined) return [found[0]];
    }
  }
  return [];
}

function packageFiles(parts: readonly string[], tree: SourceTree): string[] {
  if (parts.length < 2) return [];
  const folders = tree.paths.foldersEndingIn(parts.join("/"));
  return folders.flatMap((folder) => tree.paths.within(folder)).filter((path) => JVM.includes(endingOf(path)));
}

/** Kotlin's files need not be named like what is in them. */
function definingFiles(parts: readonly string[], tree: SourceTree): string[] {
  const files = packageFiles(parts.slice(0, -1), tree);
  return files.filter((path) => defines(tree.facts(path), parts.at(-1) ?? ""));
}

function defines(facts: FileFacts | undefined, name: string): boolean {
  return facts?.symbols.some((symbol) => symbol.name === name) ?? false;
}

/** `using Shop.Cart;` brings in every file that declares the namespace. */
export function csharpImports(tree: SourceTree): ResolveImport {
  let declared: ReadonlyMap<string, readonly string[]> | undefined;
  return (from, { target }) => {
    declared ??= declaredNamespaces(tree, ".cs");
    const outer = target.slice(0, Math.max(0, target.lastIndexOf(".")));
    const folders = [target.replaceAll(".", "/"), target].flatMap((suffix) => tree.paths.foldersEndingIn(suffix));
    const inFolders = folders.flatMap((folder) => tree.paths.within(folder)).filter((path) => path.endsWith(".cs"));
    // `using static Shop.Cart.Prices;` and aliases name a type: its namespace is the outer part.
    const files = declared.get(target) ?? (inFolders.length > 0 ? inFolders : (declared.get(outer) ?? []));
    return nearest(from, files).slice(0, MAX_FILES);
  };
}

function declaredNamespaces(tree: SourceTree, ending: string): Map<string, string[]> {
  const declared = new Map<string, string[]>();
  for (const path of tree.paths.all) {
    if (endingOf(path) !== ending) continue;
    const symbols = tree.facts(path)?.symbols ?? [];
    const names: string[] = [];
    for (const [index, { kind, name, parent }] of symbols.entries()) {
      if (kind !== "module") continue;
      const outer = names[parent];
      const full = outer === undefined ? name : `${outer}.${name}`;
      names[index] = full;
      const files = declared.get(full) ?? [];
      if (files.at(-1) !== path) files.push(path);
      declared.set(full, files);
    }
  }
  return declared;
}

/** `use Shop\Cart\Item;` by composer.json's prefixes, then by the end of the path; `require` by path. */
export function phpImports(tree: SourceTree): ResolveImport {
  const prefixes = composerPrefixes(tree);
  return (from, { target, names }) => {
    if (/\.(php|inc)$/.test(target)) return includedFile(from, target, tree);
    const whole = target.replace(/^\\/, "");
    const types = names.length === 0 ? [whole] : [whole, ...names.map((name) => `${whole}\\${name}`)];
    const found = types.flatMap((type) => phpType(type, from, prefixes, tree));
    return [...new Set(found)];
  };
}

interface Prefix {
  readonly name: string;
  readonly folder: string;
}

function phpType(type: string, from: string, prefixes: readonly Prefix[], tree: SourceTree): readonly string[] {
  for (const { name, folder } of prefixes) {
    if (!type.startsWith(name)) continue;
    const path = joinPath(folder, `${type.slice(name.length).replaceAll("\\", "/")}.php`);
    if (path !== undefined && tree.paths.has(path)) return [path];
  }
  return typeFiles(type.split("\\"), [".php"], from, tree);
}

function composerPrefixes(tree: SourceTree): Prefix[] {
  const prefixes = tree.paths.all
    .filter((path) => nameOf(path) === "composer.json")
    .flatMap((path) => {
      const json = parseJson(tree.readText(path));
      const declared = [field(json, "autoload", "psr-4"), field(json, "autoload-dev", "psr-4")].flatMap(entriesOf);
      return declared.flatMap(([name, folders]) =>
        textsOf(folders).map((folder) => ({ name, folder: joinPath(folderOf(path), folder) ?? "" })),
      );
    });
  return prefixes.sort((first, second) => second.name.length - first.name.length);
}

function includedFile(from: string, target: string, tree: SourceTree): readonly string[] {
  const plain = target.replace(/^\.?\//, "");
  const beside = joinPath(folderOf(from), plain);
  if (beside !== undefined && tree.paths.has(beside)) return [beside];
  return tree.paths.endingIn(plain.replace(/^(\.\.\/)+/, ""), from).slice(0, 1);
}

/** `import ShopCore`: the target's folder under Sources. */
export function swiftImports(tree: SourceTree): ResolveImport {
  return (_from, { target }) => {
    const folders = tree.paths.all.filter(
      (path) => path.endsWith(".swift") && `/${path}`.includes(`/Sources/${target}/`),
    );
    return folders.slice(0, MAX_FILES);
  };
}
