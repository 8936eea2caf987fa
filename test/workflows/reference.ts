/**
 * What a workflow must come to, worked out by a naive interpreter that knows nothing of the engine: outcomes, tries, and what
 * must have come before what.
 */
import type { Step } from "../../daemon/orchestration/workflows/definition.ts";
import type { Case } from "./generate.ts";

export interface Expected {
  readonly ok: boolean;
  /** Outcome by path, of all that began or was passed over. */
  readonly outcomes: ReadonlyMap<string, string>;
  readonly attempts: ReadonlyMap<string, number>;
  /** The first ends before the second begins. */
  readonly order: readonly (readonly [before: string, after: string])[];
  /** The second begins after the first began, and ends before the first ends. */
  readonly inside: readonly (readonly [outer: string, inner: string])[];
  /** Paths of the steps that say how they are undone. */
  readonly undoable: ReadonlySet<string>;
}

/** How often the work fails before it succeeds. */
export function failuresOf({ failing, salt }: Pick<Case, "failing" | "salt">, name: string): number {
  let hash = 2166136261 ^ salt;
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  const figure = (hash >>> 0) % 1000;
  if (figure >= failing * 10) return 0;
  return figure % 2 === 0 ? 99 : 1 + (figure % 2);
}

export function expectedOf(one: Case): Expected {
  const outcomes = new Map<string, string>();
  const attempts = new Map<string, number>();
  const order: [string, string][] = [];
  const inside: [string, string][] = [];
  const undoable = new Set<string>();

  /** Lists inside `container` ("" at the top); true when it came to its end. */
  function list(steps: readonly Step[], prefix: string, container: string): boolean {
    const levels = levelsOf(steps);
    let failed = false;
    for (let level = 0; level <= Math.max(...levels); level++) {
      if (failed) return false;
      for (const [index, step] of steps.entries()) {
        if (levels[index] !== level) continue;
        const at = prefix + step.id;
        if (container !== "") inside.push([container, at]);
        for (const need of needsOf(steps, index)) order.push([prefix + need, at]);
        const outcome = carryOut(step, at, prefix);
        outcomes.set(at, outcome);
        if (step.compensate !== undefined) undoable.add(at);
        if (outcome === "failed" && step.onError !== "continue") failed = true;
      }
    }
    return !failed;
  }

  function carryOut(step: Step, at: string, prefix: string): string {
    if (step.when === "1 > 2") return "skipped";
    const named = /^steps\.(\w+)\.outcome == "done"$/.exec(step.when ?? "")?.[1];
    if (named !== undefined && outcomes.get(prefix + named) !== "done") return "skipped";
    attempts.set(at, 1);
    if (step.command !== undefined) {
      const failures = failuresOf(one, at);
      const most = 1 + (step.retry?.times ?? 0);
      attempts.set(at, Math.min(failures + 1, most));
      return failures < most ? "done" : "failed";
    }
    return holds(step, at) ? "done" : "failed";
  }

  function holds(step: Step, at: string): boolean {
    if (step.parallel !== undefined)
      return Object.entries(step.parallel.branches)
        .map(([name, steps]) => list(steps, `${at}[${name}]/`, at))
        .every(Boolean);
    if (step.forEach !== undefined) {
      const { in: items, steps } = step.forEach;
      return (JSON.parse(items) as number[]).map((item) => list(steps, `${at}[${item}]/`, at)).every(Boolean);
    }
    if (step.loop !== undefined) {
      const { until, max, steps } = step.loop;
      const last = Number(/\d+/.exec(until)?.[0]);
      for (let round = 0; round < max; round++) {
        const before = round === 0 ? [] : steps.map((inner) => `${at}[${round - 1}]/${inner.id}`);
        if (!list(steps, `${at}[${round}]/`, at)) return false;
        for (const inner of steps) for (const earlier of before) order.push([earlier, `${at}[${round}]/${inner.id}`]);
        if (round >= last) return true;
      }
      return false;
    }
    if (step.if !== undefined) {
      const key = step.if.when === "true" ? "then" : "else";
      const steps = key === "then" ? step.if.then : step.if.else;
      return steps === undefined || list(steps, `${at}[${key}]/`, at);
    }
    if (step.workflow !== undefined) return list(one.called[step.workflow.file ?? ""] ?? [], `${at}/`, at);
    return true;
  }

  const ok = list(one.main, "", "");
  return { ok, outcomes, attempts, order, inside, undoable };
}

function needsOf(steps: readonly Step[], index: number): readonly string[] {
  const before = steps[index - 1];
  return steps[index]?.needs ?? (before === undefined ? [] : [before.id]);
}

/** How long the longest way to each step is. */
function levelsOf(steps: readonly Step[]): number[] {
  const levels: number[] = [];
  for (const index of steps.keys()) {
    const needs = needsOf(steps, index).map((need) => levels[steps.findIndex(({ id }) => id === need)] ?? 0);
    levels.push(needs.length === 0 ? 0 : Math.max(...needs) + 1);
  }
  return levels;
}
