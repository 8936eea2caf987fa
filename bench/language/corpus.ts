/**
 * A large repository that nobody wrote: five languages in folders as projects have them, files that import and call one another (a few
 * of them used by hundreds), tests beside or under `test/`, and some hundred commits. The same bytes for the same size.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LANGUAGES, type Language, type Unit } from "./languages.ts";

export interface LargeRepository {
  readonly root: string;
  readonly files: number;
  readonly lines: number;
  /** Of each language: a source that many use, and one that few do. */
  readonly samples: readonly { readonly path: string; readonly symbol: string; readonly line: number }[];
}

const COMMITS = 300;
const FILES_IN_PACKAGE = 40;
/** Of a hundred files of a language, so many are its tests. */
const TESTS = 15;

/** Writes about so many lines into the empty folder `root` and commits them. */
export function makeLargeRepository(root: string, lines: number): LargeRepository {
  const written: { path: string; text: string }[] = [];
  const samples: LargeRepository["samples"][number][] = [];
  let total = 0;
  for (const language of LANGUAGES) {
    const units = unitsOf(language, Math.ceil((lines * language.share) / language.linesInFile));
    for (const unit of units) {
      const text = language.write(unit);
      written.push({ path: unit.path, text });
      total += text.split("\n").length - 1;
    }
    for (const unit of [units[1], units.findLast(({ isTest }) => !isTest)])
      if (unit !== undefined) samples.push(sampleOf(language, unit));
  }
  for (const { path, text } of written) writeText(join(root, path), text);
  commit(root, written);
  return { root, files: written.length, lines: total, samples };
}

function unitsOf(language: Language, count: number): Unit[] {
  const units: Unit[] = [];
  for (let number = 0; number < count; number++) {
    const random = randomFrom(number * 7919 + language.name.length);
    const isTest = number > 10 && number % 100 < TESTS;
    // Near files often, the first ones of all very often: what a project has in its middle.
    const near = Array.from({ length: 4 }, () => Math.max(0, number - 1 - Math.floor(random() * FILES_IN_PACKAGE)));
    const popular = Array.from({ length: 2 }, () => Math.floor(random() ** 4 * Math.min(number, 200)));
    const wanted =
      number === 0 ? [] : [...new Set([...popular, ...near])].filter((other) => units[other]?.isTest === false);
    const uses = wanted.flatMap((other) => units[other] ?? []);
    const noun = NOUNS[Math.floor(random() * NOUNS.length)] ?? "Item";
    const verb = VERBS[Math.floor(random() * VERBS.length)] ?? "Make";
    const group = Math.floor(number / FILES_IN_PACKAGE);
    units.push({
      number,
      isTest,
      uses,
      group,
      name: `${verb}${noun}${number}`,
      path: language.path({ number, isTest, group, noun }),
    });
  }
  return units;
}

const NOUNS = [
  "Order",
  "Invoice",
  "Customer",
  "Session",
  "Token",
  "Cache",
  "Query",
  "Route",
  "Account",
  "Payment",
  "Stock",
  "Report",
];
const VERBS = ["Parse", "Render", "Validate", "Load", "Store", "Merge", "Resolve", "Schedule", "Format", "Encode"];

function sampleOf(language: Language, unit: Unit): LargeRepository["samples"][number] {
  const symbol = language.symbol(unit.name);
  const definition = new RegExp(`(function|def|func|int|fn) ${symbol}\\(`);
  const line =
    language
      .write(unit)
      .split("\n")
      .findIndex((each) => definition.test(each)) + 1;
  return { path: unit.path, symbol, line };
}

/** The same numbers from 0 to 1 for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** One commit with nearly everything, then small ones that change a few neighbours each; the last leaves the tree as it is written. */
function commit(root: string, files: readonly { path: string; text: string }[]): void {
  const stream: string[] = [];
  const random = randomFrom(42);
  const add = (number: number, changed: readonly { path: string; text: string }[]) => {
    const at = 1_700_000_000 + number * 3600;
    const message = `Change ${changed[0]?.path ?? "all"}`;
    const author = `Author ${number % 7} <author${number % 7}@example.com>`;
    stream.push(
      `commit refs/heads/main\nauthor ${author} ${at} +0000\ncommitter ${author} ${at} +0000\n${data(message)}`,
    );
    for (const { path, text } of changed) stream.push(`M 100644 inline ${path}\n${data(text)}`);
    stream.push("\n");
  };
  add(0, files);
  const touched = new Map<string, string>();
  for (let number = 1; number < COMMITS; number++) {
    const first = Math.floor(random() * (files.length - 4));
    const changed = files.slice(first, first + 2 + (number % 3));
    for (const { path, text } of changed) touched.set(path, text);
    add(
      number,
      changed.map(({ path, text }) => ({ path, text: `${text}\n` })),
    );
  }
  add(
    COMMITS,
    [...touched].map(([path, text]) => ({ path, text })),
  );
  git(root, ["init", "-q", "-b", "main"]);
  git(root, ["fast-import", "--quiet"], stream.join(""));
  git(root, ["reset", "-q"]);
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function git(root: string, words: readonly string[], input = ""): void {
  const { status, stderr } = spawnSync("git", ["-C", root, ...words], { input, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${words.join(" ")}: ${stderr}`);
}
