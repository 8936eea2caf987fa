/** Money: reserved before a call, settled after it; what cannot be priced is not spent. */
import { nexusError, type RunState, type TaskState } from "../../protocol/index.ts";
import { type Price, reserveFor } from "../models/prices.ts";

const SMALLEST_ANSWER_TOKENS = 1000;
/** Estimates are rough: a task without a slice of its own may take so many times its share. */
const SHARE_ROOM = 2;

export interface Reservation {
  readonly reservedUsd: number;
  /** What was asked for, or less where the budget pays for no more. */
  readonly maxOutputTokens: number;
}

/** What is left of a limit, in USD; infinite where there is none. */
export interface Rest {
  readonly leftUsd: number;
  /** Whose limit it is, in words. */
  readonly of: string;
}

type Money = Pick<RunState, "budget" | "tasks">;

/**
 * Reserves for the next call what it can cost at most. A budget that is nearly spent shortens the answer first. Throws
 * `budget.unknown_price` for a call without a known price, and `budget.exceeded` when not even a short answer fits.
 */
export function reserve(
  { leftUsd, of }: Rest,
  price: Price | undefined,
  tokens: { inputTokens: number; maxOutputTokens: number },
): Reservation {
  if (price === undefined) throw nexusError("budget.unknown_price");
  const costOf = (outputTokens: number) => reserveFor(price, tokens.inputTokens, outputTokens);
  let { maxOutputTokens } = tokens;
  while (costOf(maxOutputTokens) > leftUsd && maxOutputTokens > SMALLEST_ANSWER_TOKENS)
    maxOutputTokens = Math.max(SMALLEST_ANSWER_TOKENS, Math.floor(maxOutputTokens / 2));
  const reservedUsd = costOf(maxOutputTokens);
  if (reservedUsd <= leftUsd) return { reservedUsd, maxOutputTokens };
  const dollars = (amount: number) => `$${Math.max(0, amount).toFixed(4)}`;
  throw nexusError("budget.exceeded", `It needs up to ${dollars(reservedUsd)}; ${dollars(leftUsd)} is left of ${of}.`);
}

/** What a call of this task may still cost: the least that is left of the run's limit, its own slice and its parents'. */
export function restFor(money: Money, taskId: string): Rest {
  return [restOfRun(money), ...lineOf(money.tasks, taskId).flatMap((task) => restOfSlice(money, task))].reduce(
    (least, rest) => (rest.leftUsd < least.leftUsd ? rest : least),
  );
}

function restOfRun({ budget: { limitUsd, spentUsd, reservedUsd } }: Money): Rest {
  const leftUsd = limitUsd === null ? Number.POSITIVE_INFINITY : limitUsd - spentUsd - reservedUsd;
  return { leftUsd, of: "the run's budget" };
}

function restOfSlice(money: Money, { id, budgetUsd }: TaskState): Rest[] {
  if (budgetUsd == null) return [];
  const { spentUsd, reservedUsd } = costOf(money, id);
  return [{ leftUsd: budgetUsd - spentUsd - reservedUsd, of: `task ${id}'s part of the budget` }];
}

/** USD that a task and all that it delegated have cost, `own` without the latter, and that their calls hold now. */
export function costOf(
  { tasks, budget }: Money,
  taskId: string,
): { spentUsd: number; ownUsd: number; reservedUsd: number } {
  const tree = tasks.filter((task) => lineOf(tasks, task.id).some(({ id }) => id === taskId));
  const ids = new Set(tree.map(({ id }) => id));
  const held = Object.values(budget.reservations ?? {}).filter((reservation) => ids.has(reservation.taskId));
  return {
    spentUsd: tree.reduce((sum, { costUsd }) => sum + costUsd, 0),
    ownUsd: tree.find(({ id }) => id === taskId)?.costUsd ?? 0,
    reservedUsd: held.reduce((sum, { usd }) => sum + usd, 0),
  };
}

/** The task, its parent, and so on. */
export function lineOf(tasks: readonly TaskState[], taskId: string): TaskState[] {
  const line: TaskState[] = [];
  for (let id: string | undefined = taskId; id !== undefined; ) {
    const task = tasks.find((candidate) => candidate.id === id);
    if (task === undefined || line.includes(task)) break;
    line.push(task);
    id = task.parent;
  }
  return line;
}

/**
 * What a planned task may spend, in USD: what its plan says, else its share by the estimates of what is not done yet, with
 * room. Null: the run has no limit, and the plan sets none. What others left over is part of what is shared.
 */
export function sliceOf(state: Money & Pick<RunState, "plan">, taskId: string): number | null {
  const planned = state.plan?.tasks ?? [];
  const given = planned.find(({ id }) => id === taskId)?.budgetUsd;
  const { limitUsd, spentUsd } = state.budget;
  const left = limitUsd === null ? null : Math.max(0, limitUsd - spentUsd);
  if (given !== undefined) return left === null ? given : Math.min(given, left + costOf(state, taskId).spentUsd);
  if (left === null) return null;
  const isOpen = (id: string) => !state.tasks.some((task) => task.id === id && isOver(task));
  const open = planned.filter(({ id }) => isOpen(id));
  const weights = weightsOf(open);
  const total = open.reduce((sum, { id }) => sum + (weights.get(id) ?? 1), 0);
  const share = total === 0 ? 1 : Math.min(1, (SHARE_ROOM * (weights.get(taskId) ?? 1)) / total);
  return costOf(state, taskId).spentUsd + left * share;
}

/** By estimated money, else tokens; a task without either counts as the average of the others. */
function weightsOf(tasks: NonNullable<RunState["plan"]>["tasks"]): Map<string, number> {
  const figure = (task: (typeof tasks)[number]) => task.estimate?.usd ?? undefined;
  const byMoney = tasks.some((task) => (figure(task) ?? 0) > 0);
  const weight = (task: (typeof tasks)[number]) => (byMoney ? figure(task) : task.estimate?.tokens) ?? 0;
  const known = tasks.map(weight).filter((value) => value > 0);
  const average = known.length === 0 ? 1 : known.reduce((sum, value) => sum + value, 0) / known.length;
  return new Map(tasks.map((task) => [task.id, weight(task) || average]));
}

function isOver({ status }: TaskState): boolean {
  return status === "done" || status === "skipped";
}
