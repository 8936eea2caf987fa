/** nexus tools list, mcp-servers list, mcp-servers test */
import type { Answer, McpServerInfo, ToolInfo } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Colour, count, oneLine, type Paint, table } from "./format.ts";
import { withMemory } from "./memory-call.ts";
import type { Arguments } from "./parse.ts";

type Listed = Answer<"tools/list">;

const UNTRUSTED = "The folder is not trusted: nothing that it brings itself is used. See `nexus trust`.\n";

export function toolsListCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return listed(context, args, (answer) => {
    if (args.has("json")) return printed(context, answer);
    const { terminal, paint } = context;
    terminal.out(toolsText(answer.tools, terminal.columns));
    for (const { name, problem } of answer.problems)
      terminal.out(`${paint("yellow", `plug-in ${oneLine(name, 60)} is left out`)}: ${oneLine(problem, 300)}\n`);
    terminal.out(offText(answer, paint));
    return EXIT.done;
  });
}

export function serversListCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return listed(context, args, ({ servers, trusted }) => {
    if (args.has("json")) return printed(context, { trusted, servers });
    const { terminal, paint } = context;
    if (servers.length === 0) terminal.out("No MCP server is configured. See docs/mcp-servers.md.\n");
    for (const server of servers) terminal.out(serverText(server, paint));
    if (!trusted) terminal.out(UNTRUSTED);
    return EXIT.done;
  });
}

export function serverTestCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const [name = ""] = args.words;
  return listed(context, args, ({ servers, tools }) => {
    const server = servers.find((candidate) => candidate.name === name);
    if (server === undefined) throw nexusError("usage.invalid", `There is no MCP server ${oneLine(name, 60)}.`);
    const own = tools.filter(({ source }) => source === `MCP server ${name}`);
    const code = server.state === "ready" ? EXIT.done : EXIT.failed;
    if (args.has("json")) {
      printJson(context, { server, tools: own });
      return code;
    }
    const { terminal, paint } = context;
    terminal.out(serverText(server, paint));
    for (const line of server.refused) terminal.out(`  ${paint("yellow", "left out")} ${oneLine(line, 300)}\n`);
    for (const tool of own)
      terminal.out(`  ${oneLine(tool.name, 80)}  ${paint("dim", oneLine(tool.description, 300))}\n`);
    return code;
  });
}

function listed(context: CliContext, args: Arguments, tell: (answer: Listed) => ExitCode): Promise<ExitCode> {
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) =>
    tell(await connection.request("tools/list", { workspace }, { signal })),
  );
}

function printed(context: CliContext, value: object): ExitCode {
  printJson(context, value);
  return EXIT.done;
}

function toolsText(tools: readonly ToolInfo[], width: number): string {
  const rows = tools.map(({ name, source, effect, hidden }) => [
    oneLine(name, 80),
    oneLine(source, 60),
    effect,
    hidden === null ? "offered" : `hidden: ${oneLine(hidden, 300)}`,
  ]);
  return table([["TOOL", "FROM", "EFFECT", "POLICY"], ...rows], width);
}

function offText({ servers, trusted }: Listed, paint: Paint): string {
  const off = servers.filter(({ state }) => state !== "ready").map((server) => serverText(server, paint));
  return [...off, ...(trusted ? [] : [UNTRUSTED])].join("");
}

const COLOURS: Readonly<Record<McpServerInfo["state"], Colour>> = {
  ready: "green",
  connecting: "cyan",
  waiting: "yellow",
  failed: "red",
};

function serverText({ name, source, state, problem, target, tools, refused }: McpServerInfo, paint: Paint): string {
  const left = refused.length === 0 ? "" : `, ${refused.length} left out`;
  const how = problem === null ? `${count(tools, "tool")}${left}` : oneLine(problem, 500);
  return `${oneLine(name, 60)}  ${paint(COLOURS[state], state)}  ${how}\n  ${paint("dim", `${source}: ${oneLine(target, 1000)}`)}\n`;
}
