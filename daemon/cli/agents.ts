/** nexus agents list, agents show */
import { type AgentFigures, type AgentInfo, nexusError } from "../../protocol/index.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { count, oneLine, table } from "./format.ts";
import { withMemory } from "./memory-call.ts";
import type { Arguments } from "./parse.ts";

const UNTRUSTED = "The folder is not trusted: its own agents are not used. See `nexus trust`.\n";

export function agentsListCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const answer = await connection.request("agent/list", { workspace }, { signal });
    const { terminal, paint } = context;
    if (args.has("json")) printJson(context, answer);
    else {
      terminal.out(agentsTable(answer.agents, terminal.columns));
      for (const { path, line, message } of answer.problems)
        terminal.out(`${paint("yellow", `${oneLine(path, 300)}:${line}`)} is not used: ${oneLine(message, 300)}\n`);
      if (!answer.trusted) terminal.out(UNTRUSTED);
    }
    return answer.problems.length === 0 ? EXIT.done : EXIT.failed;
  });
}

export function agentsShowCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const [name = ""] = args.words;
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    if (args.has("json")) {
      printJson(context, (await connection.request("agent/card", { workspace, name }, { signal })).card);
      return EXIT.done;
    }
    const { agents } = await connection.request("agent/list", { workspace }, { signal });
    const agent = agents.find((candidate) => candidate.name === name);
    if (agent === undefined)
      throw nexusError("agent.unknown", `There are ${agents.map((one) => oneLine(one.name, 60)).join(", ")}.`);
    context.terminal.out(agentText(agent));
    return EXIT.done;
  });
}

function agentsTable(agents: readonly AgentInfo[], width: number): string {
  const rows = agents.map(({ name, source, figures, purpose }) => [
    oneLine(name, 40),
    source,
    endedText(figures),
    oneLine(purpose, 300),
  ]);
  return table([["AGENT", "FROM", "TASKS", "PURPOSE"], ...rows], width);
}

function endedText({ finished, quality, working }: AgentFigures): string {
  const ended = quality === null ? "none yet" : `${Math.round(quality * finished)} of ${finished} done`;
  return working === 0 ? ended : `${ended}, ${working} at work`;
}

function agentText(agent: AgentInfo): string {
  const { name, title, purpose, source, path, capabilities, tools, checks, canDelegateTo, writes, figures } = agent;
  const listed = (items: readonly string[]) =>
    items.length === 0 ? "none" : items.map((item) => oneLine(item, 80)).join(", ");
  const lines = [
    `${oneLine(title, 60)} (${oneLine(name, 60)}, ${source}${path === null ? "" : `: ${oneLine(path, 300)}`})`,
    oneLine(purpose, 300),
    "",
    ...capabilities.map(({ id, description }) => `  ${oneLine(id, 60)}: ${oneLine(description, 200)}`),
    `Tools: ${listed(tools)}`,
    `Checks of its work: ${listed(checks)}`,
    `Hands work to: ${canDelegateTo.includes("*") ? "all others" : listed(canDelegateTo)}`,
    `Writes: ${agent.readOnly ? "nothing" : writes === null ? "any file of its copy" : listed(writes)}`,
    ...(agent.model === null ? [] : [`Model: ${oneLine(agent.model, 200)}`]),
    `${count(figures.finished, "task")} ended: ${endedText(figures)}${costText(figures)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function costText({ meanUsd, meanMinutes }: AgentFigures): string {
  if (meanUsd === null || meanMinutes === null) return "";
  return `; $${meanUsd.toFixed(4)} and ${meanMinutes.toFixed(1)} minutes each on average`;
}
