/** Another plan for what has not begun, when a task shows that the plan does not hold. */
import * as z from "zod/mini";
import { NexusError, type Plan, type PlanChange, type RunEventOf, type RunState } from "../../../protocol/index.ts";
import { type Section, textContent } from "../../memory/context/window.ts";
import { growthOf } from "../../planning/growth.ts";
import { planAnew } from "../../planning/reconsider.ts";
import { begunTasks, progressOf, replaceWaiting, revisePlan } from "../../planning/revise.ts";
import { agreeOnPlan } from "../planning/agree.ts";
import { allot } from "../planning/allot.ts";
import { cleanPlan } from "../planning/clean-plan.ts";
import { agentsOf } from "../run-agents.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import type { HandOver } from "../work.ts";
import { workRoot } from "./begin.ts";
import { testsAt } from "./check.ts";
import { sectionsOfPlanning } from "./openings.ts";
import { allotPorts, checkOf, openingOf, plannerPorts } from "./plan.ts";
import { survey } from "./survey.ts";

export interface Doubt {
  readonly taskId: string;
  /** What was found, and why the plan does not hold. */
  readonly evidence: string;
}

/** `revised`: the run goes on with another plan. Else the task's failure stands. */
export type Replanned = "revised" | "refused" | "exhausted" | "failed";

/** A plan that is wrong more often than that was never understood. */
const MOST_ROUNDS = 2;
const EVIDENCE = 4000;
const TRIES = 5;

/** Called again with the same task, after a restart too, it goes on where it was. */
export async function replan(context: RunContext, doubt: Doubt): Promise<Replanned> {
  const round = await claimRound(context, doubt);
  if (round === undefined) return "exhausted";
  const adopted = await context.store.events.find(context.runId, adoptionKey(round));
  if (adopted !== undefined) return "revised";
  const before = await stateOf(context);
  const proposed = await reconsider(context, round, doubt);
  if (proposed?.plan == null) return "failed";
  if (!(await isAgreed(context, proposed, proposed.plan))) {
    const { planRevisions } = await stateOf(context);
    return planRevisions === before.planRevisions ? "refused" : "revised";
  }
  return adopt(context, proposed, proposed.plan);
}

/** The round of this task; the next free one when it has none. */
async function claimRound(context: RunContext, { taskId, evidence }: Doubt): Promise<number | undefined> {
  const told = context.redact(evidence).slice(0, EVIDENCE);
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const body = { type: "plan.doubted" as const, taskId, evidence: told, round };
    const known = await record(context, body, `replan/${round}/doubted`);
    if (known.body.type === "plan.doubted" && known.body.taskId === taskId) return round;
  }
  return undefined;
}

type Reconsidered = RunEventOf<"plan.reconsidered">;

async function reconsider(context: RunContext, round: number, doubt: Doubt): Promise<Reconsidered | undefined> {
  const key = `replan/${round}/plan`;
  const known = await context.store.events.find(context.runId, key);
  if (known?.body.type === "plan.reconsidered") return known.body;
  const state = await stateOf(context);
  if (state.plan === null) return undefined;
  const made = await wantedPlan(context, state, state.plan, round, doubt);
  const body = made === undefined ? undefined : { type: "plan.reconsidered" as const, round, ...made };
  if (body === undefined) return undefined;
  const event = await record(context, body, key);
  return event.body.type === "plan.reconsidered" ? event.body : undefined;
}

/** Undefined when the model could not be asked; a later attempt may. */
async function wantedPlan(
  context: RunContext,
  state: RunState,
  before: Plan,
  round: number,
  doubt: Doubt,
): Promise<Omit<Reconsidered, "type" | "round"> | undefined> {
  try {
    const { root } = await workRoot(context);
    const stage = `replan-${round}`;
    const agents = await agentsOf(context);
    const place = { taskId: stage, root, prompt: `${state.prompt}\n${doubt.evidence}`, withContents: true };
    const sections = await sectionsOfDoubt(context, state, before, doubt, await survey(context, place));
    const progress = progressOf(state.tasks);
    const tasks = await planAnew(
      {
        ...{ stage, before, progress, agents: agents.list, checkPlan: await checkOf(context) },
        opening: await openingOf(context, sections),
      },
      plannerPorts(context, state),
    );
    const wanted = cleanPlan(context, replaceWaiting(before, tasks, progress));
    const revised = revisePlan(before, wanted, progress, agents.names);
    if (!revised.ok) return { plan: null, change: null, reason: revised.problems.join("; "), grows: [] };
    const plan = await allot(allotPorts(context), state, revised.plan, begunTasks(progress));
    const testCommand = (await testsAt(context, root, null))?.command;
    const grows = growthOf(before, plan, { testCommand, budgetUsd: state.budget.limitUsd });
    return { plan, change: revised.change, reason: reasonOf(doubt), grows };
  } catch (error) {
    if (!(error instanceof NexusError) || !/^(plan\.invalid|model\.|replay\.)/.test(error.value.code)) throw error;
    context.log.write("warn", "the plan could not be made anew", { error: error.message });
    if (error.value.code !== "plan.invalid") return undefined;
    return { plan: null, change: null, reason: context.redact(error.message), grows: [] };
  }
}

