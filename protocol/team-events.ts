/** Events of the supervised tree: which agent works on what, where, under which limits, and how its work is joined. */
import * as z from "zod/mini";
import { event } from "./event.ts";
import { PlanTask } from "./plan.ts";

export const AgentLife = z.enum(["created", "ready", "working", "waiting", "paused", "done", "failed", "stopped"]);
/** The life-cycle of an agent at work on one task. */
export type AgentLife = z.infer<typeof AgentLife>;

export const Lease = z.object({
  on: z.enum(["file", "symbol"]),
  /** Path or glob from the workspace's root, or a symbol's name. */
  name: z.string(),
});
/** What a task has for itself while it is at work. */
export type Lease = z.infer<typeof Lease>;

export const WorkPlace = z.object({
  /** run: the run's own copy, alone; copy: one of its own beside others. */
  kind: z.enum(["run", "copy"]),
  /** Absolute path of the copy. */
  folder: z.string(),
  /** Where its work begins. */
  startCommit: z.string(),
});
export type WorkPlace = z.infer<typeof WorkPlace>;

export const TaskAction = z.enum(["cancel", "pause", "resume"]);
export type TaskAction = z.infer<typeof TaskAction>;
export const FieldFinding = z.object({
  /** From the root; "" where it concerns no file. */
  path: z.string(),
  line: z.optional(z.int()),
  message: z.string(),
  /** error: the work is not done; warning: told to whoever reviews it. */
  severity: z.enum(["error", "warning"]),
});

export const TEAM_EVENTS = [
  /** The agents that people wrote, as they were when the run first looked; it keeps to them. */
  event("agents.pinned", {
    agents: z.array(
      z.object({ name: z.string(), kind: z.enum(["user", "workspace"]), path: z.string(), hash: z.string() }),
    ),
    /** Content address of all that they say. */
    artifact: z.string(),
  }),
  /** A task may start now: where it works and what it may use. Children of a task name it as their parent. */
  event("task.dispatched", {
    taskId: z.string(),
    place: WorkPlace,
    leases: z.array(Lease),
    /** The most that it may spend with all that it delegates, in USD; null: only the run's own limit counts. */
    budgetUsd: z.nullable(z.number()),
    /** What it is thought to spend of the run's money, by the estimates; no limit. */
    shareUsd: z.optional(z.number()),
    deadlineAt: z.nullable(z.string()),
    /** Why now, and why this agent, in words. */
    reason: z.string(),
  }),
  /** What a person asks of one task: cancel ends it, pause holds it before its next turn. */
  event("task.controlled", { taskId: z.string(), action: TaskAction, by: z.string() }),
  event("task.life", { taskId: z.string(), life: AgentLife, reason: z.string() }),
  /** A piece of work that an agent handed to another. */
  event("task.delegated", {
    taskId: z.string(),
    parent: z.string(),
    /** 1 for a child of a planned task. */
    depth: z.int(),
    title: z.string(),
    goal: z.string(),
    agent: z.string(),
    /** What the child must answer with, and what it may touch. */
    contract: z.object({ returns: z.string(), files: z.array(z.string()), readOnly: z.boolean() }),
    /** The least of the contract, of what its parent has left, and of the agent's own limit. */
    budgetUsd: z.nullable(z.number()),
    /** The earlier one of the parent's and of the agent's own; left out: there is none. */
    deadlineAt: z.optional(z.string()),
  }),
  /** What would have met in one place, found before anything was done. */
  event("conflict.predicted", {
    tasks: z.array(z.string()),
    on: z.array(Lease),
    /** serialised: the second waits for the first; allowed: they touch different parts, and the merge will tell. */
    decision: z.enum(["serialised", "allowed"]),
    reason: z.string(),
  }),
  /** A finished task's work became part of the run's. */
  event("task.merged", { taskId: z.string(), commit: z.string(), files: z.array(z.string()) }),
  /** It could not be joined as it is: `resolvedBy` is the task that was made of it. */
  event("merge.conflicted", {
    taskId: z.string(),
    with: z.array(z.string()),
    paths: z.array(z.string()),
    resolvedBy: z.nullable(z.string()),
    /** That task, and where it begins: at what could be joined, with both sides marked in the rest. */
    task: z.optional(PlanTask),
    startCommit: z.optional(z.string()),
    /** The run's copy when they met; what the resolution changes counts from here. */
    base: z.optional(z.string()),
  }),
  /** The whole failed with it; the task that brought the failure, if that could be told. */
  event("regression.found", {
    taskId: z.nullable(z.string()),
    command: z.string(),
    tried: z.int(),
    /** Of those that fail now and did not before, at most 20. */
    tests: z.optional(z.array(z.string())),
    /** The task that is to mend it. */
    repair: z.optional(PlanTask),
  }),
  /** What a check of the agent's field found in finished work; at most 50 findings. */
  event("task.checked", {
    taskId: z.string(),
    turn: z.int(),
    check: z.string(),
    ok: z.boolean(),
    summary: z.string(),
    findings: z.array(FieldFinding),
  }),
  event("task.reviewed", {
    taskId: z.string(),
    by: z.string(),
    round: z.int(),
    verdict: z.enum(["accepted", "rejected"]),
    /** Of a rejection: what must change. */
    comments: z.array(z.string()),
    /** review: by the reviewer; rule: the rounds were used up; judge, person: who decided then. */
    decidedBy: z.enum(["review", "rule", "judge", "person"]),
  }),
] as const;
