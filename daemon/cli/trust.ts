/** nexus trust, and the question before a run in a folder that nobody decided about. */
import { resolve } from "node:path";
import type { ClientConnection, WorkspaceTrust } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { oneLine, type Paint, printable } from "./format.ts";
import type { Arguments } from "./parse.ts";

const MOST_FILES = 30;

export async function trustCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const workspace = resolve(context.cwd, args.words[0] ?? ".");
  const connection = await context.connect({ decides: true });
  try {
    const found = await connection.request("workspace/trust", { workspace });
    const decided = args.has("show") ? found : await decide(context, connection, args, found);
    if (args.has("json")) printJson(context, decided);
    else context.terminal.out(stateText(decided, context.paint));
    return EXIT.done;
  } finally {
    connection.close();
  }
}

async function decide(
  { terminal, paint }: CliContext,
  connection: ClientConnection,
  args: Arguments,
  found: WorkspaceTrust,
): Promise<WorkspaceTrust> {
  const { workspace, hash } = found;
  if (args.has("revoke")) return connection.request("workspace/setTrust", { workspace, trusted: false });
  if (found.state === "trusted") return found;
  if (terminal.isInteractive && !args.has("json")) {
    terminal.out(questionText(found, paint));
    if (!isYes(await terminal.ask("Trust this folder? [y]es, [n]o: "))) return found;
  }
  return connection.request("workspace/setTrust", { workspace, trusted: true, hash });
}

/**
 * What `run/start` is told about trust. In a terminal the person is asked where nobody has decided, or where what was trusted
 * has changed; without one the daemon decides (docs/trust.md).
 */
export async function trustForRun(
  { terminal, paint }: CliContext,
  connection: ClientConnection,
  args: Arguments,
  workspace: string,
): Promise<{ trusted?: boolean }> {
  if (args.has("trust") && args.has("untrusted"))
    throw nexusError("usage.invalid", "--trust and --untrusted exclude each other.");
  if (args.has("untrusted")) return { trusted: false };
  if (args.has("trust")) {
    await connection.request("workspace/setTrust", { workspace, trusted: true });
    return {};
  }
  if (!terminal.isInteractive || args.has("json")) return {};
  const found = await connection.request("workspace/trust", { workspace });
  if (found.state !== "undecided" && found.state !== "changed") return {};
  terminal.out(questionText(found, paint));
  const answer = await terminal.ask("Trust it? [y]es, [n]o (run without its tests, commands and rules): ");
  const trusted = isYes(answer);
  await connection.request("workspace/setTrust", { workspace, trusted, hash: found.hash });
  return { trusted };
}

function isYes(answer: string | undefined): boolean {
  return /^y(es)?$/i.test(answer?.trim() ?? "");
}

function questionText({ workspace, state, files, changed }: WorkspaceTrust, paint: Paint): string {
  const head = `Nexus would run the tests and commands of ${paint("bold", printable(workspace))} and obey its rules.\n`;
  if (state === "changed")
    return `${head}You trusted it; this has changed since:\n${listText(changed.map((path) => `  ${printable(path)}\n`))}`;
  if (files.length === 0) return `${head}Nothing in it configures Nexus yet.\n`;
  const rows = files.map(({ path, why }) => `  ${printable(path)} ${paint("dim", why)}\n`);
  return `${head}What it would obey or have run:\n${listText(rows)}`;
}

function stateText({ workspace, state, changed, decided }: WorkspaceTrust, paint: Paint): string {
  const why = decided === null ? "" : paint("dim", `  ${decided.at.slice(0, 10)}, ${oneLine(decided.why, 200)}\n`);
  switch (state) {
    case "trusted":
      return `${paint("green", "✓")} ${printable(workspace)} is trusted.\n${why}`;
    case "untrusted":
      return `${printable(workspace)} is not trusted: nothing of it is run or obeyed.\n${why}`;
    case "undecided":
      return `Nobody has decided about ${printable(workspace)} yet.\n`;
    case "changed":
      return `${paint("yellow", "!")} ${printable(workspace)} was trusted, and has changed since:\n${listText(changed.map((path) => `  ${printable(path)}\n`))}`;
  }
}

function listText(rows: readonly string[]): string {
  const more = rows.length > MOST_FILES ? `  and ${rows.length - MOST_FILES} more\n` : "";
  return `${rows.slice(0, MOST_FILES).join("")}${more}`;
}
