/** A role is an agent that says what it begins with and what it makes. The order of the procedure follows from that alone. */
import type { Agent } from "../../agents/agent.ts";

/**
 * What roles hand over: a kind of document (`prd`), or a message by any other name; `code` stands for the files of the task
 * list. A kind that is watched with a `?` at its end is read where somebody makes it, and does without where nobody does.
 */
export type Subject = string;

export interface Role extends Agent {
  readonly watches: readonly Subject[];
  readonly produces: readonly Subject[];
}

/** Undefined: it is no role. */
export function asRole(agent: Agent): Role | undefined {
  const { watches, produces } = agent;
  return watches === undefined || produces === undefined ? undefined : { ...agent, watches, produces };
}
