/** A run's money: what it may spend, what is spent, and what is reserved for the calls under way. */
import * as z from "zod/mini";

const Reservation = z.object({ taskId: z.string(), usd: z.number() });

export const RunBudget = z.object({
  limitUsd: z.nullable(z.number()),
  /** The sum of the reservations. */
  reservedUsd: z.number(),
  spentUsd: z.number(),
  /** What each call under way may cost at most, by its key; left out: none is. */
  reservations: z.optional(z.record(z.string(), Reservation)),
});
export type RunBudget = z.infer<typeof RunBudget>;

interface Call {
  readonly key: string;
  readonly taskId: string;
}

/** A call asked again after a crash replaces its own reservation. */
export function reserved(budget: RunBudget, { key, taskId }: Call, usd: number): RunBudget {
  return usd === 0 ? budget : holding(budget, { ...budget.reservations, [key]: { taskId, usd } });
}

/** The call has come to its end, and cost this. */
export function settled(budget: RunBudget, { key }: Call, usd: number): RunBudget {
  const others = Object.entries(budget.reservations ?? {}).filter(([other]) => other !== key);
  return holding({ ...budget, spentUsd: budget.spentUsd + usd }, Object.fromEntries(others));
}

/** Nothing of it is under way any more: a task that ended, or with null the whole run. */
export function released(budget: RunBudget, taskId: string | null): RunBudget {
  const others = Object.entries(budget.reservations ?? {}).filter(([, { taskId: of }]) => of !== taskId);
  return holding(budget, taskId === null ? {} : Object.fromEntries(others));
}

function holding(
  { limitUsd, spentUsd }: RunBudget,
  reservations: Readonly<Record<string, z.infer<typeof Reservation>>>,
): RunBudget {
  const held = Object.values(reservations);
  const reservedUsd = held.reduce((sum, { usd }) => sum + usd, 0);
  return { limitUsd, reservedUsd, spentUsd, ...(held.length === 0 ? {} : { reservations: { ...reservations } }) };
}
