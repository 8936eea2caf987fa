/** What distinguishes two versions of a plan, in words a person can weigh. */
import type { Milestone, Plan, PlanChange, PlanTask } from "../../protocol/index.ts";

const MOST_CHARACTERS = 300;
/** Figures follow from the rest. */
const FIGURES: ReadonlySet<string> = new Set(["estimate", "budgetUsd", "deadlineMinutes"]);

export function diffPlans(before: Plan, after: Plan): PlanChange {
  const own = before.summary === after.summary ? [] : [changed("plan", "summary", before.summary, after.summary)];
  const tasks = diffItems(before.tasks, after.tasks);
  const milestones = diffItems(before.milestones ?? [], after.milestones ?? []);
  return {
    added: [...milestones.added, ...tasks.added],
    removed: [...milestones.removed, ...tasks.removed],
    changed: [...own, ...milestones.changed, ...tasks.changed],
  };
}

export function isUnchanged({ added, removed, changed }: PlanChange): boolean {
  return added.length + removed.length + changed.length === 0;
}

function diffItems(before: readonly (PlanTask | Milestone)[], after: readonly (PlanTask | Milestone)[]): PlanChange {
  const old = new Map(before.map((item) => [item.id, item]));
  const fresh = new Set(after.map(({ id }) => id));
  return {
    added: after.filter(({ id }) => !old.has(id)).map(({ id }) => id),
    removed: before.filter(({ id }) => !fresh.has(id)).map(({ id }) => id),
    changed: after.flatMap((item) => {
      const was = old.get(item.id);
      return was === undefined ? [] : diffFields(was, item);
    }),
  };
}

function diffFields(before: PlanTask | Milestone, after: PlanTask | Milestone): PlanChange["changed"] {
  const old = new Map<string, unknown>(Object.entries(before));
  const fresh = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((field) => !FIGURES.has(field) && canonical(old.get(field)) !== canonical(fresh.get(field)))
    .map((field) => changed(after.id, field, inWords(old.get(field)), inWords(fresh.get(field))));
}

function changed(id: string, field: string, before: string, after: string): PlanChange["changed"][number] {
  return { id, field, before: before.slice(0, MOST_CHARACTERS), after: after.slice(0, MOST_CHARACTERS) };
}

/** Left out, null and empty are the same. */
function canonical(value: unknown): string {
  return isNothing(value) ? "" : JSON.stringify(value, sortKeys);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function inWords(value: unknown): string {
  if (isNothing(value)) return "";
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([field, inner]) => `${field} ${inWords(inner)}`)
    .join(", ");
}
