/** Which files of the workspace an import brings in. One table: file ending → the rules of its language. */
import type { ImportFact } from "../code/facts.ts";
import { includeImports, linkImports, rubyImports, styleImports } from "./imports/by-path.ts";
import { goImports } from "./imports/go.ts";
import { javascriptImports } from "./imports/javascript.ts";
import { csharpImports, jvmImports, phpImports, swiftImports } from "./imports/namespaces.ts";
import { pythonImports } from "./imports/python.ts";
import { rustImports } from "./imports/rust.ts";
import type { ResolveImport, SourceTree } from "./imports/tree.ts";
import { endingOf, nameOf } from "./paths.ts";

type MakeRules = (tree: SourceTree) => ResolveImport;

const RULES: readonly (readonly [string, MakeRules])[] = [
  [".ts .tsx .mts .cts .js .jsx .mjs .cjs .vue .svelte .astro", javascriptImports],
  [".py .pyi", pythonImports],
  [".go", goImports],
  [".rs", rustImports],
  [".java .kt .kts .scala .groovy", jvmImports],
  [".cs", csharpImports],
  [".c .h .cc .cpp .cxx .hpp .hh .hxx .inl .m .mm", includeImports],
  [".php", phpImports],
  [".rb .rake", rubyImports],
  [".swift", swiftImports],
  [".css .scss .sass .less", styleImports],
];

const BY_ENDING: ReadonlyMap<string, MakeRules> = new Map(
  RULES.flatMap(([endings, make]) => endings.split(" ").map((ending) => [ending, make] as const)),
);

const CONFIGURATIONS = /^((ts|js)config(\.[\w-]+)?\.json|package\.json|composer\.json|go\.mod|Cargo\.toml)$/;

/** Files whose text the rules read: when one changes, imports anywhere may lead elsewhere. */
export function isConfiguration(path: string): boolean {
  return CONFIGURATIONS.test(nameOf(path));
}

/** Endings whose imports depend on what other files declare, not on paths alone. */
export const BY_DECLARATION: ReadonlySet<string> = new Set([".cs", ".kt", ".kts", ".java", ".scala", ".groovy"]);

/**
 * Answers for one state of the tree; the likeliest file first, none twice, never the importing file itself.
 * Empty: it comes from outside, or cannot be found.
 */
export function importResolver(tree: SourceTree): ResolveImport {
  const made = new Map<MakeRules, ResolveImport>();
  return (from: string, fact: ImportFact) => {
    const make = BY_ENDING.get(endingOf(from)) ?? linkImports;
    const resolve = made.get(make) ?? make(tree);
    made.set(make, resolve);
    return [...new Set(resolve(from, fact))].filter((path) => path !== from);
  };
}
