/** Plans as they are recorded and shown: models put into them what they have read, keys too. */
import type * as z from "zod/mini";
import { Milestone, nexusError, Plan } from "../../../protocol/index.ts";
import type { Outline } from "../../planning/strategic.ts";
import type { RunContext } from "../run-context.ts";

type Redacting = Pick<RunContext, "redact">;

/** Without secrets. Throws `plan.invalid` where no plan is left without them. */
export function cleanPlan(context: Redacting, plan: Plan): Plan {
  return cleaned(context, Plan, plan);
}

export function cleanOutline(context: Redacting, { summary, milestones }: Outline): Outline {
  return {
    summary: context.redact(summary),
    milestones: milestones.map((milestone) => cleaned(context, Milestone, milestone)),
  };
}

function cleaned<Value>({ redact }: Redacting, schema: z.ZodMiniType<Value>, value: Value): Value {
  const text = JSON.stringify(value);
  const clean = redact(text);
  if (clean === text) return value;
  const parsed = schema.safeParse(JSON.parse(clean));
  if (!parsed.success) throw nexusError("plan.invalid", "It holds a secret where it cannot be taken out.");
  return parsed.data;
}
