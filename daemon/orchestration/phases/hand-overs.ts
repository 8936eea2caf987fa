/** Calls by which an agent hands its work back to the engine, because the prompt is something else than it seemed. */
import { type Plan, planProblems } from "../../../protocol/index.ts";
import type { Agents } from "../../agents/registry.ts";
import { PlanDraft, planOf, SHOWN_PLAN } from "../../planning/draft.ts";
import { PLAN_TOOL } from "../../planning/tactical.ts";
import { agentsOf } from "../run-agents.ts";
import { type RunContext, record } from "../run-context.ts";
import type { HandOver } from "../work.ts";
import { recordPlan } from "./plan.ts";

export async function proposePlan(context: RunContext): Promise<HandOver> {
  const agents = await agentsOf(context);
  return {
    schema: {
      name: PLAN_TOOL,
      description: `For a request that needs several separate pieces of work: hands in a plan instead of doing it, before any change. Agent of each task: ${agents.names.join(", ")}.`,
      parameters: SHOWN_PLAN,
    },
    async take(argumentsText) {
      const parsed = parsePlan(argumentsText, agents);
      if (typeof parsed === "string") return parsed;
      const reason = "the agent found that it needs a plan";
      await record(context, { type: "run.triaged", kind: "goal", reason }, "triaged/goal");
      await recordPlan(context, parsed);
      return undefined;
    },
  };
}

function parsePlan(text: string, agents: Agents): Plan | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `The arguments are not JSON: ${error instanceof Error ? error.message : ""}`;
  }
  const parsed = PlanDraft.safeParse(value);
  if (!parsed.success)
    return parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  if (parsed.data.tasks.length === 0) return "A plan has tasks.";
  const plan = planOf(parsed.data);
  const problems = planProblems(plan, agents.names);
  return problems.length > 0 ? problems.join("; ") : plan;
}

export function beginChange(context: RunContext): HandOver {
  return {
    schema: {
      name: "begin_change",
      description: "For a prompt that asks for a change of files, not for an answer: starts the work on it.",
      parameters: { type: "object", properties: {}, additionalProperties: false },
    },
    async take() {
      const body = {
        type: "run.triaged" as const,
        kind: "change" as const,
        reason: "the agent found that it asks for a change",
      };
      await record(context, body, "triaged/change");
      return undefined;
    },
  };
}
