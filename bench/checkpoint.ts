/** A checkpoint of a run's copy with a few changed files, beside `git stash create` in a clone with the same changes. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLog } from "../daemon/observability/log-file.ts";
import { createChanges } from "../daemon/orchestration/changes/create.ts";
import { type Figure, sideBySide, timed } from "./measure.ts";

const FILES = 10_000;
const CHANGED = 5;
const ROUNDS = 15;
const signal = new AbortController().signal;

/** `folder` is empty; repository and data folder are made in it. */
export async function measureCheckpoint(folder: string): Promise<Figure[]> {
  const workspace = join(folder, "workspace");
  makeRepository(workspace);
  const { checkpoints, isolate } = createChanges({ home: join(folder, "home"), log: silentLog });
  const isolation = await isolate({ runId: "bench", workspace, signal });
  const place = { runId: "bench", workspace, isolation };
  let round = 0;
  const times = await sideBySide(
    ROUNDS,
    async () => {
      round += 1;
      change(isolation.worktree, round);
      return [await timed(() => checkpoints.take(place, { number: round, signal }))];
    },
    async () => {
      change(workspace, round);
      return [await timed(() => stash(workspace))];
    },
  );
  return [
    {
      name: `checkpoint of ${FILES} files ÷ git stash create`,
      value: times.first / times.second,
      limit: 1.5,
      unit: "×",
    },
    { name: `  checkpoint with ${CHANGED} changed files`, value: times.first, unit: "ms" },
    { name: "  git stash create", value: times.second, unit: "ms" },
  ];
}

function change(folder: string, round: number): void {
  for (let file = 0; file < CHANGED; file++) writeFileSync(pathOf(folder, file), `changed in round ${round}\n`);
}

function pathOf(folder: string, file: number): string {
  return join(folder, `package-${file % 40}`, `part-${file % 13}`, `file-${file}.ts`);
}

function makeRepository(folder: string): void {
  for (let file = 0; file < FILES; file++) {
    const path = pathOf(folder, file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `export const value${file} = ${file};\n`.repeat(40));
  }
  git(folder, "init", "-q", "-b", "main");
  git(folder, "config", "user.name", "bench");
  git(folder, "config", "user.email", "bench@localhost");
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", "bench");
  git(folder, "update-index", "-q", "--really-refresh");
}

function git(folder: string, ...args: string[]): void {
  execFileSync("git", args, { cwd: folder, stdio: "ignore" });
}

async function stash(folder: string): Promise<void> {
  const child = spawn("git", ["stash", "create"], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  child.stdout.resume();
  await once(child, "close");
}
