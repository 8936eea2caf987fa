/** Tasks that wait for a lease, in the run's wait-for graph: the task for the file or symbol, that for the task that has it. */
import { leaseNode, taskNode, type WaitGraph } from "../../collaboration/wait-for.ts";
import type { Choice } from "./choose.ts";

export interface LeaseWaits {
  /** These wait from now on, and no others. Answers with those whose wait would close a circle: they stand in no graph. */
  keep(
    held: Choice["held"],
  ): readonly { readonly taskId: string; readonly cycle: string[]; readonly explanation: string }[];
}

export function createLeaseWaits(waits: WaitGraph): LeaseWaits {
  let standing: { readonly waiter: string; readonly key: string }[] = [];

  return {
    keep(held) {
      for (const { waiter, key } of standing) waits.finish(waiter, key);
      standing = [];
      return held.flatMap(({ task: { id }, behind, conflict: { on } }) => {
        const leases = on.map(leaseNode);
        for (const lease of leases) {
          const key = `held/${behind}`;
          waits.begin(lease, { until: "all", targets: [{ node: taskNode(behind), words: "is held by" }] }, key);
          standing.push({ waiter: lease, key });
        }
        const targets = leases.map((node) => ({ node, words: "waits for" }));
        const begun = waits.begin(taskNode(id), { until: "all", targets }, "lease");
        if (!begun.ok) return [{ taskId: id, cycle: [...begun.cycle], explanation: begun.explanation }];
        standing.push({ waiter: taskNode(id), key: "lease" });
        return [];
      });
    },
  };
}
