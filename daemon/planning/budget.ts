/** Money: reserved before a call, settled after it; what cannot be priced is not spent. */
import { nexusError, type RunState, type TaskState } from "../../protocol/index.ts";
import { type Price, reserveFor } from "../models/prices.ts";

const SMALLEST_ANSWER_TOKENS = 1000;

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

/**
 * The same for a call of a task. Undefined: too little is there only as long as other calls hold what they may not need, so
 * it is worth to wait until one of them is settled.
 */
export function reserveOf(
  money: Money,
  taskId: string,
  price: Price | undefined,
  tokens: { inputTokens: number; maxOutputTokens: number },
): Reservation | undefined {
  const smallest = Math.min(SMALLEST_ANSWER_TOKENS, tokens.maxOutputTokens);
  const leastUsd = price === undefined ? 0 : reserveFor(price, tokens.inputTokens, smallest);
  const rest = restFor(money, taskId);
  const settled = { ...money, budget: { ...money.budget, reservedUsd: 0, reservations: {} } };
  if (leastUsd > rest.leftUsd && leastUsd <= restFor(settled, taskId).leftUsd) return undefined;
  return reserve(rest, price, tokens);
}

/**
 * What a call of this task may still cost: the least that is left of the run's limit, beside what is set aside for others,
 * of its own cap and of its parents'.
 */
export function restFor(money: Money, taskId: string): Rest {
  return [restOfRun(money, taskId), ...lineOf(money.tasks, taskId).flatMap((task) => restOfSlice(money, task))].reduce(
    (least, rest) => (rest.leftUsd < least.leftUsd ? rest : least),
  );
}

function restOfRun(money: Money, taskId: string): Rest {
  const { limitUsd, spentUsd, reservedUsd } = money.budget;
  if (limitUsd === null) return { leftUsd: Number.POSITIVE_INFINITY, of: "the run's budget" };
  const aside = setAside(money, taskId);
  const of = aside === 0 ? "the run's budget" : "the run's budget, beside what bids have set aside for other tasks";
  return { leftUsd: limitUsd - spentUsd - reservedUsd - aside, of };
}

/** USD that are locked for tasks outside this one's sub-tree and neither spent nor held by a call yet. */
export function setAside(money: Money, taskId: string): number {
  const line = lineOf(money.tasks, taskId);
  const locked = money.tasks.filter((task) => task.lockedUsd !== undefined && isOpen(task) && !line.includes(task));
  return locked.reduce((sum, { id, lockedUsd = 0 }) => {
    const { spentUsd, reservedUsd } = costOf(money, id);
    return sum + Math.max(0, lockedUsd - spentUsd - reservedUsd);
  }, 0);
}

function isOpen({ status }: TaskState): boolean {
  return status === "waiting" || status === "working";
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

/** The most that a planned task may spend, in USD: what its plan says, of what is left. Null: only the run's limit counts. */
export function sliceOf(state: Money & Pick<RunState, "plan">, taskId: string): number | null {
  const given = state.plan?.tasks.find(({ id }) => id === taskId)?.budgetUsd;
  if (given === undefined) return null;
  const left = leftOf(state);
  return left === null ? given : Math.min(given, left + costOf(state, taskId).spentUsd);
}

/**
 * What a planned task is thought to spend of the run's money, in USD, by the estimates of what is not done yet; what others
 * left over is shared again. It may take more while the run has more. Null: the run has no limit.
 */
export function shareOf(state: Money & Pick<RunState, "plan">, taskId: string): number | null {
  const left = leftOf(state);
  if (left === null) return null;
  const planned = state.plan?.tasks ?? [];
  const open = planned.filter(({ id }) => !state.tasks.some((task) => task.id === id && isOver(task)));
  const weights = weightsOf(open);
  const total = open.reduce((sum, { id }) => sum + (weights.get(id) ?? 1), 0);
  const share = total === 0 ? 1 : Math.min(1, (weights.get(taskId) ?? 1) / total);
  return costOf(state, taskId).spentUsd + left * share;
}

function leftOf({ budget: { limitUsd, spentUsd } }: Money): number | null {
  return limitUsd === null ? null : Math.max(0, limitUsd - spentUsd);
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
