/** Tests ↔ sources: by import, by use, by name and place, by commits that changed both. */
import type { FileFacts } from "../code/facts.ts";
import { compareText, endingOf, folderOf, type PathIndex, sharedFolders } from "./paths.ts";
import { isPlainName } from "./plain-names.ts";
import { isCode } from "./symbols.ts";
import { isNamedTest, isTestFile, isTestPath, subjectOf } from "./test-paths.ts";
import { NEVER, type Stop, type World } from "./world.ts";

export interface TestLink {
  readonly path: string;
  /** Higher is surer; only to compare. */
  readonly score: number;
  /** For people: "imports it, named like it". */
  readonly why: string;
}

const IMPORTS = 4;
const IMPORTS_THROUGH = 1;
const NAMED = 3;
const MIRRORED = 1;
const TOGETHER = 2;
const USE = 0.75;
const MAX_USE = 3;
const MAX_BETWEEN = 100;
const MAX_NAMES = 60;
/** A name in more tests than these belongs to no one of them. */
const MAX_MENTIONS = 60;

type Reasons = Map<string, { score: number; why: string[] }>;

const MAX_ASKED = 50;
const asked = new WeakMap<World, Map<string, readonly TestLink[]>>();

/** Tests of a source file, the surest first. For a test: the sources it tests. Ended by `stop`, it knows fewer reasons. */
export function testsOf(world: World, path: string, stop: Stop = NEVER): readonly TestLink[] {
  const known = asked.get(world) ?? new Map<string, readonly TestLink[]>();
  asked.set(world, known);
  const found = known.get(path) ?? findTests(world, path, stop);
  if (known.size >= MAX_ASKED) known.clear();
  if (!stop()) known.set(path, found);
  return found;
}

function findTests(world: World, path: string, stop: Stop): TestLink[] {
  const reasons: Reasons = new Map();
  const wanted = isTestPath(path) ? (other: string) => !isTestPath(other) : testJudge(world);
  const found = [
    ...byImport(world, path),
    ...byUse(world, path, stop),
    ...byName(world, path),
    ...byCommits(world, path),
  ];
  for (const [other, why, score] of found) if (other !== path && wanted(other)) addReason(reasons, other, score, why);
  const links = [...reasons].map(([other, { score, why }]) => ({ path: other, score, why: why.join(", ") }));
  const strong = links.filter(({ score }) => score >= TOGETHER);
  return (strong.length > 0 ? strong : links).sort((a, b) => b.score - a.score || compareText(a.path, b.path));
}

const judges = new WeakMap<World, (path: string) => boolean>();

/** Where most tests of a kind are named as tests, files beside them in their folders are what tests need. */
export function testJudge(world: World): (path: string) => boolean {
  const known = judges.get(world);
  if (known !== undefined) return known;
  const tests = world.links.paths.all.filter(isTestFile);
  const kinds = Map.groupBy(tests, kindOf);
  const named = new Set<string>();
  for (const [kind, paths] of kinds) if (paths.filter(isNamedTest).length * 2 > paths.length) named.add(kind);
  const judge = (path: string): boolean => isTestFile(path) && (isNamedTest(path) || !named.has(kindOf(path)));
  judges.set(world, judge);
  return judge;
}

type Reason = readonly [path: string, why: string, score: number];

function addReason(reasons: Reasons, path: string, score: number, why: string): void {
  const known = reasons.get(path) ?? { score: 0, why: [] };
  if (known.why.includes(why)) return;
  reasons.set(path, { score: known.score + score, why: [...known.why, why] });
}

function byImport({ links }: World, path: string): Reason[] {
  if (isTestPath(path))
    return links.importsOf(path).flatMap(({ files }) => files.map((file): Reason => [file, "imported by it", IMPORTS]));
  const direct = links.importersOf(path);
  const far = new Map<string, string>();
  for (const between of direct.filter((importer) => !isTestPath(importer)).slice(0, MAX_BETWEEN))
    for (const importer of links.importersOf(between)) if (!far.has(importer)) far.set(importer, between);
  for (const importer of direct) far.delete(importer);
  return [
    ...direct.map((importer): Reason => [importer, "imports it", IMPORTS]),
    ...[...far].map(([importer, between]): Reason => [importer, `imports it through ${between}`, IMPORTS_THROUGH]),
  ];
}

/** Tests that use what the source defines, for a test the sources that define what it uses: the more, the surer. */
function byUse({ view }: World, path: string, stop: Stop): Reason[] {
  const isTest = isTestPath(path);
  const names = isTest ? usedNames(view.facts(path)) : definedNames(view.facts(path));
  const shared = new Map<string, string[]>();
  for (const name of [...names].filter((word) => !isPlainName(word)).slice(0, MAX_NAMES)) {
    if (stop()) break;
    const paths = view.mentioning(name).filter((other) => isTestPath(other) !== isTest);
    if (paths.length > MAX_MENTIONS) continue;
    for (const other of paths) {
      const facts = view.facts(other);
      if (!(isTest ? definedNames(facts) : usedNames(facts)).has(name)) continue;
      shared.set(other, [...(shared.get(other) ?? []), name]);
    }
  }
  const verb = isTest ? "defines" : "uses";
  return [...shared].map(([other, found]): Reason => {
    const told = found.slice(0, 3).join(", ");
    return [other, `${verb} ${told}`, Math.min(MAX_USE, found.length * USE)];
  });
}

