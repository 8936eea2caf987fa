/** A run without an engine: its events, its copy and the user's tree are real; the agent is the test. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import type { Isolation } from "../../../daemon/orchestration/changes/changes.ts";
import { createChanges } from "../../../daemon/orchestration/changes/create.ts";
import type { RunDependencies } from "../../../daemon/orchestration/dependencies.ts";
import { pruneCheckpoints } from "../../../daemon/orchestration/rewind/prune.ts";
import { finishRewind, rewindFiles } from "../../../daemon/orchestration/rewind/rewind.ts";
import { acceptChanges } from "../../../daemon/orchestration/run-changes.ts";
import { createAudit } from "../../../daemon/security/audit/audit.ts";
import { createTrust } from "../../../daemon/security/trust.ts";
import { openStore } from "../../../daemon/store/sqlite.ts";
import type { Answer, Params, RunEventBody, RunState } from "../../../protocol/index.ts";
import { temporaryFolder } from "../changes/fixture.ts";

const silent = { write: () => undefined, with: () => silent };
const signal = new AbortController().signal;

export interface RunBench {
  readonly runId: string;
  readonly dependencies: RunDependencies;
  readonly isolation: Isolation;
  append(body: RunEventBody): Promise<void>;
  state(): Promise<RunState>;
  /** Answers with the files that are not in it. */
  checkpoint(): Promise<readonly string[]>;
  /** Ends the run; a run that is done has its copy removed. */
  end(status: "done" | "cancelled"): Promise<void>;
  accept(paths?: string[]): Promise<Answer<"changes/accept">>;
  rewind(to: Params<"run/rewind">["to"], more?: Partial<Params<"run/rewind">>): Promise<Answer<"run/rewind">>;
  finish(): Promise<void>;
  prune(params: Params<"run/prune">): Promise<Answer<"run/prune">>;
}

export async function runIn(workspace: string, home = temporaryFolder()): Promise<RunBench> {
  const store = await openStore({ home, log: silent, validateEvents: true });
  onTestFinished(() => store.close());
  const base = { clock: systemClock, log: silent, redact: (text: string) => text };
  const audit = createAudit({ home, heads: store.auditHeads, epoch: store.epoch, ...base });
  const trust = createTrust({ rows: store.trust, audit, clock: systemClock, log: silent });
  onTestFinished(() => audit.close());
  const changes = createChanges({ home, log: silent });
  const runId = `run-${randomUUID().slice(0, 8)}`;
  const dependencies: RunDependencies = {
    ...{
      store,
      changes,
      audit,
      trust,
      keepRule: async () => undefined,
      clock: systemClock,
      log: silent,
      newId: randomUUID,
    },
    redactor: { add: () => undefined, learn: () => undefined, redact: (text) => text },
    defaultModel: () => null,
    defaults: { budgetUsd: null, policy: {} },
    createModel: () => {
      throw new Error("no model here");
    },
    onFatal: () => undefined,
  };
  const append = async (body: RunEventBody) => void (await store.events.append(runId, [{ body }]));
  const state = async () => {
    const found = await store.events.state(runId);
    if (found === undefined) throw new Error("no run");
    return found;
  };
  await append({
    ...{ type: "run.created", sessionId: "s", workspace, prompt: "p", mode: "act", headless: false, autoApply: false },
    ...{ model: { provider: "openai", model: "m" }, budgetUsd: null, policy: {}, continues: null },
  });
  await append({ type: "run.started", attempt: 1, reason: "new" });
  const isolation = await changes.isolate({ runId, workspace, signal });
  const { baseCommit, startCommit, worktree, linked } = isolation;
  await append({ type: "run.isolated", baseCommit, startCommit, worktree, linked: [...linked] });

  return {
    ...{ runId, dependencies, isolation, append, state },
    async checkpoint() {
      const number = ((await state()).checkpoints ?? 0) + 1;
      const { commit, leftOut } = await changes.checkpoints.take({ runId, workspace, isolation }, { number, signal });
      const at = { number, taskId: "t", turn: number, durationMs: 1 };
      await append({ type: "checkpoint.taken", ...at, commit, leftOut: [...leftOut] });
      return leftOut;
    },
    async end(status) {
      const changeSet = await changes.collect({ runId, workspace, isolation, signal });
      if (changeSet.files.length > 0) await append({ type: "changes.ready", changeSet });
      await append({ type: "run.finished", status, summary: "" });
      if (status === "done") await changes.release(runId, workspace);
    },
    accept: (paths) =>
      acceptChanges(dependencies, { runId, ...(paths === undefined ? {} : { paths }) }, { name: "test" }),
    rewind: (to, more = {}) => rewindFiles(dependencies, { runId, to, ...more }, "test"),
    finish: () => finishRewind(dependencies, runId),
    prune: (params) => pruneCheckpoints(dependencies, params),
  };
}

/** Ids of every content that git can reach from a private ref, in the user's repository or the private one. */
export function reachable(workspace: string, home: string): Set<string> {
  const repos = join(home, "repos");
  const own = existsSync(repos) ? readdirSync(repos).map((name) => join(repos, name)) : [];
  const folders = existsSync(join(workspace, ".git")) ? [join(workspace, ".git")] : own;
  const found = folders.flatMap((gitDir) =>
    execFileSync("git", ["--git-dir", gitDir, "rev-list", "--objects", "--glob=refs/nexus/*"], { encoding: "utf8" })
      .split("\n")
      .map((line) => line.split(" ")[0] ?? ""),
  );
  return new Set(found);
}
