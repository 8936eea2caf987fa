/** The agents that a run may put to work. */
import type { Agent } from "../agents/agent.ts";
import { type Agents, createAgents } from "../agents/registry.ts";
import { hashOf } from "../host/files.ts";
import { notice, type RunContext, record, stateOf } from "./run-context.ts";

const KEY = "agents";
const MOST_TOLD = 5;

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

async function pin(context: RunContext): Promise<readonly Agent[]> {
  if (context.userAgents === undefined) return [];
  const { workspace, trusted = true } = await stateOf(context);
  const { agents, problems } = await context.userAgents({ workspace, trusted });
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
