/** Plans as clients see and change them. */
import {
  type Answer,
  isEnded,
  nexusError,
  type Params,
  type Plan,
  type RunEventBody,
  type RunState,
  type TaskCost,
} from "../../../protocol/index.ts";
import { createAgents } from "../../agents/registry.ts";
import { realPath } from "../../host/files.ts";
import { priceOf } from "../../models/prices.ts";
import { acceptanceProblems, planWarnings } from "../../planning/acceptance.ts";
import { isUnchanged } from "../../planning/diff.ts";
import { begunTasks, progressOf, revisePlan } from "../../planning/revise.ts";
import type { NewEvent } from "../../store/store.ts";
import type { RunDependencies } from "../dependencies.ts";
import { answerKey } from "../people/approval-gate.ts";
import { samePlace } from "../phases/replan.ts";
import { auditRun } from "../rights/audited.ts";
import type { Caller, RunService } from "../run-service.ts";
import { type AllotPorts, allot } from "./allot.ts";
import { groundAt } from "./ground.ts";

type PlanService = Pick<RunService, "showPlan" | "editPlan" | "planHistory">;
type Edited = Answer<"plan/edit">;

/** More changes than that between a look and the next are no coincidence. */
const TRIES = 5;
const OUTCOMES = 200;
const NOTHING: TaskCost = { tokens: 0, usd: 0, minutes: 0 };

export function createPlanService(dependencies: RunDependencies): PlanService {
  const { store } = dependencies;
  return {
    async showPlan({ runId }) {
      const { plan, milestones = [], planRevisions = 0, tasks } = await requireState(dependencies, runId);
      const costs = await store.outcomes.costs(runId);
      const shown = tasks.map(({ id, status }) => ({ id, status, actual: costs.get(id) ?? NOTHING }));
      return { plan, milestones: plan === null ? milestones : [], revisions: planRevisions, tasks: shown };
    },
    editPlan: (params, caller) => editPlan(dependencies, params, caller),
    async planHistory({ workspace, limit = OUTCOMES }) {
      // A folder that is gone keeps its history under the name it had.
      const folder = await realPath(workspace).catch(() => workspace);
      return { outcomes: await store.outcomes.recent(folder, limit) };
    },
  };
}

async function requireState({ store }: RunDependencies, runId: string): Promise<RunState> {
  const state = await store.events.state(runId);
  if (state === undefined) throw nexusError("run.unknown", runId);
  return state;
}

async function editPlan(dependencies: RunDependencies, params: Params<"plan/edit">, caller: Caller): Promise<Edited> {
  const { redactor } = dependencies;
  const key = `plan/edit/${params.idempotencyKey}`;
  const written = JSON.stringify(params.plan) + params.reason;
  if (redactor.redact(written) !== written)
    return refused(["it holds something that is or looks like a key or password; no plan may"]);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const edited = await tryEdit(dependencies, params, caller, key);
    if (edited !== "meanwhile") return edited;
  }
  return refused(["tasks began or ended while the plan was looked at; try again"]);
}

/** `meanwhile`: the run went on between the look and the change, so nothing was done. */
async function tryEdit(
  dependencies: RunDependencies,
  { runId, plan: wanted, reason, revisions }: Params<"plan/edit">,
  caller: Caller,
  key: string,
): Promise<Edited | "meanwhile"> {
  const { store } = dependencies;
  const state = await requireState(dependencies, runId);
  const known = await store.events.find(runId, key);
  if (known?.body.type === "plan.revised") return { change: known.body.change, problems: [], warnings: [] };
  const { plan: before, planRevisions = 0, tasks } = state;
  if (isEnded(state.status) && ["done", "denied"].includes(state.status)) throw nexusError("run.ended");
  if (before === null) throw nexusError("plan.none");
  if (revisions !== undefined && revisions !== planRevisions)
    return refused(["the plan was changed since you looked at it; look again"]);
  const progress = progressOf(tasks);
  const revised = revisePlan(before, wanted, progress, namesOf(before));
  if (!revised.ok) return refused(revised.problems);
  const warnings = await warningsOf(dependencies, state, revised.plan);
  if (isUnchanged(revised.change)) return { change: revised.change, problems: [], warnings };
  const plan = await allot(allotPorts(dependencies, state), state, revised.plan, begunTasks(progress));
  const body = { type: "plan.revised" as const, plan, change: revised.change, by: caller.name, reason };
  const action = `a plan of ${plan.tasks.length} tasks: ${plan.summary}`;
  const decision = { event: "plan" as const, actor: `client:${caller.name}`, action, reason };
  await auditRun(dependencies, runId, { ...decision, verdict: "approved" });
  const written = await store.events.append(runId, [{ body, key }, ...withdrawn(state)], [], samePlace(state));
  return written.length === 0 ? "meanwhile" : { change: revised.change, problems: [], warnings };
}

function refused(problems: string[]): Edited {
  return { change: null, problems, warnings: [] };
}

/** Agents of the folder's own are known by the plan that names them already. */
function namesOf({ tasks }: Plan): string[] {
  const named = tasks.flatMap(({ agent, review }) => (review === undefined ? [agent] : [agent, review.by]));
  return [...new Set([...createAgents().names, ...named])];
}

async function warningsOf({ policyPlace: place }: RunDependencies, state: RunState, plan: Plan): Promise<string[]> {
  const ground = await groundAt({ root: state.isolation?.worktree ?? state.workspace, place });
  return [...(await acceptanceProblems(plan, ground)), ...(await planWarnings(plan, ground))];
}

function allotPorts({ store, defaults, defaultModel }: RunDependencies, { model }: RunState): AllotPorts {
  const { provider, baseUrl = null, price = null } = model;
  const own = defaultModel();
  const isOwn = own?.provider === provider && own.baseUrl === baseUrl;
  return {
    store,
    models: isOwn ? (defaults.models ?? {}) : {},
    priceOf: (name = model.model) =>
      priceOf({ provider, baseUrl, model: name, price: name === model.model ? price : null }),
  };
}

/** A question about the plan as it was is nobody's to answer any more; the run asks anew. */
function withdrawn({ pendingApprovals }: RunState): NewEvent[] {
  return pendingApprovals
    .filter(({ subject }) => subject.kind === "plan")
    .map(({ approvalId }) => {
      const feedback = "The plan was changed; it is asked about anew.";
      const body: RunEventBody = { type: "approval.answered", approvalId, decision: "reject", by: "nexus", feedback };
      return { body, key: answerKey(approvalId) };
    });
}
