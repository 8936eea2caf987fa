/** Under which keys the events of a negotiation stand in the run's log. */
import { MOST_CONTRACT_ROUNDS } from "../../collaboration/contract-net.ts";
import type { RunContext } from "../run-context.ts";

export function contractKey(taskId: string, round: number, what: "announced" | "awarded" | "reported"): string {
  return `contract/${taskId}/${round}/${what}`;
}

export function bidKey(taskId: string, round: number, bidder: string): string {
  return `contract/${taskId}/${round}/bid/${bidder}`;
}

/** The agents that gave a task of this run back, each as often as it did. */
export async function brokenIn(context: RunContext, taskIds: readonly string[]): Promise<string[]> {
  const broken: string[] = [];
  for (const taskId of taskIds)
    for (let round = 1; round <= MOST_CONTRACT_ROUNDS; round++) {
      const event = await context.store.events.find(context.runId, contractKey(taskId, round, "reported"));
      if (event === undefined) break;
      if (event.body.type === "contract.reported" && !event.body.kept) broken.push(event.body.agent);
    }
  return broken;
}
