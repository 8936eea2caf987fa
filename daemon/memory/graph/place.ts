/** Where a new thing would go: the folder of what is most like it, siblings to imitate, and the test beside it. */
import { compareText, endingOf, folderOf, joinPath, nameOf, sharedFolders, stemOf } from "./paths.ts";
import { isCode } from "./symbols.ts";
import { isSupporting, isTestFile, isTestPath } from "./test-paths.ts";
import { testPathLike, testsOf } from "./tests.ts";
import type { World } from "./world.ts";

/** Ranked files for words, best first: the search's own answer. */
export type Search = (text: string, limit: number) => readonly { readonly path: string; readonly score: number }[];

export interface Place {
  /** "" is the root. */
  readonly folder: string;
  /** Files to imitate, the likest first, at most five. */
  readonly siblings: readonly string[];
  /** How the new file could be called: "retry-queue.ts", after its siblings' endings and way of writing. */
  readonly file: string;
  /** Where its test would stand; undefined when the siblings have none. */
  readonly test: string | undefined;
  /** The test that the guess was made from. */
  readonly testExample: string | undefined;
  /** Higher is likelier, the first is 1. */
  readonly score: number;
  readonly why: string;
}

const MAX_RANKED = 40;
const MAX_SIBLINGS = 5;

/** The likeliest first; empty when the search finds nothing. */
export function placesFor(world: World, description: string, search: Search, limit: number): Place[] {
  const ranked = search(description, MAX_RANKED).filter(({ path }) => world.view.file(path) !== undefined);
  const isSource = (path: string): boolean => world.view.facts(path)?.symbols.some(isCode) ?? false;
  const sources = ranked.filter(({ path }) => !isTestPath(path) && !isSupporting(path) && isSource(path));
  const folders = Map.groupBy(sources.length > 0 ? sources : ranked, ({ path }) => folderOf(path));
  const scored = [...folders].map(([folder, files]) => ({ folder, files, score: folderScore(files) }));
  scored.sort((a, b) => b.score - a.score || compareText(a.folder, b.folder));
  const best = scored[0]?.score ?? 1;
  return scored
    .slice(0, limit)
    .map(({ folder, files, score }) => placeIn(world, description, folder, files, score / best));
}

type Ranked = ReturnType<Search>;

/** A good file says most; each further one less, so that a large folder does not win by its size. */
function folderScore(files: Ranked): number {
  const scores = files.map(({ score }) => score).sort((first, second) => second - first);
  return scores.slice(0, 4).reduce((sum, score, place) => sum + score / 2 ** place, 0);
}

function placeIn(world: World, description: string, folder: string, files: Ranked, score: number): Place {
  const ranked = files.map(({ path }) => path);
  const ending = commonEnding(ranked);
  const found = ranked.filter((path) => endingOf(path) === ending);
  const others = world.links.paths.within(folder).filter((path) => !found.includes(path) && isLike(path, ending));
  const siblings = [...found, ...others].slice(0, MAX_SIBLINGS);
  const file = suggestedName(world, description, siblings, ending);
  const pair = testedSibling(world, siblings);
  const path = joinPath(folder, file) ?? file;
  const test = pair === undefined ? undefined : testPathLike(path, pair.sibling, pair.test);
  return { folder, siblings, file, test, testExample: pair?.test, score, why: reasonFor(found, pair) };
}

function isLike(path: string, ending: string): boolean {
  return endingOf(path) === ending && !isTestPath(path) && stemOf(path) !== "index";
}

function reasonFor(found: readonly string[], pair: { sibling: string; test: string } | undefined): string {
  const names = found.slice(0, 3).map(nameOf).join(", ");
  const like = `${found.length === 1 ? "the likest file is" : `${found.length} of the likest files are`} there: ${names}`;
  return pair === undefined ? like : `${like}; ${nameOf(pair.sibling)} is tested by ${pair.test}`;
}

function commonEnding(paths: readonly string[]): string {
  const counts = Map.groupBy(paths, endingOf);
  const order = [...counts].sort(([, first], [, second]) => second.length - first.length);
  return order[0]?.[0] ?? "";
}

/** The sibling whose test is surest and nearest. */
function testedSibling(world: World, siblings: readonly string[]): { sibling: string; test: string } | undefined {
  const pairs = siblings.flatMap((sibling, place) =>
    testsOf(world, sibling)
      .filter(({ path, why }) => isTestFile(path) && why.includes("named like it"))
      .map(({ path, score }) => ({ sibling, test: path, score: score + sharedFolders(sibling, path) - place / 2 })),
  );
  return pairs.sort((a, b) => b.score - a.score || compareText(a.test, b.test))[0];
}

const EMPTY_WORDS = new Set(
  "a an the and or of for to in on with by that this new add adds adding create make should when from into which it is be as at all".split(
    " ",
  ),
);
const MAX_WORDS = 3;

/** The description's first telling words, written as other files of its kind are: near ones count, then all. */
function suggestedName(world: World, description: string, siblings: readonly string[], ending: string): string {
  const words = (description.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.toLowerCase());
  const telling = words.filter((word) => !EMPTY_WORDS.has(word) && word.length > 1).slice(0, MAX_WORDS);
  const all = world.links.paths.all.filter((path) => endingOf(path) === ending && !isTestPath(path));
  const style = styleOf(siblings.map(stemOf)) ?? styleOf(all.map(stemOf)) ?? "-";
  return written(telling.length > 0 ? telling : ["new"], style) + ending;
}

type Style = "-" | "_" | "Pascal" | "camel";

const STYLES: readonly (readonly [Style, RegExp])[] = [
  ["_", /[a-z0-9]_[a-z0-9]/],
  ["-", /[a-z0-9]-[a-z0-9]/],
  ["Pascal", /^[A-Z][a-z]/],
  ["camel", /^[a-z0-9]+[A-Z]/],
];

/** Undefined when all names are single words. */
function styleOf(stems: readonly string[]): Style | undefined {
  const counts = STYLES.map(([style, pattern]) => ({
    style,
    count: stems.filter((stem) => pattern.test(stem)).length,
  }));
  const [best] = counts.sort((first, second) => second.count - first.count);
  return best === undefined || best.count === 0 ? undefined : best.style;
}

function written(words: readonly string[], style: Style): string {
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  if (style === "Pascal") return words.map(capital).join("");
  if (style === "camel") return words.map((word, place) => (place === 0 ? word : capital(word))).join("");
  return words.join(style);
}
