/** nexus sessions list, delete */
import { resolve } from "node:path";
import { systemClock } from "../host/clock.ts";
import { realPath } from "../host/files.ts";
import { type CliContext, printJson, wholeNumberOf, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { duration, oneLine, table } from "./format.ts";
import type { Arguments } from "./parse.ts";

export function sessionsListCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const limit = wholeNumberOf("limit", args.text("limit"), 20, 100);
    const repo = args.text("repo");
    const folder = repo === undefined ? undefined : resolve(context.cwd, repo);
    const workspace = folder === undefined ? {} : { workspace: await realPath(folder).catch(() => folder) };
    const page = await connection.request("session/list", { limit, ...workspace });
    if (args.has("json")) {
      printJson(context, page);
      return EXIT.done;
    }
    const now = systemClock.now();
    const rows = page.sessions.map(({ sessionId, settings, updatedAt, workspace: place, title }) => [
      sessionId,
      settings.mode,
      `${duration(now - Date.parse(updatedAt))} ago`,
      oneLine(place, 80),
      oneLine(title, 200),
    ]);
    const { terminal } = context;
    const heads = ["SESSION", "MODE", "USED", "FOLDER", "TITLE"];
    terminal.out(
      rows.length === 0 ? "There are no sessions yet: nexus run GOAL\n" : table([heads, ...rows], terminal.columns),
    );
    if (page.nextCursor !== null) terminal.out(`There are more: --limit ${Math.min(100, limit * 5)}\n`);
    return EXIT.done;
  });
}

export function sessionsDeleteCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const [sessionId = ""] = args.words;
    await connection.request("session/delete", { sessionId });
    if (args.has("json")) printJson(context, { sessionId });
    else context.terminal.out(`Session ${oneLine(sessionId, 80)} is deleted. Its runs stay: nexus runs list\n`);
    return EXIT.done;
  });
}
