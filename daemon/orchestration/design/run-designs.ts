/** Design documents of runs, for those who show and change them: where they stand, and what the log says of them. */
import { isEnded, nexusError, type RunState } from "../../../protocol/index.ts";
import type { CommitFiles } from "../changes/commit-files.ts";
import type { RunDependencies } from "../dependencies.ts";
import { auditRun } from "../rights/audited.ts";
import { createTurnstile } from "../turnstile.ts";
import { designPlace, recordWritten } from "./documents.ts";

/** Its copy while there is one; what it wants to change after; nothing before it has begun. */
export type RunFiles =
  | { readonly kind: "copy"; readonly root: string }
  | { readonly kind: "commit"; readonly files: CommitFiles }
  | { readonly kind: "none" };

export interface RunDesigns {
  /** Rejects with `run.unknown`. */
  look(runId: string): Promise<{ readonly run: RunState; readonly files: RunFiles }>;
  /** Bytes of a document's version or of a screenshot of this run. */
  artifact(runId: string, address: string): Promise<Uint8Array | undefined>;
  /**
   * Lets a person change a document in the run's copy: `write` makes the change, which is then recorded as a version of theirs.
   * Rejects with `run.ended`, with what `write` rejects with, and when the change cannot be recorded in the audit log.
   */
  edit(runId: string, edit: { path: string; by: string; write: (root: string) => Promise<void> }): Promise<void>;
}

type Needs = Pick<RunDependencies, "store" | "changes" | "audit" | "design" | "newId">;

export function createRunDesigns(dependencies: Needs): RunDesigns {
  const { store, changes } = dependencies;
  const inTurn = createTurnstile();

  async function stateOf(runId: string): Promise<RunState> {
    const run = await store.events.state(runId);
    if (run === undefined) throw nexusError("run.unknown", runId);
    return run;
  }

  return {
    async look(runId) {
      const run = await stateOf(runId);
      if (run.isolation !== null && (await changes.checkpoints.hasCopy(runId)))
        return { run, files: { kind: "copy", root: run.isolation.worktree } };
      const commit = run.changes?.changeSet.resultCommit;
      const files = commit === undefined ? undefined : await changes.commitFiles(run.workspace, commit);
      return { run, files: files === undefined ? { kind: "none" } : { kind: "commit", files } };
    },

    async artifact(runId, address) {
      const { design } = await stateOf(runId);
      const pictures = design?.checks.flatMap(({ screenshots }) => screenshots.map(({ artifact }) => artifact)) ?? [];
      const versions = design?.documents.map(({ artifact }) => artifact) ?? [];
      return [...versions, ...pictures].includes(address) ? store.artifacts.get(address) : undefined;
    },

    edit: (runId, { path, by, write }) =>
      inTurn(runId, async () => {
        const { status, isolation } = await stateOf(runId);
        if (isEnded(status) || isolation === null) throw nexusError("run.ended");
        const design = await dependencies.design?.();
        const action = `edit the document ${path}`;
        const decision = { event: "approval" as const, actor: by, action, verdict: "done" as const };
        await auditRun(dependencies, runId, { ...decision, reason: "A person changed it." });
        await write(isolation.worktree);
        const place = await designPlace({ store, runId }, isolation.worktree);
        const found = await design?.describe(place, path);
        const key = `document/edit/${dependencies.newId()}/${path}`;
        if (found === undefined) return;
        await recordWritten({ store, runId, inTurn }, key, path, found, { kind: "person", name: by });
      }),
  };
}
