/** What breaks if a symbol or file changes: who depends on it, how far away, how risky, and which tests to run. */
import { CONFIDENCES, type Confidence } from "./evidence.ts";
import { compareText } from "./paths.ts";
import { type Use, type Uses, usesOf, usesOfNodes } from "./references.ts";
import { type Risk, riskOf } from "./risk.ts";
import { isCode, isInsideTests, nodeAt, nodeOf, reachableIndex, type SymbolNode, type Target } from "./symbols.ts";
import { type TestRun, testCommands } from "./test-commands.ts";
import { isSupporting, isTestPath } from "./test-paths.ts";
import { type TestLink, testJudge, testsOf } from "./tests.ts";
import { NEVER, type Stop, type World } from "./world.ts";

export interface Dependant {
  /** A symbol's id, or a path when the use stands outside of all symbols. */
  readonly id: string;
  readonly path: string;
  readonly line: number;
  /** 1 for a direct use. */
  readonly distance: number;
  /** The weakest on the way. */
  readonly confidence: Confidence;
  readonly isTest: boolean;
  /** From this one to the target: "checkout calls total, used by Cart.sum". */
  readonly explanation: string;
  /** Id of the dependant that it uses; "" or the target's at distance 1. */
  readonly through: string;
}

export interface Impact {
  readonly target: Target;
  /** Without tests; nearest first, then the surest. */
  readonly dependants: readonly Dependant[];
  readonly files: readonly string[];
  readonly tests: readonly TestLink[];
  readonly runs: readonly TestRun[];
  /** Files that history changes together with it and no use leads to. */
  readonly partners: readonly { readonly path: string; readonly commits: number; readonly share: number }[];
  readonly risk: Risk;
  readonly complete: boolean;
}

export interface ImpactOptions {
  /** Steps from the target; 3 when left out. */
  readonly depth?: number;
  /** Most dependants; 1 000 when left out. */
  readonly limit?: number;
  readonly stop?: Stop;
}

const DEPTH = 3;
const LIMIT = 1000;
const MAX_TESTS = 200;
const MAX_STARTS = 200;

interface Step {
  readonly dependant: Dependant;
  readonly node: SymbolNode | undefined;
}

export function impactOf(world: World, target: Target, options: ImpactOptions = {}): Impact {
  const { depth = DEPTH, limit = LIMIT, stop = NEVER } = options;
  const found = new Map<string, Step>();
  let complete = true;
  let frontier: readonly Step[] = startsOf(world, target);
  for (let distance = 1; distance <= depth && frontier.length > 0; distance++) {
    const next: Step[] = [];
    for (const step of frontier) {
      if (stop() || found.size >= limit) return answer(world, target, found, false);
      const { uses, complete: whole } = usesAt(world, step, stop);
      complete &&= whole;
      next.push(...newSteps(world, target, found, uses, step));
    }
    frontier = next;
  }
  if (target.kind === "file") addImporters(world, target.path, found);
  return answer(world, target, found, complete);
}

/** A file is all that can be reached in it. */
function startsOf({ view }: World, target: Target): Step[] {
  if (target.kind === "symbol") return target.nodes.slice(0, 1).map((node) => startAt(node));
  const facts = view.facts(target.path);
  const symbols = facts?.symbols.slice(0, MAX_STARTS) ?? [];
  return symbols.flatMap((symbol, index) =>
    facts !== undefined && symbol.parent < 0 && isCode(symbol)
      ? [startAt(nodeOf(target.path, facts, symbol, index))]
      : [],
  );
}

function startAt(node: SymbolNode): Step {
  const { id, path, line, name } = node;
  return {
    dependant: { id, path, line, distance: 0, confidence: "certain", isTest: false, explanation: name, through: "" },
    node,
  };
}

/**
 * Uses that are more than possible. Nothing goes on from a use outside of all symbols: whoever uses the name through
 * that file's exports was found by the name already.
 */
function usesAt(world: World, { node }: Step, stop: Stop): Uses {
  if (node === undefined) return { uses: [], complete: true };
  const { uses, complete } = usesOfNodes(world, [node], stop);
  const sure = uses.filter(({ confidence }) => confidence !== "possible");
  return { uses: sure.filter((use) => !isRepeated(use, sure)), complete };
}

/** The import line of a file that uses the name as well says nothing more. */
function isRepeated(use: Use, uses: readonly Use[]): boolean {
  return use.kind === "import" && uses.some(({ path, kind }) => path === use.path && kind !== "import");
}

/** Those that were not known, or not as sure. What is inside of a test is nobody's dependency. */
function newSteps(
  world: World,
  target: Target,
  found: Map<string, Step>,
  uses: readonly Use[],
  from: Step,
): readonly Step[] {
  const fresh: Step[] = [];
  for (const use of uses) {
    const step = stepTo(world, use, from, from.dependant.distance + 1);
    const { id, path, isTest } = step.dependant;
    const known = found.get(id);
    if (id === target.id || (target.kind === "file" && path === target.path) || !isBetter(known, step)) continue;
    found.set(id, step);
    if (known === undefined && !isTest) fresh.push(step);
  }
  return fresh;
}

