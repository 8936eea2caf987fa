/** One structured question to the planner's model, corrected twice at most. */
import type * as z from "zod/mini";
import type { ModelRequest, ModelResponse } from "../models/model.ts";
import { respondStructured } from "../models/structured.ts";

export interface PlannerPorts {
  /** `stage` names the question in the run ("plan", "outline", "plan-MILESTONE"), `attempt` counts its answers from 1. */
  respond(request: ModelRequest, stage: string, attempt: number): Promise<ModelResponse>;
  onRejected(stage: string, attempt: number, problems: string[]): Promise<void>;
}

interface Asked<Schema extends z.ZodMiniType> {
  readonly stage: string;
  readonly tool: string;
  readonly description: string;
  readonly schema: Schema;
  /** JSON Schema that the model is shown, where it is not all that is accepted. */
  readonly shown?: Record<string, unknown>;
  readonly system: string;
  readonly opening: string;
  /** `attempt`: 1 to 3; what only may be wrong is best not said of the last. */
  readonly check: (value: z.output<Schema>, attempt: number) => string[] | Promise<string[]>;
}

const ANSWER_TOKENS = 8000;
export const PLANNER_TRIES = 3;

/** Throws `plan.invalid` when the third answer cannot be used either. */
export async function askPlanner<Schema extends z.ZodMiniType>(
  ports: PlannerPorts,
  asked: Asked<Schema>,
): Promise<z.output<Schema>> {
  const { stage, tool, description, schema, shown, system, opening, check } = asked;
  let attempt = 0;
  return respondStructured({
    schema,
    name: tool,
    description,
    failure: "plan.invalid",
    request: { system, messages: [{ role: "user", text: opening }], tools: [], maxOutputTokens: ANSWER_TOKENS },
    respond: (request) => ports.respond(request, stage, ++attempt),
    check: (value) => check(value, attempt),
    onRejected: (number, problems) => ports.onRejected(stage, number, problems),
    ...(shown === undefined ? {} : { parameters: shown }),
  });
}
