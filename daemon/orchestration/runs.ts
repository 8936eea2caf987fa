/** The runs of this daemon: starting, steering, cancelling, resuming, and taking up what an earlier daemon left. */
import type { RunEvent, RunState } from "../../protocol/index.ts";
import { isEnded, nexusError } from "../../protocol/index.ts";
import { summaryOf } from "../store/run-rows.ts";
import { answerKey } from "./approval-gate.ts";
import type { RunDependencies } from "./dependencies.ts";
import { createListeners } from "./listeners.ts";
import { choiceOf, requireModel, settingsFromInput, settingsOfChoice } from "./model-settings.ts";
import { isQuarantined, quarantine } from "./quarantine.ts";
import { acceptChanges, discardChanges, finishApplying } from "./run-changes.ts";
import { RunStopped } from "./run-context.ts";
import { type Execution, executeRun, isStoreFailure } from "./run-execution.ts";
import type { RunService } from "./run-service.ts";
import { createRun } from "./run-start.ts";
import { createTurnstile } from "./turnstile.ts";
import { promptKey } from "./work.ts";

interface ActiveRun {
  readonly stop: AbortController;
  readonly finished: Promise<void>;
}

/** Going on from there would only end there again. */
const UNRESUMABLE = new Set(["plan.rejected"]);

