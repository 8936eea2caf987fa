/** nexus daemon start, stop, status, logs */
import type { ClientConnection, Scheduling } from "../../protocol/index.ts";
import { NexusError } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { homePaths } from "../host/paths.ts";
import { isProcessAlive, waitForChange } from "../host/spawn-daemon.ts";
import { type CliContext, printJson, wholeNumberOf, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { count, duration } from "./format.ts";
import { followLog, logText, readLogEnd } from "./log-view.ts";
import type { Arguments } from "./parse.ts";

const STOP_MS = 15_000;
const SHOWN_WAITING = 10;

export async function startCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  if (args.has("foreground")) return (await context.serve(context.home)) === 0 ? EXIT.done : EXIT.failed;
  return withConnection(context, async ({ daemon }) => {
    if (args.has("json")) printJson(context, { running: true, ...daemon });
    else context.terminal.out(`The daemon runs (process ${daemon.pid}, version ${daemon.version}).\n`);
    return EXIT.done;
  });
}

export async function stopCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const connection = await running(context);
  if (connection !== undefined) {
    const closed = new Promise<void>((resolve) => connection.onClose(resolve));
    await connection.request("daemon/stop", { ifIdle: false });
    await closed;
    await waitForEnd(context, connection.daemon.pid);
  }
  if (args.has("json")) printJson(context, { stopped: connection !== undefined });
  else context.terminal.out(connection === undefined ? "No daemon was running.\n" : "The daemon has stopped.\n");
  return EXIT.done;
}

export async function statusCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const connection = await running(context);
  const status = await connection?.request("daemon/status", {});
  connection?.close();
  if (args.has("json")) printJson(context, { running: status !== undefined, ...status });
  else if (status === undefined) context.terminal.out("No daemon is running; it starts by itself when it is needed.\n");
  else {
    const { pid, version, uptimeMs, rssBytes, connections, activeRuns, idleExitMs, home } = status;
    const rows = [
      `The daemon runs (process ${pid}, version ${version}) for ${duration(uptimeMs)}.`,
      `  ${count(activeRuns, "active run")}, ${count(connections, "client")}, ${Math.round(rssBytes / 1e6)} MB`,
      ...schedulingLines(status.scheduling),
      `  data in ${home}`,
      ...(idleExitMs === null ? [] : [`  exits in ${duration(idleExitMs)} unless it is used`]),
    ];
    context.terminal.out(`${rows.join("\n")}\n`);
  }
  return status === undefined ? EXIT.failed : EXIT.done;
}

function schedulingLines(scheduling: Scheduling | undefined): string[] {
  if (scheduling === undefined) return [];
  const { runs, tasks, providers } = scheduling;
  const line = (name: string, { active, limit, queued }: Scheduling["tasks"], most = limit) =>
    `  ${name}: ${active} of ${limit} slots taken${most > limit ? ` (${most} when the provider is well again)` : ""}${queued > 0 ? `, ${queued} waiting` : ""}`;
  const next = runs.waiting.slice(0, SHOWN_WAITING).map(({ runId, priority }, index) => {
    return `    ${index + 1}. ${runId}${priority === "normal" ? "" : ` (${priority})`}`;
  });
  const calls = providers.map(({ provider, most, ...slots }) => line(`calls to ${provider}`, slots, most));
  return [line("runs", runs), ...next, ...(tasks.active + tasks.queued > 0 ? [line("tasks", tasks)] : []), ...calls];
}

export async function logsCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const { terminal, paint } = context;
  const isJson = args.has("json");
  const lines = wholeNumberOf("lines", args.text("lines"), 50, 100_000);
  const { log, logs } = homePaths(context.home);
  const print = (line: string) => terminal.out(isJson ? `${line}\n` : logText(line, paint));
  const end = await readLogEnd(log, lines);
  for (const line of end.lines) print(line);
  if (end.lines.length === 0 && !isJson) terminal.err(`There is no log yet (${log}).\n`);
  if (!args.has("follow")) return EXIT.done;
  const left = new AbortController();
  const off = terminal.onInterrupt(() => left.abort());
  await followLog(log, logs, end.offset, print, left.signal);
  off();
  return EXIT.done;
}

/** The connection to the daemon that runs; undefined when none does. A busy one is an error, not an absent one. */
async function running(context: CliContext): Promise<ClientConnection | undefined> {
  const { readDiscovery } = await import("../host/discovery.ts");
  try {
    return await context.connect({ start: false });
  } catch (error) {
    if (!(error instanceof NexusError) || error.value.code !== "daemon.unreachable") throw error;
    const discovery = await readDiscovery(homePaths(context.home));
    if (discovery !== undefined && isProcessAlive(discovery.pid) && /did not answer/.test(error.value.message))
      throw error;
    return undefined;
  }
}

/** The connection ends before the process does: what starts next should find the data folder free. */
async function waitForEnd(context: CliContext, pid: number): Promise<void> {
  const begun = systemClock.monotonic();
  while (isProcessAlive(pid) && systemClock.monotonic() - begun < STOP_MS) await waitForChange(context.home, 20);
}
