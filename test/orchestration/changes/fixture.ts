/** Real repositories in throw-away folders. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";
import type { Isolation } from "../../../daemon/orchestration/changes/changes.ts";
import { createChanges } from "../../../daemon/orchestration/changes/create.ts";
import type { ChangeSet } from "../../../protocol/index.ts";
import { removeFolder } from "../../support/remove.ts";

const silent = { write: () => undefined, with: () => silent };
const made: string[] = [];

afterEach(async () => {
  for (const folder of made.splice(0)) await removeFolder(folder);
});

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-changes-")));
  made.push(folder);
  return folder;
}

/** File content by path; a folder ends with a slash, a link begins with "-> ", null removes. */
export type Files = Readonly<Record<string, string | Buffer | null>>;

export function write(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path);
    const parts = path.split("/").slice(0, -1);
    const above = parts.map((_part, index) => join(root, ...parts.slice(0, index + 1)));
    const inTheWay = above.find((folder) => lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === false);
    if (inTheWay !== undefined && content === null) continue;
    if (inTheWay !== undefined) rmSync(inTheWay);
    rmSync(target, { recursive: true, force: true });
    if (content === null) continue;
    mkdirSync(path.endsWith("/") ? target : dirname(target), { recursive: true });
    if (path.endsWith("/")) continue;
    if (typeof content === "string" && content.startsWith("-> ")) symlinkSync(content.slice(3), target);
    else writeFileSync(target, content);
  }
}

/** Everything in a folder but git's own and what `without` names: path → kind and content. */
export function contents(root: string, without: readonly string[] = [], folder = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (name === ".git" || without.includes(path)) continue;
    const stats = lstatSync(join(root, path));
    if (stats.isDirectory()) Object.assign(found, contents(root, without, path));
    else if (stats.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(root, path))}`;
    else found[path] = `${(stats.mode & 0o100) === 0 ? "" : "x "}${readFileSync(join(root, path), "latin1")}`;
  }
  return found;
}

export function gitIn(folder: string, ...args: string[]): string {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "commit.gpgSign=false"];
  const stdio: ("ignore" | "pipe")[] = ["ignore", "pipe", "pipe"];
  return execFileSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8", stdio });
}

/** A repository with these files committed. */
export function repositoryWith(files: Files, folder = temporaryFolder()): string {
  gitIn(folder, "init", "-q", "-b", "main");
  write(folder, files);
  gitIn(folder, "add", "-A");
  gitIn(folder, "commit", "-q", "--allow-empty", "-m", "first");
  return folder;
}

/** What a user sees of git; must be the same before and after a run's snapshot. */
export function gitState(folder: string): string {
  const commands = [
    ["status", "--porcelain"],
    ["diff", "--cached"],
    ["stash", "list"],
    ["for-each-ref", "refs/heads", "refs/tags", "refs/stash"],
    ["symbolic-ref", "-q", "HEAD"],
  ];
  return commands.map((command) => safely(() => gitIn(folder, ...command))).join("\n---\n");
}

function safely(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return String(error instanceof Error && "status" in error ? error.status : error);
  }
}

export interface Bench {
  readonly home: string;
  readonly workspace: string;
  readonly changes: ReturnType<typeof createChanges>;
  isolate(runId?: string, continues?: ChangeSet): Promise<Isolation>;
  collect(isolation: Isolation, runId?: string): Promise<ChangeSet>;
  /** Isolates, lets `work` change the copy, and collects. */
  run(work: (copy: string) => void, runId?: string): Promise<ChangeSet>;
  accept(changeSet: ChangeSet, paths?: readonly string[]): Promise<{ path: string; reason: string }[]>;
}

export function benchFor(workspace: string, home = temporaryFolder()): Bench {
  const changes = createChanges({ home, log: silent });
  const signal = new AbortController().signal;
  const isolate: Bench["isolate"] = (runId = "run-1", continues) =>
    changes.isolate({ runId, workspace, signal, ...(continues === undefined ? {} : { continues }) });
  const collect: Bench["collect"] = (isolation, runId = "run-1") =>
    changes.collect({ runId, workspace, isolation, signal });
  return {
    home,
    workspace,
    changes,
    isolate,
    collect,
    async run(work, runId) {
      const isolation = await isolate(runId);
      work(isolation.worktree);
      return collect(isolation, runId);
    },
    async accept(changeSet, paths = changeSet.files.map((file) => file.path)) {
      return (await changes.apply(workspace, changeSet, paths)).conflicts;
    },
  };
}

export function makeExecutable(path: string): void {
  chmodSync(path, 0o755);
}
