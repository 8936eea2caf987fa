/** Plans for tests: by hand, and at random. */
import fc from "fast-check";
import type { Plan, PlanTask, TaskOutcome, TaskStatus } from "../../protocol/index.ts";

export function task(id: string, more: Partial<PlanTask> = {}): PlanTask {
  return {
    id,
    title: `Do ${id}`,
    goal: `Do ${id}.`,
    agent: "coder",
    files: [],
    acceptance: null,
    dependsOn: [],
    ...more,
  };
}

export function plan(...tasks: PlanTask[]): Plan {
  return { summary: "A plan.", tasks };
}

export function outcome(more: Partial<TaskOutcome> = {}): TaskOutcome {
  return {
    ...{
      runId: "r",
      taskId: "t",
      workspace: "/w",
      agent: "coder",
      model: "m",
      difficulty: "medium",
      area: "ts",
      files: 1,
    },
    ...{ outcome: "done", estimate: null, actual: { tokens: 1000, usd: 0.01, minutes: 1 }, at: "2026-01-01T00:00:00Z" },
    ...more,
  };
}

const ids = ["a", "b", "c", "d", "e", "f"];
const outputs = ["x", "y", "z"];
const sometimes = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });

/** Any of these may be broken in any way that a schema lets through. */
export const wildPlan: fc.Arbitrary<Plan> = fc
  .array(
    fc.record({
      id: fc.constantFrom(...ids),
      agent: fc.constantFrom("coder", "coder", "any", "wizard"),
      dependsOn: fc.uniqueArray(fc.constantFrom(...ids, "gone"), { maxLength: 2 }),
      files: fc.array(fc.constantFrom("a.ts", "b/c.ts", "../x", "/etc/passwd"), { maxLength: 1 }),
      inputs: sometimes(fc.uniqueArray(fc.constantFrom(...outputs), { maxLength: 2 })),
      outputs: sometimes(
        fc.uniqueArray(
          fc.record({
            name: fc.constantFrom(...outputs),
            kind: fc.constant("fact" as const),
            final: sometimes(fc.boolean()),
          }),
          { maxLength: 2, selector: ({ name }) => name },
        ),
      ),
      milestone: sometimes(fc.constantFrom("m1", "m2")),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((tasks) => ({ ...plan(...tasks.map(({ id, ...more }) => task(id, defined(more)))), milestones: [MILESTONE] }));

const MILESTONE = { id: "m1", title: "First", outcome: "It is there." };

/** Well-formed: dependencies only go to earlier tasks. */
export const soundPlan: fc.Arbitrary<Plan> = fc
  .array(
    fc.record({
      dependsOn: fc.uniqueArray(fc.nat(5), { maxLength: 3 }),
      difficulty: sometimes(fc.constantFrom("low" as const, "medium" as const, "high" as const)),
      files: fc.uniqueArray(fc.constantFrom("a.ts", "b.ts", "c.md"), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((drafts) =>
    plan(
      ...drafts.map(({ dependsOn, ...more }, place) => {
        const earlier = [...new Set(dependsOn.filter((other) => other < place))];
        return task(`t${place}`, { ...defined(more), dependsOn: earlier.map((other) => `t${other}`) });
      }),
    ),
  );

export const progressFor = (tasks: readonly PlanTask[]): fc.Arbitrary<Map<string, TaskStatus>> =>
  fc
    .array(fc.constantFrom<TaskStatus>("waiting", "waiting", "working", "done", "failed", "skipped"), {
      minLength: tasks.length,
      maxLength: tasks.length,
    })
    .map((statuses) => new Map(tasks.map(({ id }, place) => [id, statuses[place] ?? "waiting"])));

function defined<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Partial<Value>;
}