async function sectionsOfDoubt(
  context: RunContext,
  state: RunState,
  { summary, tasks }: Plan,
  { taskId, evidence }: Doubt,
  seen: Parameters<typeof sectionsOfPlanning>[1],
): Promise<Section[]> {
  const { counter } = await context.window();
  const status = new Map(state.tasks.map((task) => [task.id, task.status]));
  const listed = tasks.map(({ id, title, goal }) => `- ${id} (${status.get(id) ?? "waiting"}): ${title}. ${goal}`);
  const text = `The plan so far: ${summary}\n${listed.join("\n")}\n\nIt does not hold. Task ${taskId} found:\n${evidence}`;
  const content = textContent(text, counter.count);
  const plan: Section = { name: "plan", label: "", kind: "words", priority: 1, minShare: 0, maxShare: 0.6, content };
  return [...sectionsOfPlanning(state, seen, counter.count), plan];
}

function reasonOf({ taskId, evidence }: Doubt): string {
  return `Task ${taskId}: ${evidence}`.slice(0, 1000);
}

/** What the plan before covers needs no second answer. */
async function isAgreed(context: RunContext, { round, change, grows }: Reconsidered, plan: Plan): Promise<boolean> {
  if (grows.length === 0) return true;
  const question = { key: `replan/${round}`, title: "Approve the new plan?", plan, why: grows.join(" ") };
  const answer = await agreeOnPlan(context, { ...question, ...(change === null ? {} : { change }) });
  return answer === "unasked" || answer.decision === "approve";
}

/** Tasks may have begun, and a person may have changed the plan, since it was made: it is fitted to what is by now. */
async function adopt(context: RunContext, { round, reason }: Reconsidered, proposed: Plan): Promise<Replanned> {
  const { names } = await agentsOf(context);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const state = await stateOf(context);
    if (state.plan === null) return "failed";
    const progress = progressOf(state.tasks);
    const begun = begunTasks(progress);
    const fresh = proposed.tasks.filter(({ id }) => !begun.has(id));
    const revised = revisePlan(state.plan, replaceWaiting(state.plan, fresh, progress), progress, names);
    if (!revised.ok) return "failed";
    const plan = fitted(revised.plan, proposed);
    const change: PlanChange = revised.change;
    const body = { type: "plan.revised" as const, plan, change, by: "nexus", reason };
    const entry = { body, key: adoptionKey(round) };
    const events = await context.store.events.append(context.runId, [entry], [], samePlace(state));
    if (events.length > 0) return "revised";
  }
  return "failed";
}

/** With the estimates and shares that were recorded with the proposal, so that a restart has the same. */
function fitted(plan: Plan, proposed: Plan): Plan {
  const known = new Map(proposed.tasks.map((task) => [task.id, task]));
  const { estimate, concurrency, milestones } = proposed;
  return {
    ...plan,
    tasks: plan.tasks.map((task) => known.get(task.id) ?? task),
    ...(milestones === undefined ? {} : { milestones }),
    ...(estimate === undefined ? {} : { estimate }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

/** Whether a run's plan and the tasks that began are still those of this state. */
export function samePlace(seen: RunState): (state: RunState) => boolean {
  const placeOf = ({ planRevisions = 0, tasks }: RunState) =>
    `${planRevisions} ${tasks.map(({ id, status }) => `${id}:${status}`).join(" ")}`;
  return (state) => placeOf(state) === placeOf(seen);
}

function adoptionKey(round: number): string {
  return `replan/${round}/revised`;
}

const Obstacle = z.object({
  found: z.string().check(z.minLength(1), z.maxLength(2000)),
  why: z.string().check(z.minLength(1), z.maxLength(2000)),
});

/** The call by which an agent says that its task cannot be done as the plan says. It ends the agent's work on the task. */
export function reportObstacle(context: RunContext, taskId: string): HandOver {
  const text = { type: "string" };
  return {
    schema: {
      name: "report_obstacle",
      description:
        "Ends this task: what you found shows that the plan does not hold, and no work within the task can change that.",
      parameters: { type: "object", properties: { found: text, why: text }, required: ["found", "why"] },
    },
    async take(argumentsText) {
      const parsed = Obstacle.safeParse(parsedJson(argumentsText));
      if (!parsed.success) return "It takes two texts: found (what you saw) and why (why the plan does not hold).";
      const found = context.redact(parsed.data.found);
      const why = context.redact(parsed.data.why);
      await record(context, { type: "obstacle.reported", taskId, found, why }, `obstacle/${taskId}`);
      return undefined;
    },
  };
}

/** What the task's agent reported, if it did. */
export async function obstacleOf(context: RunContext, taskId: string): Promise<string | undefined> {
  const event = await context.store.events.find(context.runId, `obstacle/${taskId}`);
  return event?.body.type === "obstacle.reported" ? `${event.body.found} ${event.body.why}` : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