/** Files that import the target without a name that could be followed. */
function addImporters(world: World, path: string, found: Map<string, Step>): void {
  const reached = new Set([...found.values()].map(({ dependant }) => dependant.path));
  for (const use of usesOf(world, { kind: "file", id: path, path }).uses) {
    if (reached.has(use.path)) continue;
    const { path: importer, line, confidence } = use;
    const explanation = `${importer} imports ${path}`;
    const isTest = isTestPath(importer);
    const dependant = {
      id: importer,
      path: importer,
      line,
      distance: 1,
      confidence,
      isTest,
      explanation,
      through: path,
    };
    found.set(importer, { dependant, node: undefined });
  }
}

const VERBS = { call: "calls", type: "names the type", extends: "extends", use: "uses", import: "imports" } as const;

function stepTo({ view }: World, use: Use, from: Step, distance: number): Step {
  const facts = view.facts(use.path);
  const index = facts === undefined || use.within === undefined ? -1 : reachableIndex(facts, use.within.index);
  const found = index < 0 ? undefined : nodeAt(view, use.path, index);
  const node = found !== undefined && isCode(found) ? found : undefined;
  const id = node?.id ?? use.path;
  const label = node === undefined ? use.path : shortName(node);
  const confidence = weaker(use.confidence, from.dependant.confidence);
  const explanation = `${label} ${VERBS[use.kind]} ${from.dependant.explanation}`;
  const isTest = isTestPath(use.path) || (node !== undefined && isInsideTests(node));
  const through = from.dependant.id;
  return {
    dependant: { id, path: use.path, line: use.line, distance, confidence, isTest, explanation, through },
    node,
  };
}

function shortName({ container, name }: SymbolNode): string {
  const holder = container.slice(container.lastIndexOf(".") + 1);
  return holder === "" ? name : `${holder}.${name}`;
}

function weaker(first: Confidence, second: Confidence): Confidence {
  return CONFIDENCES.indexOf(first) > CONFIDENCES.indexOf(second) ? first : second;
}

function isBetter(known: Step | undefined, found: Step): boolean {
  if (known === undefined) return true;
  if (known.dependant.distance !== found.dependant.distance) return false;
  return weaker(known.dependant.confidence, found.dependant.confidence) !== found.dependant.confidence;
}

function answer(world: World, target: Target, found: ReadonlyMap<string, Step>, complete: boolean): Impact {
  const all = [...found.values()].map(({ dependant }) => dependant).sort(byDistance);
  const dependants = all.filter(({ isTest }) => !isTest);
  const home = target.kind === "file" ? target.path : (target.nodes[0]?.path ?? "");
  const files = [...new Set(dependants.map(({ path }) => path))];
  const tests = testsFor(world, home, all);
  const touched = new Set([home, ...all.map(({ path }) => path)]);
  const partners = (world.history?.changedWith(home, 20) ?? []).filter(
    ({ path, commits, share }) =>
      commits >= 3 &&
      share >= 0.2 &&
      !touched.has(path) &&
      // A change log is changed together with everything.
      !isSupporting(path) &&
      world.view.file(path) !== undefined,
  );
  const runs = testCommands(
    world,
    tests.map(({ path }) => path),
  );
  const risk = riskOf(world, target, { dependants, files, tests, partners });
  return { target, dependants, files, tests, runs, partners, risk, complete };
}

/** Tests that use it, near or far, then those that belong to its file and to the files that use it directly. */
function testsFor(world: World, home: string, all: readonly Dependant[]): TestLink[] {
  const found = new Map<string, TestLink>();
  const add = (link: TestLink): void => {
    const known = found.get(link.path);
    if (known === undefined) found.set(link.path, link);
    else if (!known.why.includes(link.why))
      found.set(link.path, { path: link.path, score: known.score + link.score, why: `${known.why}, ${link.why}` });
  };
  const isRunnable = testJudge(world);
  for (const { path, distance, explanation, isTest } of all)
    if (isTest && (isRunnable(path) || !isTestPath(path)) && !found.has(path))
      add({ path, score: 10 / distance, why: explanation });
  for (const link of testsOf(world, home)) add(link);
  const direct = new Set(all.filter(({ distance, isTest }) => distance === 1 && !isTest).map(({ path }) => path));
  for (const path of [...direct].slice(0, 20))
    for (const { path: test, score } of testsOf(world, path).slice(0, 3))
      if (!found.has(test)) add({ path: test, score: score / 4, why: `tests ${path}, which uses it` });
  return [...found.values()].sort((a, b) => b.score - a.score || compareText(a.path, b.path)).slice(0, MAX_TESTS);
}

function byDistance(first: Dependant, second: Dependant): number {
  return (
    first.distance - second.distance ||
    Number(isSupporting(first.path)) - Number(isSupporting(second.path)) ||
    CONFIDENCES.indexOf(first.confidence) - CONFIDENCES.indexOf(second.confidence) ||
    compareText(first.path, second.path) ||
    first.line - second.line ||
    compareText(first.id, second.id)
  );
}
