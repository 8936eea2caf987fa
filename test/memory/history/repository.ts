/** A real repository whose commits come one hour after the other, and a store in memory. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import type { PartStore } from "../../../daemon/memory/code/facts.ts";
import { type OpenedHistory, openHistory } from "../../../daemon/memory/history/open.ts";
import { git, makeFolder, put } from "../../tools/workspace.ts";

const START = 1_700_000_000;
const HOUR = 3_600;
export const YEAR = 365.25 * 24 * HOUR;

export interface TestRepository {
  readonly root: string;
  /** Writes (null removes) and commits; `at` in seconds, by default an hour after the last one. */
  commit(
    message: string,
    files: Readonly<Record<string, string | null>>,
    by?: { author?: string; at?: number },
  ): string;
  git(...args: string[]): string;
}

/** In a folder of its own, which goes with the test, or in one that is given. */
export function makeHistory(root: string = makeFolder({})): TestRepository {
  let clock = START;
  git(root, "init", "-q", "-b", "main");
  const run = (...args: string[]) => {
    const date = `${clock} +0000`;
    const person = { GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "a@localhost" };
    const committer = { GIT_COMMITTER_NAME: "t", GIT_COMMITTER_EMAIL: "t@localhost" };
    const env = { ...process.env, ...person, ...committer, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    return execFileSync("git", args, { cwd: root, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  };
  return {
    root,
    commit(message, files, { author, at } = {}) {
      clock = at ?? clock + HOUR;
      for (const [path, content] of Object.entries(files))
        if (content === null) rmSync(`${root}/${path}`, { force: true });
        else put(root, path, content);
      run("add", "-A");
      const by = author === undefined ? [] : [`--author=${author} <${author}@localhost>`];
      run("commit", "-q", "--allow-empty", "--allow-empty-message", ...by, "-m", message);
      return run("rev-parse", "HEAD").trim();
    },
    git: run,
  };
}

export function memoryStore(): PartStore & { readonly writes: () => number } {
  const kept = new Map<string, Uint8Array>();
  let writes = 0;
  return {
    get: (key) => kept.get(key),
    set(key, bytes) {
      writes += 1;
      kept.set(key, Uint8Array.from(bytes));
    },
    delete: (key) => void kept.delete(key),
    writes: () => writes,
  };
}

export function open(
  root: string,
  store: PartStore = memoryStore(),
  changes: Partial<Parameters<typeof openHistory>[0]> = {},
): Promise<OpenedHistory> {
  return openHistory({ root, store, signal: new AbortController().signal, ...changes });
}
