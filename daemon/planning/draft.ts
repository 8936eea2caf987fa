/** A plan as planners write it: what is accepted of them, the shorter form that they are shown, and how it becomes a plan. */
import * as z from "zod/mini";
import { dependenciesOf, type Estimate, Milestone, Plan, PlanTask } from "../../protocol/index.ts";

/** A model says what it thinks; that it thinks so is noted by us. */
const DraftEstimate = z.object({
  tokens: z.int().check(z.gte(0), z.lte(1_000_000_000)),
  minutes: z.number().check(z.gte(0), z.lte(100_000)),
  usd: z.optional(z.nullable(z.number())),
});
const estimate = z.optional(DraftEstimate);

export const MilestoneDraft = z.extend(Milestone, { estimate });
export type MilestoneDraft = z.infer<typeof MilestoneDraft>;

const TaskDraft = z.extend(PlanTask, { estimate });

/** Everything that a plan may hold. Without tasks it says that the goal is too large for one. */
export const PlanDraft = z.extend(Plan, {
  tasks: z.array(TaskDraft).check(z.maxLength(30)),
  milestones: z.optional(z.array(MilestoneDraft).check(z.maxLength(12))),
  estimate,
});
export type PlanDraft = z.infer<typeof PlanDraft>;

export const TasksDraft = z.object({ tasks: z.array(TaskDraft).check(z.minLength(1), z.maxLength(30)) });

const text = { type: "string" };
const texts = { type: "array", items: text };

function object(properties: Record<string, unknown>, required: readonly string[] = Object.keys(properties)) {
  return { type: "object", properties, required: [...required] };
}

const taskFields = {
  id: { ...text, pattern: "^[a-z0-9][a-z0-9-]*$" },
  title: text,
  goal: text,
  agent: text,
  files: texts,
  acceptance: { anyOf: [object({ command: text, expect: { enum: ["pass", "fail"] } }), { type: "null" }] },
  dependsOn: texts,
};
const difficulty = { enum: ["low", "medium", "high"] };

/** Shown for a plan made in one go: every field is paid for at each call. */
export const SHOWN_PLAN = object({
  summary: text,
  tasks: { type: "array", items: object({ ...taskFields, difficulty, symbols: texts }, Object.keys(taskFields)) },
});

/** Shown for the tasks of one milestone. */
export const SHOWN_TASKS = object({
  tasks: {
    type: "array",
    items: object(
      {
        ...taskFields,
        inputs: texts,
        outputs: {
          type: "array",
          items: object(
            { name: text, kind: { enum: ["file", "document", "fact"] }, path: text, final: { type: "boolean" } },
            ["name", "kind"],
          ),
        },
        symbols: texts,
        difficulty,
        review: object({ by: text, rounds: { type: "integer", minimum: 1, maximum: 5 } }),
        estimate: object({ tokens: { type: "integer" }, minutes: { type: "number" } }),
      },
      Object.keys(taskFields),
    ),
  },
});

/**
 * The plan of a draft: what is needed makes a task depend on its maker, and what nobody could take is wanted for itself,
 * as are outputs that the milestones of an outline end with (`loose`).
 */
export function planOf(draft: PlanDraft, loose: "last" | "all" = "last"): Plan {
  const { estimate: _, milestones, ...rest } = draft;
  const linked = dependenciesOf({ ...rest, milestones: undefined, tasks: rest.tasks.map(taskOf) });
  const awaited = new Set([...linked.values()].flat());
  const taken = new Set(draft.tasks.flatMap(({ inputs = [] }) => inputs));
  const tasks = draft.tasks.map((drafted) => {
    const task = taskOf(drafted);
    const dependsOn = linked.get(task.id) ?? task.dependsOn;
    const isLast = loose === "all" || !awaited.has(task.id);
    const outputs = task.outputs?.map((output) =>
      isLast && !taken.has(output.name) ? { ...output, final: true } : output,
    );
    return { ...task, dependsOn, ...(outputs === undefined ? {} : { outputs }) };
  });
  return { ...rest, tasks, ...(milestones === undefined ? {} : { milestones: milestones.map(milestoneOf) }) };
}

function taskOf({ estimate: guess, ...task }: z.infer<typeof TaskDraft>): PlanTask {
  return guess === undefined ? task : { ...task, estimate: guessed(guess) };
}

export function milestoneOf({ estimate: guess, ...milestone }: MilestoneDraft): Milestone {
  return guess === undefined ? milestone : { ...milestone, estimate: guessed(guess) };
}

function guessed({ tokens, minutes, usd = null }: z.infer<typeof DraftEstimate>): Estimate {
  return { tokens, minutes, usd, basis: "model" };
}
