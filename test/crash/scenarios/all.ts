import { DESIGN } from "./design.ts";
import { REPLAN } from "./replan.ts";
import type { Scenario } from "./scenario.ts";
import { STEPS } from "./steps.ts";
import { TEAM } from "./team.ts";

const SCENARIOS: Readonly<Record<string, Scenario>> = { steps: STEPS, replan: REPLAN, team: TEAM, design: DESIGN };

const SCENARIO_NAMES = Object.keys(SCENARIOS);

/** Throws for a name that is not known. */
export function scenarioOf(name = "steps"): Scenario {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`unknown scenario ${name}; known: ${SCENARIO_NAMES.join(", ")}`);
  return scenario;
}
