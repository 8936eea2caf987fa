/** The runs of this daemon: starting, steering, cancelling, resuming, and taking up what an earlier daemon left. */
import type { RunEvent, RunState, RunSummary } from "../../protocol/index.ts";
import { isEnded, nexusError } from "../../protocol/index.ts";
import { summaryOf } from "../store/run-rows.ts";
import type { RunDependencies } from "./dependencies.ts";
import { createLauncher } from "./launcher.ts";
import { createListeners } from "./listeners.ts";
import { choiceOf, requireModel, settingsFromInput } from "./model-settings.ts";
import { createAnswers } from "./people/answers.ts";
import { answerQuestion } from "./people/question-gate.ts";
import { createPlanService } from "./planning/plan-service.ts";
import { compareRuns } from "./replay/compare-runs.ts";
import { pruneWhenIdle } from "./rewind/prune.ts";
import { createRewindService } from "./rewind/service.ts";
import { acceptChanges, discardChanges, takenChanges } from "./run-changes.ts";
import { RunStopped } from "./run-context.ts";
import type { Execution } from "./run-execution.ts";
import type { RunService } from "./run-service.ts";
import { createRun } from "./run-start.ts";
import { createScheduler } from "./scheduling/scheduler.ts";
import { DEFAULT_SCHEDULING } from "./scheduling/settings.ts";
import { createSessionService } from "./sessions.ts";
import { requireOpenTask } from "./steering.ts";
import { controlTask } from "./team/control.ts";
import { createTurnstile } from "./turnstile.ts";
import { promptKey } from "./work.ts";
import { openWorkflowService } from "./workflows/open-service.ts";

/** Who starts what is due by a schedule. */
const SCHEDULE = { name: "schedule" };

/** Going on from there would only end there again. */
const UNRESUMABLE = new Set(["plan.rejected", "workflow.failed"]);

export function createRunService(dependencies: RunDependencies): RunService {
  const { store } = dependencies;
  const oneAtATime = createTurnstile();
  const deltas = createListeners<Parameters<Execution["onDelta"]>[0] & { runId: string }>();
  const changed = createListeners<RunSummary>();
  const scheduler = createScheduler(dependencies.scheduling ?? DEFAULT_SCHEDULING, dependencies.clock);
  const launcher = createLauncher(dependencies, deltas.tell, scheduler);

  store.events.subscribe((event, state) => {
    if (CHANGES_SUMMARY.has(event.body.type)) changed.tell(summaryOf(state));
  });

  const workflows = openWorkflowService(dependencies, launcher, (params) => service.start(params, SCHEDULE));

  async function requireState(runId: string): Promise<RunState> {
    const state = await store.events.state(runId);
    if (state === undefined) throw nexusError("run.unknown", runId);
    return state;
  }

  const service: RunService = {
    async start(params, caller) {
      launcher.refuseWhenDraining();
      const settings = requireModel(params.modelSettings, dependencies.defaultModel());
      dependencies.createModel(settings);
      const budgetUsd = params.budgetUsd === undefined ? dependencies.defaults.budgetUsd : params.budgetUsd;
      const run = { params, model: choiceOf(settings), budgetUsd };
      return oneAtATime(params.idempotencyKey, async () => {
        const isKnown = (await store.projections.runOfKey(params.idempotencyKey)) !== undefined;
        const release = isKnown ? () => undefined : scheduler.claimPlace();
        try {
          const { isNew, ...made } = await createRun(dependencies, run, caller);
          launcher.keepKey(made.runId, settings.apiKey);
          const place = isNew ? await launcher.launch(made.runId, "new", choiceOf(settings)) : undefined;
          return place === undefined ? made : { ...made, queuePlace: place };
        } finally {
          release();
        }
      });
    },

    async prompt({ runId, text: typed, delivery, taskId, idempotencyKey }, caller) {
      launcher.refuseWhenDraining();
      const state = await requireState(runId);
      if (isEnded(state.status)) throw nexusError("run.ended");
      if (taskId !== undefined) requireOpenTask(state, taskId);
      const text = dependencies.redactor.redact(typed);
      const to = { delivery, ...(taskId === undefined ? {} : { forTask: taskId }), by: caller.name };
      const body = { type: "prompt.received" as const, promptId: idempotencyKey, text, ...to };
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
      if (launcher.withdraw(runId)) await endWithoutExecution(runId);
      else if (launcher.isActive(runId))
        await launcher.stop(runId, new RunStopped("cancel", `cancelled by ${caller.name}`));
      else await endWithoutExecution(runId);
      return {};
    },

    async resume({ runId, budgetUsd, modelSettings }) {
      launcher.refuseWhenDraining();
      const state = await requireState(runId);
      // A full disk can keep a run from even recording that it stopped: then it goes on where it was.
      const isOrphan = !isEnded(state.status) && !launcher.isActive(runId);
      if (!isOrphan && !mayBeResumed(state))
        throw nexusError(isEnded(state.status) ? "run.not_resumable" : "run.active");
      await launcher.finished(runId);
      launcher.keepKey(runId, modelSettings?.apiKey);
      const choice = modelSettings === undefined ? state.model : choiceOf(settingsFromInput(modelSettings));
      launcher.checkModel(runId, choice);
      if (budgetUsd !== undefined) await store.events.append(runId, [{ body: { type: "budget.changed", budgetUsd } }]);
      // A suspended run never ended: it goes on in the same attempt.
      launcher.withdraw(runId);
      await launcher.launch(runId, isOrphan || state.status === "suspended" ? "restart" : "resume", choice);
      return {};
    },

    controlTask: (action, params, caller) => controlTask(dependencies, action, params, caller),

    ...createAnswers(dependencies),
    ...createPlanService(dependencies),

    async answerQuestion(params, caller) {
      await answerQuestion(store, await requireState(params.runId), params, caller);
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

    accept: async (params, caller) => {
      const { workspace } = await requireState(params.runId);
      return oneAtATime(workspace, () => acceptChanges(dependencies, params, caller));
    },

    discard: async (params, caller) => {
      const { workspace } = await requireState(params.runId);
      return oneAtATime(workspace, () => discardChanges(dependencies, params, caller));
    },

    taken: async (params, caller) => {
      const { workspace } = await requireState(params.runId);
      return oneAtATime(workspace, () => takenChanges(dependencies, params, caller));
    },

    async replay({ runId }) {
      // Loaded when it is wanted: it brings the engine along.
      const { replayRun } = await import("./replay/replay.ts");
      return replayRun(store, runId, dependencies.team);
    },
    compare: (params) => compareRuns(dependencies, params),

    ...createRewindService(dependencies, launcher, oneAtATime),

    sessions: createSessionService(dependencies),
    workflows,

    get activeRuns() {
      return launcher.working;
    },

    scheduling: scheduler.view,
    onEvent: (listener: (event: RunEvent, state: RunState) => void) => store.events.subscribe(listener),
    onDelta: deltas.add,
    onChanged: changed.add,

    async recover() {
      await launcher.recover();
      pruneWhenIdle(dependencies, () => launcher.working === 0);
      await workflows.begin();
    },
    async drain(reason) {
      workflows.end();
      scheduler.close();
      await launcher.drain(reason);
    },
  };
  return service;

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
  "question.asked",
  "question.answered",
  "changes.ready",
  "changes.accepted",
  "changes.discarded",
  "changes.superseded",
  "rewind.finished",
  "run.rewound",
]);
