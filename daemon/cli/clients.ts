/** nexus clients: who is connected to the daemon. */
import type { Answer, ClientFace, ClientRole } from "../../protocol/index.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { count, oneLine } from "./format.ts";
import type { Arguments } from "./parse.ts";

type Present = Answer<"presence/list">["clients"][number];

/** Starts no daemon: where none runs nobody is connected. */
export async function clientsCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const connection = await context.connect({ start: false });
  try {
    const answer = await connection.request("presence/list", { ping: args.has("ping") });
    if (args.has("json")) printJson(context, answer);
    else context.terminal.out(clientTable(answer));
    return EXIT.done;
  } finally {
    connection.close();
  }
}

const FACES: Readonly<Record<ClientFace, string>> = {
  vscode: "VS Code",
  terminal: "terminal",
  lsp: "language server",
  acp: "ACP",
  mcp: "MCP",
  program: "program",
};
const ROLES: Readonly<Record<ClientRole, string>> = { human: "a person", automation: "a script", agent: "an agent" };

function clientTable({ you, clients }: Answer<"presence/list">): string {
  const rows = clients.map((client) => [
    oneLine(client.title ?? client.name, 40),
    FACES[client.face],
    `for ${ROLES[client.role]}`,
    `since ${client.since.slice(0, 16).replace("T", " ")}`,
    client.runCount === 0 ? "" : `watches ${count(client.runCount, "run")}`,
    pingText(client),
    client.connectionId === you ? "(this command)" : "",
  ]);
  const widths = rows[0]?.map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .filter((cell) => cell !== "")
      .join("  ")
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join("");
}

function pingText({ pingMs }: Present): string {
  if (pingMs === undefined) return "";
  return pingMs === null ? "no answer" : `answers in ${Math.round(pingMs)} ms`;
}
