/** The agents that a run may put to work. */
import { type Agents, createAgents } from "../agents/registry.ts";
import type { RunContext } from "./run-context.ts";

/** The same through the run's whole life, restarts included. */
export async function agentsOf(_context: RunContext): Promise<Agents> {
  return createAgents();
}
