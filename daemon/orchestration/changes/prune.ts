/** What is kept of runs in a repository, how large it is, and forgetting it. */
import { git, tryGit } from "../../host/git.ts";
import type { KeptRun } from "./changes.ts";
import { callOnObjects, type Repository } from "./repository.ts";

const COLLECT_MS = 10 * 60_000;

/** By run, in no order. A ref that no run of Nexus can have is left alone. */
export async function keptRuns(repository: Repository): Promise<KeptRun[]> {
  const format = "--format=%(refname)";
  const output = await git(callOnObjects(repository), "for-each-ref", format, "--sort=version:refname", "refs/nexus/");
  const byRun = new Map<string, string[]>();
  for (const ref of output.toString().split("\n")) {
    const runId = /^refs\/nexus\/([A-Za-z0-9][A-Za-z0-9_-]{0,79})\/./.exec(ref)?.[1];
    if (runId !== undefined) byRun.set(runId, [...(byRun.get(runId) ?? []), ref]);
  }
  return Promise.all([...byRun].map(async ([runId, refs]) => ({ runId, refs, bytes: await sizeOf(repository, refs) })));
}

async function sizeOf(repository: Repository, refs: readonly string[]): Promise<number> {
  const shared = ["--not", "--branches", "--tags", "--remotes"];
  const command = ["rev-list", "--disk-usage", "--objects", ...refs, ...shared];
  const { exitCode, stdout } = await tryGit(callOnObjects(repository), ...command);
  return exitCode === 0 ? Number(stdout.toString().trim()) || 0 : 0;
}

/** In the user's repository git's own cleaning removes the content; nobody else cleans a private one. */
export async function dropRefs(repository: Repository, refs: readonly string[]): Promise<void> {
  if (refs.length === 0) return;
  const input = refs.map((ref) => `delete ${ref}\n`).join("");
  await git({ ...callOnObjects(repository), input }, "update-ref", "--stdin");
  // Younger objects may belong to a snapshot that is just being made.
  if (repository.kind === "private")
    await tryGit({ ...callOnObjects(repository), timeoutMs: COLLECT_MS }, "gc", "--quiet", "--prune=1.hour.ago");
}
