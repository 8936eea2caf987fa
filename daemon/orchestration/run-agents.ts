/** The agents that a run may put to work. */
import type { Agent } from "../agents/agent.ts";
import { type Agents, createAgents } from "../agents/registry.ts";
import type { UserAgents } from "../agents/user-agents.ts";
import { hashOf } from "../host/files.ts";
import { notice, type RunContext, record, stateOf } from "./run-context.ts";

const KEY = "agents";
const MOST_TOLD = 5;
const NOBODY: UserAgents = { agents: [], problems: [] };

/**
 * The same through the run's whole life, restarts included: those that people wrote are kept as they were when it first
 * looked. A file that is broken is told once, and is no agent.
 */
export async function agentsOf(context: RunContext): Promise<Agents> {
  const userAgents = (await pinned(context)) ?? (await pin(context));
  return createAgents({ userAgents });
}

async function pinned(context: RunContext): Promise<readonly Agent[] | undefined> {
  const event = await context.store.events.find(context.runId, KEY);
  if (event?.body.type !== "agents.pinned") return undefined;
  const bytes = await context.store.artifacts.get(event.body.artifact);
  return bytes === undefined ? [] : JSON.parse(new TextDecoder().decode(bytes));
}

/** An agent that somebody wrote takes the place of the role of its name. */
async function pin(context: RunContext): Promise<readonly Agent[]> {
  const roles = (await context.design?.())?.agents ?? [];
  if (context.userAgents === undefined && roles.length === 0) return [];
  const { workspace, trusted = true } = await stateOf(context);
  const { agents: own, problems } = (await context.userAgents?.({ workspace, trusted })) ?? NOBODY;
  const agents = [...own, ...roles];
  for (const { path, line, message } of problems.slice(0, MOST_TOLD))
    await notice(
      context,
      "agent.broken",
      `${path}:${line}: ${message} This agent is not used.`,
      `agents/${path}:${line}`,
    );
  const bytes = new TextEncoder().encode(JSON.stringify(agents));
  const named = agents.flatMap(({ name, source }) => (source.kind === "built-in" ? [] : [{ name, ...source }]));
  const body = { type: "agents.pinned" as const, agents: named, artifact: hashOf(bytes) };
  await record(context, body, KEY, [bytes]);
  // Two phases may look at once: what stands in the log is what counts.
  return (await pinned(context)) ?? agents;
}
