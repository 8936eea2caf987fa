/**
 * Kills the indexing of a small repository, cold or between branches: at random moments, and before random statements of
 * its database. After each kill the next start must finish with an index equal to a fresh one.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentsOf, openIndexes } from "../memory/index/world.ts";

export interface KillOptions {
  readonly kills: number;
  readonly files: number;
  readonly lanes: number;
  readonly seed: number;
  onTrial(name: string, problem: string | undefined): void;
}

const CHILD = fileURLToPath(new URL("./index-child.ts", import.meta.url));
const BRANCHES = ["main", "edited", "moved", "smaller", "grown"];

/** Answers with the number of kills that hit a run. */
export async function killIndexing(options: KillOptions): Promise<number> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-index-crash-")));
  const random = createRandom(options.seed);
  const hits = { wanted: options.kills, hit: 0, drawn: 0 };
  try {
    const lanes = Array.from({ length: options.lanes }, (_, lane) => join(folder, String(lane)));
    await Promise.all(lanes.map((lane) => runLane(lane, options, random, hits)));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  return hits.hit;
}

async function runLane(
  lane: string,
  { files, onTrial }: KillOptions,
  random: () => number,
  hits: { readonly wanted: number; hit: number; drawn: number },
): Promise<void> {
  const root = join(lane, "workspace");
  makeRepository(root, files);
  const expected = new Map<string, string>();
  for (const branch of BRANCHES) {
    git(root, "checkout", "-q", branch);
    expected.set(branch, await finished(root, join(lane, `fresh-${branch}`)));
  }
  const lengths = { cold: await lengthOf(root, join(lane, "cold")), warm: { ms: 0, statements: 0 } };
  git(root, "checkout", "-q", "main");
  lengths.warm = await lengthOf(root, join(lane, "fresh-edited"));
  let next = startChild();
  while (hits.hit < hits.wanted && hits.drawn < 3 * hits.wanted) {
    const number = hits.drawn++;
    const branch = pick(BRANCHES, random);
    const from = random() < 0.25 ? undefined : pick(BRANCHES, random);
    const { ms, statements } = from === undefined ? lengths.cold : lengths.warm;
    const isExact = random() < 0.5;
    const at = Math.ceil(random() * (isExact ? statements : ms));
    const index = join(lane, "index");
    rmSync(index, { recursive: true, force: true });
    if (from !== undefined) cpSync(join(lane, `fresh-${from}`), index, { recursive: true });
    git(root, "checkout", "-q", branch);
    const child = next;
    next = startChild();
    const killed = await killedAt(await child, { root, folder: index }, isExact ? { statement: at } : { ms: at });
    if (!killed) continue;
    hits.hit++;
    const name = `${from ?? "nothing"} → ${branch}, killed at ${isExact ? "statement" : "millisecond"} ${at} (${number})`;
    onTrial(name, problemOf(await finished(root, index), expected.get(branch) ?? ""));
  }
  (await next).kill("SIGKILL");
}

/** The contents of the index after an update that nobody disturbs. */
async function finished(root: string, folder: string): Promise<string> {
  const { workspaces, updated } = openIndexes(folder);
  try {
    const index = await updated(root);
    const { discarded } = workspaces;
    return JSON.stringify({ discarded: [...discarded], ...contentsOf(index) }, undefined, 1);
  } finally {
    await workspaces.close();
  }
}

function problemOf(found: string, expected: string): string | undefined {
  if (found === expected) return undefined;
  const [lines, wanted] = [found.split("\n"), expected.split("\n")];
  const place = lines.findIndex((line, index) => line !== wanted[index]);
  const around = (all: string[]) => all.slice(Math.max(0, place - 3), place + 3).join(" ");
  return `is ${around(lines)} instead of ${around(wanted)}`;
}

async function startChild(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--no-warnings", CHILD], { stdio: ["pipe", "pipe", "inherit"] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.stdout?.once("data", () => resolve());
  child.once("exit", () => reject(new Error("the child ended before it began")));
  await promise;
  return child;
}

/** True when it died of it. */
function killedAt(
  child: ChildProcess,
  where: { readonly root: string; readonly folder: string },
  at: { readonly statement?: number; readonly ms?: number },
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = at.ms === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), at.ms);
  child.once("exit", (code) => {
    clearTimeout(timer);
    resolve(code === null);
  });
  child.stdin?.end(JSON.stringify({ ...where, statement: at.statement ?? 0 }));
  return promise;
}

/** Of a whole run: its time, and its statements. */
async function lengthOf(root: string, folder: string): Promise<{ ms: number; statements: number }> {
  const child = await startChild();
  let statements = "";
  child.stdout?.on("data", (data) => {
    statements += String(data);
  });
  const copy = `${folder}-measured`;
  if (existsSync(folder)) cpSync(folder, copy, { recursive: true });
  const started = performance.now();
  await killedAt(child, { root, folder: copy }, {});
  return { ms: performance.now() - started, statements: Number(statements) };
}

function git(root: string, ...args: string[]): void {
  const config = ["-c", "user.name=a", "-c", "user.email=a@b"];
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_COMMITTER_DATE: "1700000000 +0000",
  };
  execFileSync("git", [...config, ...args], { cwd: root, env, stdio: ["ignore", "ignore", "pipe"] });
}

/** Branches that differ in a fifth of the files. */
function makeRepository(root: string, files: number): void {
  mkdirSync(root, { recursive: true });
  git(root, "init", "-q", "-b", "main");
  const write = (number: number, more: string) => put(root, pathOf(number), textOf(number, more));
  for (let number = 0; number < files; number++) write(number, "");
  commit(root);
  const changes: Record<string, (number: number) => void> = {
    edited: (number) => write(number, "renderTotal"),
    moved: (number) => git(root, "mv", pathOf(number), `moved-${number}${pathOf(number).slice(-3)}`),
    smaller: (number) => rmSync(join(root, pathOf(number))),
    grown: (number) => put(root, `grown/${number}.py`, `def add_${number}(cart):\n    return cart.price\n`),
  };
  for (const branch of BRANCHES.slice(1)) {
    git(root, "checkout", "-q", "-b", branch, "main");
    for (let number = 0; number < files; number += branch === "moved" ? 25 : 5) changes[branch]?.(number);
    commit(root);
  }
}

function commit(root: string): void {
  git(root, "add", "-A");
  git(root, "commit", "-q", "-m", "retry the price of a cart");
}

function pathOf(number: number): string {
  return `src/${number % 20}/file-${number}${[".ts", ".py", ".go"][number % 3]}`;
}

function textOf(number: number, more: string): string {
  const call = `${more || "parse"}${number % 7}`;
  switch (number % 3) {
    case 0:
      return `/** Adds to cart ${number}. */\nexport function add${number}(price: number) {\n  return ${call}(price);\n}\n`;
    case 1:
      return `class Cart${number}:\n    def add(self, price):\n        return ${call}(price)\n`;
    default:
      return `package cart\n\nfunc Add${number}(price int) int {\n\treturn ${call}(price)\n}\n`;
  }
}

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** Numbers in [0, 1) that depend on nothing but the seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
