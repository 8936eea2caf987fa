/** The agents as clients see them: who there is, what was measured of them, and their cards. */
import type { AgentCard, AgentFigures, AgentInfo, Answer, Params } from "../../protocol/index.ts";
import { isEnded, nexusError } from "../../protocol/index.ts";
import type { Agent } from "../agents/agent.ts";
import { type CardPlace, cardOf, cardOfAll } from "../agents/card.ts";
import { createAgents } from "../agents/registry.ts";
import { realPath } from "../host/files.ts";
import type { Store } from "../store/store.ts";
import type { RunDependencies } from "./dependencies.ts";

export interface AgentDirectory {
  /** Both reject with `workspace.missing`; the second also with `agent.unknown`. */
  list(params: Params<"agent/list">): Promise<Answer<"agent/list">>;
  card(params: Params<"agent/card">): Promise<Answer<"agent/card">>;
  /** Of Nexus as a whole, and of one agent, for whoever asks over A2A. */
  cards(workspace: string, place: CardPlace): Promise<{ all: AgentCard; of(name: string): AgentCard | undefined }>;
}

export interface DirectoryOptions {
  readonly userAgents: NonNullable<RunDependencies["userAgents"]>;
  readonly isTrusted: (workspace: string) => Promise<boolean>;
  readonly store: Pick<Store, "projections" | "events">;
  readonly version: string;
}

/** Runs of a workspace that are looked at for figures, the latest first. */
const MOST_RUNS = 50;

export function createAgentDirectory(options: DirectoryOptions): AgentDirectory {
  async function look(path: string) {
    const workspace = await realPath(path).catch(() => {
      throw nexusError("workspace.missing", path);
    });
    const trusted = await options.isTrusted(workspace);
    const { agents: userAgents, problems } = await options.userAgents({ workspace, trusted });
    const { list } = createAgents({ userAgents });
    return { trusted, problems, list, figures: await measured(options.store, workspace) };
  }

  return {
    async list({ workspace }) {
      const { trusted, problems, list, figures } = await look(workspace);
      return {
        trusted,
        agents: list.map((agent) => infoOf(agent, figures(agent.name))),
        problems: problems.map(({ path, line, message }) => ({ path, line, message })),
      };
    },
    async card({ workspace, name }) {
      const { list, figures } = await look(workspace);
      const agent = list.find((candidate) => candidate.name === name);
      if (agent === undefined)
        throw nexusError("agent.unknown", `There are ${list.map((one) => one.name).join(", ")}.`);
      return { card: cardOf(agent, figures(name), { version: options.version }) };
    },
    async cards(workspace, place) {
      const { list, figures } = await look(workspace);
      const known = list.map((agent) => ({ agent, figures: figures(agent.name) }));
      return {
        all: cardOfAll(known, place),
        of(name) {
          const found = known.find(({ agent }) => agent.name === name);
          return found === undefined ? undefined : cardOf(found.agent, found.figures, place);
        },
      };
    },
  };
}

function infoOf(agent: Agent, figures: AgentFigures): AgentInfo {
  const { name, title, purpose, capabilities, tools, moreTools, checks, canDelegateTo, source } = agent;
  return {
    ...{ name, title, purpose, figures },
    source: source.kind,
    path: source.kind === "built-in" ? null : source.path,
    capabilities: capabilities.map(({ id, description }) => ({ id, description })),
    tools: [...new Set([...tools, ...moreTools.planned])],
    checks: [...checks],
    canDelegateTo: [...canDelegateTo],
    readOnly: agent.readOnly === true,
    writes: agent.writes === undefined ? null : [...agent.writes],
    model: agent.model ?? null,
  };
}

interface Sum {
  finished: number;
  done: number;
  usd: number;
  minutes: number;
  working: number;
}

async function measured(
  { projections, events }: DirectoryOptions["store"],
  workspace: string,
): Promise<(name: string) => AgentFigures> {
  const sums = new Map<string, Sum>();
  const { runs } = await projections.listRuns({ workspace, limit: MOST_RUNS });
  for (const { runId } of runs) {
    const state = await events.state(runId);
    for (const task of state?.tasks ?? []) {
      const sum = sums.get(task.agent) ?? { finished: 0, done: 0, usd: 0, minutes: 0, working: 0 };
      sums.set(task.agent, sum);
      if (task.status === "working" && state !== undefined && !isEnded(state.status)) sum.working++;
      if (task.status !== "done" && task.status !== "failed") continue;
      sum.finished++;
      sum.done += task.status === "done" ? 1 : 0;
      sum.usd += task.costUsd;
      sum.minutes += minutesOf(task.startedAt, task.finishedAt);
    }
  }
  return (name) => figuresOf(sums.get(name));
}

function minutesOf(from: string | null, to: string | null): number {
  return from === null || to === null ? 0 : Math.max(0, (Date.parse(to) - Date.parse(from)) / 60_000);
}

function figuresOf(sum: Sum | undefined): AgentFigures {
  if (sum === undefined || sum.finished === 0)
    return { finished: 0, quality: null, meanUsd: null, meanMinutes: null, working: sum?.working ?? 0 };
  const mean = (total: number) => Math.round((total / sum.finished) * 1e6) / 1e6;
  const { finished, working } = sum;
  return { finished, quality: mean(sum.done), meanUsd: mean(sum.usd), meanMinutes: mean(sum.minutes), working };
}
