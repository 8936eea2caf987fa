/** What a name at a place of a file means, and who uses that: answered within a time that nobody notices. */
import type { FileFacts } from "../code/facts.ts";
import { type Confidence, evidenceFor } from "./evidence.ts";
import { type Use, usesOfNodes } from "./references.ts";
import { identityOf, isImportedName, nodeOf, type SymbolNode } from "./symbols.ts";
import { isTestPath } from "./test-paths.ts";
import { type TestLink, testsOf } from "./tests.ts";
import type { Stop, World } from "./world.ts";

export interface About {
  /** The likeliest first. */
  readonly definitions: readonly SymbolNode[];
  readonly confidence: Confidence;
  /** The surest first; those that only have the name are left out. */
  readonly uses: readonly Use[];
  readonly complete: boolean;
  /** False: only the tests that use it themselves are among `tests`. */
  readonly knowsTests: boolean;
  readonly tests: readonly TestLink[];
}

export interface NamePlace {
  readonly path: string;
  readonly line: number;
  readonly name: string;
}

const NOTHING: About = {
  definitions: [],
  confidence: "possible",
  uses: [],
  complete: true,
  knowsTests: true,
  tests: [],
};

interface AboutOptions {
  readonly stop: Stop;
  /** False: finding who imports a file would read all files, which takes too long now. */
  readonly knowsImports: boolean;
}

/** The file must be in the view. */
export function aboutName(world: World, place: NamePlace, { stop, knowsImports }: AboutOptions): About {
  const facts = world.view.facts(place.path);
  if (facts === undefined || !isAt(facts, place)) return NOTHING;
  const { definitions, confidence } = meaningOf(world, facts, place);
  const [first] = definitions;
  if (first === undefined) return NOTHING;
  const identity = identityOf(first);
  const nodes = definitions.filter((node) => identityOf(node) === identity);
  const { uses, complete } = usesOfNodes(world, nodes, stop);
  const sure = uses.filter((use) => use.confidence !== "possible");
  const near = testsAmong(sure);
  if (!knowsImports || stop()) return { definitions, confidence, uses: sure, complete, knowsTests: false, tests: near };
  const tests = joined(near, testsOf(world, first.path, stop));
  return { definitions, confidence, uses: sure, complete, knowsTests: !stop(), tests };
}

/** Words in comments and strings have no meaning that could be told. */
function isAt({ symbols, references, imports }: FileFacts, { line, name }: NamePlace): boolean {
  return (
    symbols.some((symbol) => symbol.name === name && symbol.line === line) ||
    references.some((reference) => reference.name === name && reference.line === line) ||
    imports.some(({ names, line: start }) => names.includes(name) && line >= start && line <= start + names.length + 1)
  );
}

function meaningOf(world: World, facts: FileFacts, { path, line, name }: NamePlace) {
  const own = facts.symbols.flatMap((symbol, index) =>
    symbol.name === name && symbol.line === line && !isImportedName(facts, symbol)
      ? [nodeOf(path, facts, symbol, index)]
      : [],
  );
  if (own.length > 0) return { definitions: own, confidence: "certain" as const };
  const evidence = evidenceFor(world, path, name);
  const confidence = evidence[0]?.confidence ?? "possible";
  return { definitions: evidence.map(({ definition }) => definition), confidence };
}

function testsAmong(uses: readonly Use[]): TestLink[] {
  const paths = new Set(uses.filter(({ path }) => isTestPath(path)).map(({ path }) => path));
  return [...paths].map((path) => ({ path, score: 1, why: "uses it" }));
}

function joined(first: readonly TestLink[], second: readonly TestLink[]): TestLink[] {
  const known = new Set(first.map(({ path }) => path));
  return [...first, ...second.filter(({ path }) => !known.has(path))];
}
