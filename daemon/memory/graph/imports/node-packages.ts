/** Packages of the workspace itself, by the names in their package.json. */
import { folderOf, joinPath, nameOf } from "../paths.ts";
import { entriesOf, field, parseJson, textOf } from "./json.ts";
import type { SourceTree } from "./tree.ts";

type Locate = (base: string | undefined) => string | undefined;

interface WorkspacePackage {
  readonly folder: string;
  readonly manifest: unknown;
}

const MAX_MANIFESTS = 2000;
const MAX_CONDITIONS = 40;

/** "@shop/cart/price" → the file that the package's exports, main or source folder name. */
export function packageFinder(tree: SourceTree, locate: Locate): (target: string) => string | undefined {
  let packages: ReadonlyMap<string, WorkspacePackage> | undefined;
  return (target) => {
    packages ??= readPackages(tree);
    const name = target.split("/", target.startsWith("@") ? 2 : 1).join("/");
    const found = packages.get(name);
    return found === undefined ? undefined : entryOf(found, target.slice(name.length + 1), locate);
  };
}

function readPackages(tree: SourceTree): Map<string, WorkspacePackage> {
  const packages = new Map<string, WorkspacePackage>();
  const paths = tree.paths.all.filter((path) => nameOf(path) === "package.json");
  for (const path of paths.slice(0, MAX_MANIFESTS)) {
    const manifest = parseJson(tree.readText(path));
    const name = textOf(field(manifest, "name"));
    if (name !== undefined && !packages.has(name)) packages.set(name, { folder: folderOf(path), manifest });
  }
  return packages;
}

/** Built files are rarely there: what they are built from is tried too. */
function entryOf({ folder, manifest }: WorkspacePackage, rest: string, locate: Locate): string | undefined {
  const exported = exportedPaths(field(manifest, "exports"), rest === "" ? "." : `./${rest}`);
  const declared =
    rest === "" ? ["source", "types", "module", "main"].map((key) => textOf(field(manifest, key)) ?? "") : [];
  const named = [...exported, ...declared].filter((path) => path !== "");
  const plain = rest === "" ? ["src/index", "lib/index", "index"] : [rest, `src/${rest}`, `lib/${rest}`];
  for (const path of [...named, ...named.map(sourceOf), ...plain]) {
    const found = locate(joinPath(folder, path));
    if (found !== undefined) return found;
  }
  return undefined;
}

function sourceOf(built: string): string {
  return built.replace(/^(\.\/)?(dist|build|out|lib)\/(esm|cjs|types)?\/?/, "src/").replace(/(\.d)?\.[mc]?[jt]s$/, "");
}

function exportedPaths(exports: unknown, key: string): string[] {
  if (typeof exports === "string") return key === "." ? [exports] : [];
  const whole = field(exports, key);
  if (whole !== undefined) return pathsIn(whole);
  for (const [pattern, value] of entriesOf(exports)) {
    const [head, tail] = pattern.split("*", 2);
    if (head === undefined || tail === undefined || !key.startsWith(head) || !key.endsWith(tail)) continue;
    const star = key.slice(head.length, key.length - tail.length);
    return pathsIn(value).map((path) => path.replaceAll("*", () => star));
  }
  const hasPaths = entriesOf(exports).some(([name]) => name.startsWith("."));
  return key === "." && !hasPaths ? pathsIn(exports) : [];
}

/** The paths under all conditions ("types", "import", "node"…), in their order. */
function pathsIn(value: unknown): string[] {
  const found: string[] = [];
  const open = [value];
  for (let steps = 0; open.length > 0 && steps < MAX_CONDITIONS; steps++) {
    const next = open.shift();
    if (typeof next === "string") found.push(next);
    else open.push(...entriesOf(next).map(([, inner]) => inner));
  }
  return found;
}
