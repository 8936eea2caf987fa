/**
 * `npm run bench:index -- [DIR…]`: the index beside what else could be done with the same files, in one run. Without
 * folders it takes the sources that the installed npm packages ship.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createIndexService } from "../../daemon/memory/create.ts";
import { BUILT_IN } from "../../daemon/memory/embedding/choice.ts";
import { silentLog } from "../../daemon/observability/log-file.ts";
import { type Figure, figureLine, isAbove, median, timed } from "../measure.ts";
import { AUTHOR, type Corpus, makeCorpus } from "./corpus.ts";
import { has, run } from "./run-program.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = join(PROJECT, "daemon", "main.ts");
const ROUNDS = 3;
const MB = 1_000_000;

const SAVES = 60;
const SWITCHES = [10, 100, 1000];
const QUERIES = [
  "parse the options of the command line",
  "read a file and decode its text",
  "where is the cache invalidated",
  "retry a request after a timeout",
  "readFileSync encoding error",
  "walk the syntax tree and call the visitor",
  "convert a color to hexadecimal",
  "compare two versions",
];

const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-index-")));
const folders = process.argv.slice(2);
try {
  const corpus = makeCorpus(folders.length > 0 ? folders : [join(PROJECT, "node_modules")], join(folder, "corpus"));
  print(`${corpus.files.length} files, ${(corpus.bytes / MB).toFixed(1)} MB: ${describe(corpus)}`);
  // First, because the system's watcher can only be loaded by one thread in the life of a process.
  const warm = await measureWarm(corpus);
  const figures = [...(await measureCold(corpus)), ...warm];
  for (const figure of figures) print(figureLine(figure));
  if (figures.some(isAbove)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describe({ languages }: Corpus): string {
  return [...languages].map(([name, bytes]) => `${name} ${(bytes / MB).toFixed(1)}`).join(", ");
}

function openService(home: string) {
  return createIndexService({ home, main: MAIN, embedding: BUILT_IN, log: silentLog });
}

function call() {
  return { name: "bench", signal: new AbortController().signal };
}

/** In turns, so that what else the machine does falls on both alike. */
async function measureCold(corpus: Corpus): Promise<Figure[]> {
  const ratios: number[] = [];
  const ofCtags: number[] = [];
  let sizeShare = 0;
  const withCtags = has("ctags");
  for (let round = 0; round < ROUNDS; round++) {
    const alone = parseAlone(corpus);
    const home = join(folder, `home-${round}`);
    const service = openService(home);
    const totals = await service.index({ workspace: corpus.root }, call());
    const status = await service.status({ workspace: corpus.root }, call());
    await service.close();
    sizeShare = status.sizeBytes / status.sourceBytes;
    ratios.push(totals.wallMs / alone);
    const ctags = withCtags
      ? await timed(async () => run("ctags", ["-R", "-f", "/dev/null", corpus.root]))
      : Number.NaN;
    ofCtags.push(totals.wallMs / ctags);
    print(
      `round ${round + 1}: tree-sitter alone ${alone.toFixed(0)} ms, index ${totals.wallMs.toFixed(0)} ms, ` +
        `${totals.symbols} symbols, ${totals.chunks} chunks, peak ${(totals.peakRssBytes / MB).toFixed(0)} MB`,
    );
  }
  return [
    { name: "cold index beside tree-sitter alone on one thread", value: median(ratios), limit: 1.3, unit: "×" },
    ...(withCtags ? [{ name: "cold index beside ctags", value: median(ofCtags), unit: "×" }] : []),
    { name: "index on disk", value: sizeShare, limit: 1, unit: "× source" },
  ];
}

function parseAlone({ files }: Corpus): number {
  const program = join(PROJECT, "bench", "index", "parse-alone.ts");
  const input = [join(PROJECT, "grammars"), ...files].join("\n");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", program], {
    input,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const { ms }: { ms: number } = JSON.parse(stdout);
  return ms;
}

