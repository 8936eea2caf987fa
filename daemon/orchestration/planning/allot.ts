/** Estimates, models and deadlines for the plan of a run, from what the run's folder and model say. */
import type { Plan, RunState } from "../../../protocol/index.ts";
import type { Price } from "../../models/prices.ts";
import { allocate, type ModelsByDifficulty } from "../../planning/allocation.ts";
import type { Store } from "../../store/store.ts";

export interface AllotPorts {
  readonly store: Pick<Store, "outcomes">;
  /** Of the run's model, or of another one of its provider; undefined when nobody knows. */
  readonly priceOf: (model: string | undefined) => Price | undefined;
  readonly models: ModelsByDifficulty;
}

const MOST_OUTCOMES = 500;
const MOST_AT_A_TIME = 4;
/** Agents read far more than they write. */
const INPUT_SHARE = 0.92;
const MILLION = 1_000_000;

/** Tasks of `begun` keep what they have. */
export async function allot(
  { store, priceOf, models }: AllotPorts,
  { workspace, model }: Pick<RunState, "workspace" | "model">,
  plan: Plan,
  begun: ReadonlySet<string> = new Set(),
): Promise<Plan> {
  const outcomes = await store.outcomes.recent(workspace, MOST_OUTCOMES);
  return allocate(plan, {
    outcomes,
    models,
    begun,
    runModel: model.model,
    concurrency: MOST_AT_A_TIME,
    usdPerToken(name) {
      const price = priceOf(name);
      return price && (price.input * INPUT_SHARE + price.output * (1 - INPUT_SHARE)) / MILLION;
    },
  });
}
