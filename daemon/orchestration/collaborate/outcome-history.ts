/** How tasks like one ended before, for an agent: the evidence of its bid. */
import type { PlanTask, TaskOutcome } from "../../../protocol/index.ts";
import { NO_OUTCOMES, type Outcomes } from "../../collaboration/bids.ts";
import { type RunContext, stateOf } from "../run-context.ts";
import { brokenIn } from "./contract-keys.ts";

export interface OutcomeHistory {
  outcomesOf(agent: string, task: PlanTask): Promise<Outcomes>;
}

const MOST_OUTCOMES = 500;

/**
 * What the store kept of this folder's tasks when the run began, and what was given back in this run: what ended since
 * would make a replay bid otherwise.
 */
export async function runHistory(context: RunContext): Promise<OutcomeHistory> {
  const { workspace, createdAt, tasks } = await stateOf(context);
  const [recent, broken] = await Promise.all([
    context.store.outcomes.recent(workspace, MOST_OUTCOMES),
    brokenIn(
      context,
      tasks.map(({ id }) => id),
    ),
  ]);
  return {
    async outcomesOf(agent, task) {
      const own = recent.filter(({ at, ...of }) => at < createdAt && of.agent === agent && of.outcome !== "skipped");
      const alike = own.filter(({ area }) => area === areaOf(task));
      const given = broken.filter((name) => name === agent).length;
      return { ...NO_OUTCOMES, ...figuresOf(alike.length > 0 ? alike : own), broken: given };
    },
  };
}

function figuresOf(outcomes: readonly TaskOutcome[]): Pick<Outcomes, "done" | "failed" | "meanUsd"> {
  const done = outcomes.filter(({ outcome }) => outcome === "done");
  const sum = done.reduce((all, { actual }) => all + actual.usd, 0);
  return {
    done: done.length,
    failed: outcomes.length - done.length,
    meanUsd: done.length === 0 ? null : sum / done.length,
  };
}

/** The commonest ending of the files it names, as the outcomes of earlier tasks have it. */
function areaOf({ files }: PlanTask): string {
  const counts = new Map<string, number>();
  for (const file of files) {
    const ending = /\.([A-Za-z0-9]+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
    if (ending !== "") counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  return [...counts].sort(([, first], [, second]) => second - first)[0]?.[0] ?? "";
}
