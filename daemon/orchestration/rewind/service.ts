/** Checkpoints as clients see them: listing, comparing, going back, going on from one, forgetting. */
import type { Answer, Params, RunState } from "../../../protocol/index.ts";
import { isEnded, nexusError } from "../../../protocol/index.ts";
import { createAgents } from "../../agents/registry.ts";
import type { RunDependencies } from "../dependencies.ts";
import type { Launcher } from "../launcher.ts";
import { choiceOf, settingsFromInput } from "../model-settings.ts";
import { RunStopped } from "../run-context.ts";
import type { RunService } from "../run-service.ts";
import { forkRun } from "./fork.ts";
import { findCheckpoint, listCheckpoints } from "./listing.ts";
import { acceptedPaths } from "./plan.ts";
import { pruneCheckpoints } from "./prune.ts";
import { auditRewind, endedRun, rewindFiles } from "./rewind.ts";

type RewindService = Pick<RunService, "checkpoints" | "checkpointDiff" | "rewind" | "fork" | "prune">;
type Model = Params<"run/fork">["modelSettings"];

const MAX_FILES = 500;

export function createRewindService(
  dependencies: RunDependencies,
  launcher: Launcher,
  oneAtATime: <Value>(key: string, work: () => Promise<Value>) => Promise<Value>,
): RewindService {
  const { store, changes } = dependencies;

  async function requireState(runId: string): Promise<RunState> {
    const state = await store.events.state(runId);
    if (state === undefined) throw nexusError("run.unknown", runId);
    return state;
  }

  async function startFork(fork: Parameters<typeof forkRun>[1], modelSettings: Model) {
    launcher.refuseWhenDraining();
    const choice = modelSettings === undefined ? fork.from.model : choiceOf(settingsFromInput(modelSettings));
    const made = await forkRun(dependencies, fork);
    launcher.shareKey(fork.from.runId, made.runId);
    launcher.keepKey(made.runId, modelSettings?.apiKey);
    if (made.isNew) await launcher.launch(made.runId, "restart", choice);
    return made;
  }

  /** Files first where both go back; the run that goes on begins with the checkpoint's files, or with the present ones. */
  async function rewindConversation(params: Params<"run/rewind">, by: string): Promise<Answer<"run/rewind">> {
    const { to, form, runId, idempotencyKey = dependencies.newId(), modelSettings } = params;
    if (!("checkpoint" in to)) throw nexusError("request.invalid", "Only files go back to before an accept.");
    const from = await endedRun(dependencies, runId);
    const checkpoint = await findCheckpoint(store, runId, to.checkpoint);
    const isAccepted = acceptedPaths(from).length > 0;
    if (isAccepted && form === "conversation") throw nexusError("rewind.accepted");
    const none: Answer<"run/rewind"> = { files: [], conflicts: [], newRunId: null };
    const undone = isAccepted
      ? await rewindFiles(dependencies, { ...params, to: { what: "before_accept" } }, by)
      : none;
    if (undone.conflicts.length > 0 || params.dryRun === true) return undone;
    const commit = form === "both" ? checkpoint.commit : await presentCommit(from);
    await auditRewind(dependencies, runId, { by, action: `put the conversation back to checkpoint ${to.checkpoint}` });
    const fork = { from, checkpoint, commit, prompt: undefined, idempotencyKey, by };
    const { runId: newRunId } = await startFork(fork, modelSettings);
    const body = { type: "run.rewound" as const, byRun: newRunId, checkpoint: checkpoint.number };
    await store.events.append(runId, [{ body, key: `rewound/${newRunId}` }]);
    return { ...undone, newRunId };
  }

  /** What the run made so far, as a commit. */
  async function presentCommit(state: RunState): Promise<string> {
    const { runId, workspace, isolation } = state;
    if (isolation === null) throw nexusError("rewind.nothing");
    if (await changes.checkpoints.hasCopy(runId))
      return (await changes.checkpoints.saveCopy({ runId, workspace, isolation }, "kept")).commit;
    return state.changes?.changeSet.resultCommit ?? isolation.startCommit;
  }

  /** The run counts again; the one that went on from it is cancelled if it is at work. */
  async function undoConversation(state: RunState, rewoundBy: string, by: string): Promise<Answer<"run/rewind">> {
    const next = await store.events.state(rewoundBy);
    if (next !== undefined && !isEnded(next.status)) {
      const body = { type: "run.cancel_requested" as const, by };
      await store.events.append(rewoundBy, [{ body, key: `cancel/${next.attempt}` }]);
      await launcher.stop(rewoundBy, new RunStopped("cancel", `cancelled by ${by}`));
    }
    await auditRewind(dependencies, state.runId, { by, action: "let the conversation stand again" });
    await store.events.append(state.runId, [{ body: { type: "run.rewound", byRun: null, checkpoint: null } }]);
    return { files: [], conflicts: [], newRunId: null };
  }

  return {
    async checkpoints({ runId }) {
      const state = await requireState(runId);
      const canUndo = state.rewoundBy != null || state.rewind?.status === "done";
      const accepted = state.changes?.kept === undefined ? [] : acceptedPaths(state);
      return { checkpoints: await listCheckpoints(store, runId), canUndo, accepted };
    },

    async checkpointDiff({ runId, from, to }) {
      const state = await requireState(runId);
      const first = await findCheckpoint(store, runId, from);
      const last = to === null ? await presentCommit(state) : (await findCheckpoint(store, runId, to)).commit;
      const { files, ...patch } = await changes.checkpoints.compare(state.workspace, first.commit, last);
      return { files: files.slice(0, MAX_FILES), ...patch };
    },

    async rewind(params, caller) {
      const state = await requireState(params.runId);
      if (!isEnded(state.status)) throw nexusError("run.active");
      // Its end is told before its copy is put away.
      await launcher.finished(params.runId);
      const isUndo = "what" in params.to && params.to.what === "before_rewind";
      return oneAtATime(state.workspace, () => {
        if (isUndo && state.rewoundBy != null && params.dryRun !== true)
          return undoConversation(state, state.rewoundBy, caller.name);
        if (params.form === "conversation" || params.form === "both") return rewindConversation(params, caller.name);
        return rewindFiles(dependencies, params, caller.name);
      });
    },

    async fork({ runId, checkpoint: number, prompt, agent, idempotencyKey, modelSettings }, caller) {
      const from = await requireState(runId);
      if (agent !== undefined && !createAgents().names.includes(agent))
        throw nexusError("request.invalid", `There is no agent “${agent}”: ${createAgents().names.join(", ")}.`);
      const checkpoint = await findCheckpoint(store, runId, number);
      const fork = { from, checkpoint, commit: checkpoint.commit, prompt, agent, idempotencyKey, by: caller.name };
      const made = await oneAtATime(idempotencyKey, () => startFork(fork, modelSettings));
      return { runId: made.runId, sessionId: made.sessionId };
    },

    prune: (params) => pruneCheckpoints(dependencies, params),
  };
}