function definedNames(facts: FileFacts | undefined): ReadonlySet<string> {
  const symbols = facts?.symbols.filter((symbol) => symbol.parent < 0 && isCode(symbol)) ?? [];
  return new Set(symbols.map(({ name }) => name));
}

function usedNames(facts: FileFacts | undefined): ReadonlySet<string> {
  return new Set(facts?.references.map(({ name }) => name));
}

/** "src/cart/price.ts" ↔ "test/cart/price.test.ts": the same subject, better in a mirrored folder. */
function byName(world: World, path: string): Reason[] {
  const subject = subjectOf(path);
  if (subject.length < 2 || GENERIC.has(subject)) return besideInFolder(world, path);
  const named = about(world, kindOf(path), subject);
  const alike = named.filter((file) => isTestPath(path) || !isOfAnother(world, file, path, subject));
  return alike.flatMap((other): Reason[] => {
    const mirrored = isMirrored(path, other);
    return [
      [other, "named like it", alike.length > 12 && !mirrored ? 1 : NAMED],
      ...(mirrored ? [[other, "in the mirrored folder", MIRRORED] as const] : []),
    ];
  });
}

/** It imports another file of the same name, so that one is what it tests. */
function isOfAnother({ links }: World, test: string, path: string, subject: string): boolean {
  const imported = new Set(links.importsOf(test).flatMap(({ files }) => files));
  return !imported.has(path) && [...imported].some((file) => !isTestPath(file) && subjectOf(file) === subject);
}

const GENERIC = new Set(["index", "mod", "lib", "main", "init", "__init__", "types", "utils", "helpers", "common"]);

/** An index speaks for its folder: "src/cart/index.ts" ↔ "test/cart.test.ts". */
function besideInFolder(world: World, path: string): Reason[] {
  const folder = subjectOf(folderOf(path));
  if (folder.length < 2 || GENERIC.has(folder) || folder === "src") return [];
  return about(world, kindOf(path), folder).map((other): Reason => [other, "named like its folder", NAMED]);
}

const subjects = new WeakMap<PathIndex, ReadonlyMap<string, readonly string[]>>();

/** Files of a kind whose names speak of the subject, sorted. Arranged once for as long as no path comes or goes. */
function about({ links: { paths } }: World, kind: string, subject: string): readonly string[] {
  const known = subjects.get(paths) ?? Map.groupBy(paths.all, (path) => `${kindOf(path)}\0${subjectOf(path)}`);
  subjects.set(paths, known);
  return known.get(`${kind}\0${subject}`) ?? [];
}

/** A test may be written in another dialect than its source. */
function kindOf(path: string): string {
  const ending = endingOf(path);
  if (/^\.([mc]?[jt]sx?|vue|svelte)$/.test(ending)) return "script";
  if (/^\.(java|kt|groovy|scala)$/.test(ending)) return "jvm";
  return /^\.(c|cc|cpp|cxx|h|hpp)$/.test(ending) ? "c" : ending;
}

const LAYOUT = /^(src|lib|app|main|tests?|__tests__|spec|java|kotlin|scala|unit|integration|packages?|Sources|Tests)$/;

/** The same folders once "src", "test" and their like are left out. */
function isMirrored(first: string, second: string): boolean {
  const plain = (path: string): string =>
    folderOf(path)
      .split("/")
      .filter((part) => !LAYOUT.test(part))
      .join("/");
  const [a, b] = [plain(first), plain(second)];
  return a === b || (a !== "" && b !== "" && (a.endsWith(`/${b}`) || b.endsWith(`/${a}`)));
}

const MIN_COMMITS = 2;
const MIN_SHARE = 0.2;

function byCommits({ history, view }: World, path: string): Reason[] {
  const partners = history?.changedWith(path, 20) ?? [];
  return partners
    .filter((partner) => partner.commits >= MIN_COMMITS && partner.share >= MIN_SHARE && view.file(partner.path))
    .map(
      ({ path: other, commits, share }): Reason => [other, `changed together in ${commits} commits`, TOGETHER * share],
    );
}

/** Where the test of a new file would stand, after the pattern of a sibling and its test. */
export function testPathLike(path: string, sibling: string, test: string): string {
  const [stem = "", siblingStem = ""] = [path, sibling].map((file) => subjectName(file));
  const folder = folderOf(test);
  const moved = folderOf(path) === folderOf(sibling) ? folder : mirroredFolder(folder, sibling, path);
  const name = test.slice(test.lastIndexOf("/") + 1);
  const renamed = name.includes(siblingStem) ? name.replace(siblingStem, () => stem) : name;
  return moved === "" ? renamed : `${moved}/${renamed}`;
}

function subjectName(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.split(".")[0] ?? name;
}

function mirroredFolder(folder: string, sibling: string, path: string): string {
  const shared = sharedFolders(sibling, path);
  const [from, to] = [sibling, path].map((file) => folderOf(file).split("/").slice(shared).join("/"));
  return from !== undefined && from !== "" && folder.endsWith(from) ? folder.slice(0, -from.length) + to : folder;
}
