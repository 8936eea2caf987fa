/** Which steps of a run are to be undone, and where they stand in the definition. */
import type { KeyedEvent } from "../../store/store.ts";
import { branchScope, callScope, itemScope, itemsOf, roundScope } from "./containers.ts";
import { type Step, workOf } from "./definition.ts";
import { rootScope, type Scope, type WorkflowRun } from "./workflow-run.ts";

export interface StepPlace {
  readonly scope: Scope;
  readonly step: Step;
}

const PAGE = 500;

/** Steps that are done and say how they are undone, in the order in which they ended. */
export async function completedSteps(run: WorkflowRun): Promise<StepPlace[]> {
  const places: StepPlace[] = [];
  for (const { event } of await eventsOf(run)) {
    if (event.body.type !== "step.finished" || event.body.outcome !== "done") continue;
    const place = await placeOf(run, event.body.at);
    if (place?.step.compensate !== undefined) places.push(place);
  }
  return places;
}

async function eventsOf({ store, runId }: WorkflowRun): Promise<KeyedEvent[]> {
  const events: KeyedEvent[] = [];
  for (;;) {
    const page = await store.events.readKeyed(runId, { after: events.length, limit: PAGE });
    events.push(...page);
    if (page.length < PAGE) return events;
  }
}

/** The step that a path such as "each[2]/check" names; undefined: the definition has none. */
async function placeOf(run: WorkflowRun, at: string): Promise<StepPlace | undefined> {
  let scope: Scope | undefined = rootScope(run);
  const parts = [...at.matchAll(/([^/[\]]+)(?:\[([^\]]*)\])?(?:\/|$)/g)];
  for (const [index, [, id = "", key]] of parts.entries()) {
    const step: Step | undefined = scope?.steps.find((candidate) => candidate.id === id);
    if (scope === undefined || step === undefined) return undefined;
    if (index === parts.length - 1) return { scope, step };
    scope = await inside(run, scope, step, key);
  }
  return undefined;
}

async function inside(run: WorkflowRun, scope: Scope, step: Step, key = ""): Promise<Scope | undefined> {
  switch (workOf(step).kind) {
    case "parallel":
    case "if":
      return branchScope(scope, step, key);
    case "loop":
      return roundScope(run, scope, step, Number(key));
    case "forEach": {
      const items = await itemsOf(run, scope, step);
      const item = "reason" in items ? undefined : items[Number(key)];
      return item === undefined ? undefined : itemScope(scope, step, Number(key), item);
    }
    case "workflow": {
      const called = await callScope(run, scope, step);
      return "reason" in called ? undefined : called;
    }
    default:
      return undefined;
  }
}
