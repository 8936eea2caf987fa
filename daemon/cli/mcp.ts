/** nexus mcp */
import { join, resolve } from "node:path";
import { nexusError } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { errorCode } from "../host/files.ts";
import { prepareHome, userHome } from "../host/paths.ts";
import { AGENT_VARIABLE } from "../security/environment.ts";
import type { McpOptions } from "../server/mcp/serve.ts";
import { modelInput } from "../settings.ts";
import type { CliContext } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Arguments } from "./parse.ts";

export async function mcpCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  if (args.has("http") && args.has("stdio")) throw nexusError("usage.invalid", "Either --stdio or --http.");
  if (args.text("port") !== undefined && !args.has("http"))
    throw nexusError("usage.invalid", "--port goes with --http.");
  const options = await optionsOf(context, args);
  return args.has("http") ? serveHttp(context, args, options) : serveStandardStreams(context, options);
}

async function optionsOf(context: CliContext, args: Arguments): Promise<McpOptions> {
  const { openFolders } = await import("../server/mcp/folders.ts");
  const { ALLOWANCES } = await import("../server/mcp/tools/tool.ts");
  const allowed = new Set(ALLOWANCES.filter((right) => args.texts("allow").includes(right)));
  if (allowed.size > 0 && context.env[AGENT_VARIABLE]) throw nexusError("connection.read_only");
  const repos = args.texts("repo").length === 0 ? [context.cwd] : args.texts("repo");
  const settings = await context.settings();
  return {
    allowed,
    clock: systemClock,
    version: context.build.version,
    folders: await openFolders(
      repos.map((folder) => resolve(context.cwd, folder)),
      await userHome(),
    ),
    runDefaults: { budgetUsd: settings.budgetUsd, ...modelInput(settings.model) },
    connect: (role, title) => context.connect({ as: { face: "mcp", title, role } }),
  };
}

async function serveStandardStreams({ terminal }: CliContext, options: McpOptions): Promise<ExitCode> {
  if (terminal.isInteractive)
    terminal.err(
      "An assistant starts this and speaks MCP over standard streams; Ctrl-D ends it. See docs/mcp-server.md.\n",
    );
  const { protocolStdio } = await import("../host/stdio.ts");
  const streams = protocolStdio();
  const { serveMcpStdio } = await import("../server/mcp/serve.ts");
  await serveMcpStdio(options, streams);
  return EXIT.done;
}

async function serveHttp(context: CliContext, args: Arguments, options: McpOptions): Promise<ExitCode> {
  const port = portOf(args.text("port"));
  const { serveMcpHttp } = await import("../server/mcp/serve.ts");
  const { keptToken } = await import("../server/http/bearer.ts");
  await prepareHome(context.home);
  const tokenFile = join(context.home, "mcp.token");
  const token = await keptToken(tokenFile);
  const served = await serveMcpHttp(options, { port, token }).catch((error: unknown) => {
    throw errorCode(error) === "EADDRINUSE" ? nexusError("usage.invalid", `Port ${port} is taken.`) : error;
  });
  context.terminal.out(`${served.url}\n`);
  context.terminal.err(`The bearer token is in ${tokenFile}. Ctrl-C ends the server.\n`);
  await new Promise<void>((end) => context.terminal.onInterrupt(end));
  await served.close();
  return EXIT.done;
}

function portOf(text: string | undefined): number {
  const port = text === undefined ? 0 : Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw nexusError("usage.invalid", `--port must be a number from 0 to 65535, not “${text}”.`);
}
