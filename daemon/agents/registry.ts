/** The agents of a run: those that Nexus brings, and those that people wrote. */
import type { Agent } from "./agent.ts";
import { backend } from "./backend.ts";
import { coder } from "./coder.ts";
import { data } from "./data.ts";
import { devops } from "./devops.ts";
import { frontend } from "./frontend.ts";
import { research } from "./research.ts";
import { testing } from "./testing.ts";

export interface Agents {
  /** The general agent first, then the others by name within their origin. */
  readonly list: readonly Agent[];
  readonly names: readonly string[];
  find(name: string): Agent | undefined;
  /** The general agent where nobody has that name. */
  of(name: string): Agent;
}

export const BUILT_IN_AGENTS: readonly Agent[] = [coder, backend, frontend, devops, data, research, testing];

/** Agents of people come after the built-in ones, and never under the name of another. */
export function createAgents({ userAgents = [] }: { readonly userAgents?: readonly Agent[] } = {}): Agents {
  const byName = new Map(BUILT_IN_AGENTS.map((agent) => [agent.name, agent]));
  for (const agent of userAgents) if (!byName.has(agent.name)) byName.set(agent.name, agent);
  const list = [...byName.values()];
  return {
    list,
    names: list.map(({ name }) => name),
    find: (name) => byName.get(name),
    of: (name) => byName.get(name) ?? coder,
  };
}
