/** Scans of a workspace beside `git status` on the same repository: nothing changed, one save, another branch. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scanWorkspace } from "../daemon/memory/sources/scan.ts";
import { scanPaths } from "../daemon/memory/sources/scan-paths.ts";
import type { Scan } from "../daemon/memory/sources/scan-state.ts";
import { type Figure, repeat, sideBySide, timed } from "./measure.ts";

const FILES = 6500;
const CHANGED = 50;
const ROUNDS = 20;
const signal = new AbortController().signal;

/** `folder` is empty; the repository is made in it. */
export async function measureScan(folder: string): Promise<Figure[]> {
  makeRepository(folder);
  let scan = await scanWorkspace(folder, { signal });
  const again = async () => {
    scan = await scanWorkspace(folder, { signal, previous: scan });
  };
  const unchanged = await sideBySide(
    ROUNDS,
    () => repeat(2, again),
    () => repeat(2, () => status(folder)),
  );
  const fresh = await repeat(5, () => scanWorkspace(folder, { signal }));
  const save = await repeat(20, async () => {
    scan = await saveOne(folder, scan);
  });
  git(folder, "checkout", "-q", "--", ".");
  await again();
  const switches: number[] = [];
  for (const branch of ["other", "main", "other", "main"]) {
    git(folder, "checkout", "-q", branch);
    switches.push(await timed(again));
  }
  const middle = (times: readonly number[]) => times.toSorted((one, two) => one - two)[times.length >> 1] ?? Number.NaN;
  return [
    {
      name: `scan of ${FILES} unchanged files ÷ git status`,
      value: unchanged.first / unchanged.second,
      limit: 1.2,
      unit: "×",
    },
    { name: "  scan, nothing changed", value: unchanged.first, unit: "ms" },
    { name: "  git status", value: unchanged.second, unit: "ms" },
    { name: "  first scan", value: middle(fresh), unit: "ms" },
    { name: "  scan of one saved file", value: middle(save), unit: "ms" },
    { name: `  scan after a branch switch that changes ${CHANGED} files`, value: middle(switches), unit: "ms" },
  ];
}

function makeRepository(folder: string): void {
  for (let file = 0; file < FILES; file++) {
    const path = join(folder, `package-${file % 40}`, `part-${file % 13}`);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, `file-${file}.ts`), `export const value${file} = ${file};\n`.repeat(60));
  }
  git(folder, "init", "-q", "-b", "main");
  commit(folder);
  git(folder, "checkout", "-q", "-b", "other");
  for (let file = 0; file < CHANGED; file++)
    writeFileSync(join(folder, `package-${file % 40}`, `part-${file % 13}`, `file-${file}.ts`), "changed\n");
  commit(folder);
  git(folder, "checkout", "-q", "main");
  // Files as old as the index are read again by git each time.
  git(folder, "update-index", "-q", "--really-refresh");
}

async function saveOne(folder: string, previous: Scan): Promise<Scan> {
  const path = "package-0/part-0/file-0.ts";
  writeFileSync(join(folder, path), `// ${Math.random()}\n`);
  return scanPaths(folder, [path], { signal, previous });
}

function commit(folder: string): void {
  git(folder, "add", "-A");
  git(folder, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "bench");
}

function git(folder: string, ...args: string[]): void {
  execFileSync("git", args, { cwd: folder, stdio: "ignore" });
}

async function status(folder: string): Promise<void> {
  const child = spawn("git", ["status"], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  child.stdout.resume();
  await once(child, "close");
}