export function createRunService(dependencies: RunDependencies): RunService {
  const { store } = dependencies;
  const active = new Map<string, ActiveRun>();
  const keys = new Map<string, string>();
  const oneAtATime = createTurnstile();
  const deltas = createListeners<Parameters<Execution["onDelta"]>[0] & { runId: string }>();
  const changed = createListeners<ReturnType<typeof summaryOf>>();
  const waiting = new Set<string>();
  let draining = false;

  store.events.subscribe((event, state) => {
    if (state.status === "awaiting_approval") waiting.add(event.runId);
    else waiting.delete(event.runId);
    if (CHANGES_SUMMARY.has(event.body.type)) changed.tell(summaryOf(state));
  });

  /** Sets the run going in this process. */
  function launch(runId: string, reason: Execution["reason"], choice: RunState["model"]): void {
    const stop = new AbortController();
    const settings = settingsOfChoice(choice, keys.get(runId), dependencies.defaultModel());
    const onDelta: Execution["onDelta"] = (delta) => deltas.tell({ runId, ...delta });
    const finished = executeRun(dependencies, { runId, settings, reason, signal: stop.signal, onDelta })
      .then(() => afterRun(runId))
      .catch((error: unknown) => {
        if (isStoreFailure(error)) dependencies.onFatal(error);
        else dependencies.log.write("error", "a run could not be carried on", { runId, error: String(error) });
      })
      .finally(() => active.delete(runId));
    active.set(runId, { stop, finished });
  }

  /** Starts what waits in a finished run's queue. */
  async function afterRun(runId: string): Promise<void> {
    const state = await requireState(runId);
    if (!isEnded(state.status)) return;
    if (draining || state.status !== "done") return;
    for (const prompt of state.pendingPrompts) {
      const { sessionId, workspace, mode, headless, autoApply, policy, model, budget } = state;
      const idempotencyKey = `queued/${prompt.promptId}`;
      const made = await createRun(dependencies, {
        params: { workspace, prompt: prompt.text, sessionId, mode, headless, autoApply, policy, idempotencyKey },
        model,
        budgetUsd: budget.limitUsd,
      });
      const delivered = { type: "prompt.delivered" as const, promptId: prompt.promptId, taskId: made.runId, turn: 0 };
      await store.events.append(runId, [{ body: delivered, key: `delivered/${prompt.promptId}` }]);
      const key = keys.get(runId);
      if (key !== undefined) keys.set(made.runId, key);
      if (made.isNew) launch(made.runId, "new", model);
    }
  }

  async function requireState(runId: string): Promise<RunState> {
    const state = await store.events.state(runId);
    if (state === undefined) throw nexusError("run.unknown", runId);
    return state;
  }

  function refuseWhenDraining(): void {
    if (draining) throw nexusError("daemon.draining");
  }

  async function recoverRun(runId: string): Promise<void> {
    const state = await requireState(runId);
    if (isEnded(state.status)) return finishApplying(dependencies, runId);
    if (active.has(runId)) return;
    if (await isQuarantined(store, state)) return quarantine(dependencies, runId);
    try {
      dependencies.createModel(settingsOfChoice(state.model, keys.get(runId), dependencies.defaultModel()));
    } catch (error) {
      // Its key went with the daemon that had it: the run waits until a client brings one.
      if (state.status !== "suspended")
        await store.events.append(runId, [{ body: { type: "run.suspended", reason: String(error) } }]);
      return;
    }
    launch(runId, state.attempt === 0 ? "new" : "restart", state.model);
  }

  return {
    async start(params) {
      refuseWhenDraining();
      const settings = requireModel(params.modelSettings, dependencies.defaultModel());
      if (settings.apiKey !== null) dependencies.redactor.add(settings.apiKey);
      dependencies.createModel(settings);
      const budgetUsd = params.budgetUsd === undefined ? dependencies.defaults.budgetUsd : params.budgetUsd;
      const run = { params, model: choiceOf(settings), budgetUsd };
      const made = await oneAtATime(params.idempotencyKey, () => createRun(dependencies, run));
      if (settings.apiKey !== null) keys.set(made.runId, settings.apiKey);
      if (made.isNew) launch(made.runId, "new", choiceOf(settings));
      return { runId: made.runId, sessionId: made.sessionId };
    },

    async prompt({ runId, text, delivery, idempotencyKey }, caller) {
      refuseWhenDraining();
      const state = await requireState(runId);
      if (isEnded(state.status)) throw nexusError("run.ended");
      const body = { type: "prompt.received" as const, promptId: idempotencyKey, text, delivery, by: caller.name };
      await store.events.append(runId, [{ body, key: promptKey(idempotencyKey) }]);
      return { promptId: idempotencyKey };
    },

    list: ({ workspace, sessionId, cursor, limit = 50 }) =>
      store.projections.listRuns({
        limit,
        ...(workspace === undefined ? {} : { workspace }),
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(cursor === undefined ? {} : { cursor }),
      }),

    show: async ({ runId }) => ({ run: await requireState(runId) }),

    async events({ runId, after, before, limit = 200 }) {
      const { seq } = await requireState(runId);
      const range = before === undefined ? { after: after ?? 0, limit } : { before, limit };
      return { events: await store.events.read(runId, range), lastSeq: seq };
    },

    async cancel({ runId }, caller) {
      const state = await requireState(runId);
      if (isEnded(state.status)) return {};
      const body = { type: "run.cancel_requested" as const, by: caller.name };
      await store.events.append(runId, [{ body, key: `cancel/${state.attempt}` }]);
      const run = active.get(runId);
      if (run === undefined) await endWithoutExecution(runId);
      else run.stop.abort(new RunStopped("cancel", `cancelled by ${caller.name}`));
      await run?.finished;
      return {};
    },

    async resume({ runId, budgetUsd, modelSettings }) {
      refuseWhenDraining();
      const state = await requireState(runId);
      // A full disk can keep a run from even recording that it stopped: then it goes on where it was.
      const isOrphan = !isEnded(state.status) && !active.has(runId);
      if (!isOrphan && !mayBeResumed(state))
        throw nexusError(isEnded(state.status) ? "run.not_resumable" : "run.active");
      await active.get(runId)?.finished;
      if (modelSettings?.apiKey != null) {
        keys.set(runId, modelSettings.apiKey);
        dependencies.redactor.add(modelSettings.apiKey);
      }
      const choice = modelSettings === undefined ? state.model : choiceOf(settingsFromInput(modelSettings));
      dependencies.createModel(settingsOfChoice(choice, keys.get(runId), dependencies.defaultModel()));
      if (budgetUsd !== undefined) await store.events.append(runId, [{ body: { type: "budget.changed", budgetUsd } }]);
      // A suspended run never ended: it goes on in the same attempt.
      launch(runId, isOrphan || state.status === "suspended" ? "restart" : "resume", choice);
      return {};
    },

    async answer({ runId, approvalId, subjectHash, decision, feedback }, caller) {
      const state = await requireState(runId);
      const approval = state.pendingApprovals.find((candidate) => candidate.approvalId === approvalId);
      if (approval === undefined) throw nexusError("approval.unknown");
      if (approval.subjectHash !== subjectHash) throw nexusError("approval.mismatch");
      const said = feedback === undefined ? {} : { feedback };
      const body = { type: "approval.answered" as const, approvalId, decision, by: caller.name, ...said };
      const [event] = await store.events.append(runId, [{ body, key: answerKey(approvalId) }]);
      if (event?.body.type === "approval.answered" && event.body.decision !== decision)
        throw nexusError("approval.unknown", `${event.body.by} answered first.`);
      return {};
    },

    async diff({ runId, path }) {
      const { workspace, changes } = await requireChanges(runId, path);
      return { diff: await dependencies.changes.diff(workspace, changes.changeSet, path) };
    },

    async file({ runId, path, side }) {
      const { workspace, changes } = await requireChanges(runId, path);
      return { text: await dependencies.changes.file(workspace, changes.changeSet, path, side) };
    },

    accept: async (params) => {
      const { workspace } = await requireState(params.runId);
      return oneAtATime(workspace, () => acceptChanges(dependencies, params));
    },

    discard: async (params) => {
      const { workspace } = await requireState(params.runId);
      return oneAtATime(workspace, () => discardChanges(dependencies, params));
    },

    get activeRuns() {
      return [...active.keys()].filter((runId) => !waiting.has(runId)).length;
    },

    onEvent: (listener: (event: RunEvent, state: RunState) => void) => store.events.subscribe(listener),
    onDelta: deltas.add,
    onChanged: changed.add,

    async recover() {
      const applying = await store.projections.applyingRuns();
      const unfinished = await store.projections.unfinishedRuns();
      for (const runId of new Set([...applying, ...unfinished]))
        await recoverRun(runId).catch((error: unknown) => {
          if (isStoreFailure(error)) throw error;
          dependencies.log.write("error", "a run could not be taken up", { runId, error: String(error) });
        });
    },

    async drain(reason) {
      draining = true;
      const running = [...active.values()];
      for (const run of running) run.stop.abort(new RunStopped("suspend", reason));
      await Promise.allSettled(running.map((run) => run.finished));
    },
  };

  async function requireChanges(runId: string, path: string) {
    const { workspace, changes } = await requireState(runId);
    if (changes === null) throw nexusError("changes.none");
    if (!changes.changeSet.files.some((file) => file.path === path)) throw nexusError("changes.unknown_path", path);
    return { workspace, changes };
  }

  /** Ends a run that no process carries: it was suspended, or waits for a key. */
  async function endWithoutExecution(runId: string): Promise<void> {
    const body = { type: "run.finished" as const, status: "cancelled" as const, summary: "The run was cancelled." };
    await store.events.append(runId, [{ body }]);
  }
}

function mayBeResumed({ status, error }: RunState): boolean {
  if (status === "suspended") return true;
  return isEnded(status) && status !== "done" && status !== "denied" && !UNRESUMABLE.has(error?.code ?? "");
}

/** Events after which a list of runs looks different. */
const CHANGES_SUMMARY: ReadonlySet<RunEvent["body"]["type"]> = new Set([
  "run.created",
  "run.started",
  "run.suspended",
  "run.finished",
  "approval.requested",
  "approval.answered",
  "changes.ready",
  "changes.accepted",
  "changes.discarded",
  "changes.superseded",
]);