async function measureWarm(corpus: Corpus): Promise<Figure[]> {
  const counts = makeBranches(corpus);
  const service = openService(join(folder, "home"));
  const workspace = corpus.root;
  await service.index({ workspace }, call());
  const unchanged: number[] = [];
  for (let round = 0; round < 15; round++) {
    const git = await timed(async () => run("git", ["-C", workspace, "status", "--porcelain"]));
    unchanged.push((await service.index({ workspace }, call())).wallMs / git);
  }
  const queries = await measureQueries(service, workspace);
  const saves = await measureSaves(service, corpus);
  const switches = await measureSwitches(service, corpus, counts);
  await service.close();
  return [
    { name: "unchanged re-index beside `git status`", value: median(unchanged), limit: 1.5, unit: "×" },
    { name: "query, median", value: quantile(queries, 0.5), unit: "ms" },
    { name: "query, 95 %", value: quantile(queries, 0.95), unit: "ms" },
    { name: "save to searchable, told by the editor, median", value: quantile(saves.told, 0.5), unit: "ms" },
    { name: "save to searchable, told by the editor, 95 %", value: quantile(saves.told, 0.95), unit: "ms" },
    { name: "save to searchable, by the watcher, median", value: quantile(saves.watched, 0.5), unit: "ms" },
    { name: "save to searchable, by the watcher, 95 %", value: quantile(saves.watched, 0.95), unit: "ms" },
    ...switches,
  ];
}

type Service = ReturnType<typeof openService>;

async function measureQueries(service: Service, workspace: string): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < 12; round++)
    for (const query of QUERIES) {
      const ms = await timed(() => service.search({ workspace, query, limit: 20 }, call()));
      if (round > 1) times.push(ms);
    }
  return times;
}

/** Words that have no part in common with one another, nor with any code. */
function newWord(number: number): string {
  const digits = [...String(number).padStart(4, "0")].map((digit) => "bcdfghjklm"[Number(digit)]);
  return `zqx${digits.join("uv")}qxz`;
}

/** From the write on the disk to the first search that finds what was written: told by the editor, and by the watcher alone. */
async function measureSaves(service: Service, { files, root }: Corpus): Promise<{ told: number[]; watched: number[] }> {
  const times: { told: number[]; watched: number[] } = { told: [], watched: [] };
  for (let save = 0; save < SAVES * 2; save++) {
    const file = files[(save * 97) % files.length] ?? "";
    const path = relative(root, file);
    const word = newWord(save);
    const text = `${readFileSync(file, "utf8")}\n// ${word}\n`;
    const isTold = save % 2 === 0;
    const startedAt = performance.now();
    writeFileSync(file, text);
    if (isTold) await service.unsaved({ workspace: root, path, text: null }, call());
    while (!(await finds(service, root, word, path)))
      if (performance.now() - startedAt > 10_000) throw new Error(`a save of ${path} was not found within 10 s`);
    times[isTold ? "told" : "watched"].push(performance.now() - startedAt);
  }
  run("git", ["-C", root, "checkout", "-q", "."]);
  return times;
}

async function finds(service: Service, workspace: string, query: string, path: string): Promise<boolean> {
  const { results } = await service.search({ workspace, query, limit: 1 }, call());
  return results[0]?.path === path;
}

/** Branches that differ from main in so many files, made before anybody watches. */
function makeBranches({ files, root }: Corpus): number[] {
  const counts = SWITCHES.filter((wanted) => wanted < files.length);
  for (const count of counts) {
    run("git", ["-C", root, "checkout", "-q", "-b", `change-${count}`, "main"]);
    for (const file of files.slice(0, count)) writeFileSync(file, `${readFileSync(file, "utf8")}\n// ${count}\n`);
    run("git", ["-C", root, ...AUTHOR, "commit", "-q", "-a", "-m", `Change ${count}`]);
  }
  run("git", ["-C", root, "checkout", "-q", "main"]);
  return counts;
}

/** From before git's checkout to an index that is up to date; the watcher may have done a part of it by then. */
async function measureSwitches(service: Service, { root }: Corpus, counts: readonly number[]): Promise<Figure[]> {
  await service.index({ workspace: root }, call());
  const switchTo = (branch: string) =>
    timed(async () => {
      run("git", ["-C", root, "checkout", "-q", branch]);
      await service.index({ workspace: root }, call());
    });
  const figures: Figure[] = [];
  for (const count of counts) {
    const there = await switchTo(`change-${count}`);
    const back = await switchTo("main");
    figures.push({ name: `checkout and index, ${count} new contents`, value: there, unit: "ms" });
    figures.push({ name: `checkout and index, back to ${count} known contents`, value: back, unit: "ms" });
  }
  return figures;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
