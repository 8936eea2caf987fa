/** What distinguishes the plan from the one before it. */
import type { ReactNode } from "react";
import type { PlanChange } from "../../protocol/planning-events.ts";
import type { RunEvent } from "../../protocol/run-events.ts";

/** The last change of the plan among the events that the page holds. */
export function LastChange({ events }: { readonly events: readonly RunEvent[] }): ReactNode {
  const last = events.findLast(({ body }) => body.type === "plan.revised")?.body;
  if (last?.type !== "plan.revised") return null;
  return (
    <details className="plan-change">
      <summary>
        Changed by {last.by.split(" ")[0]}: {last.reason}
      </summary>
      <PlanChangeList change={last.change} />
    </details>
  );
}

export function PlanChangeList({ change }: { readonly change: PlanChange }): ReactNode {
  const { added, removed, changed } = change;
  return (
    <ul aria-label="What is different in the plan">
      {added.map((id) => (
        <li key={`added ${id}`}>Added: {id}</li>
      ))}
      {removed.map((id) => (
        <li key={`removed ${id}`}>Removed: {id}</li>
      ))}
      {changed.map(({ id, field, before, after }) => (
        <li key={`${id} ${field}`}>
          {id}, {field}: <del>{before || "nothing"}</del> <ins>{after || "nothing"}</ins>
        </li>
      ))}
    </ul>
  );
}
