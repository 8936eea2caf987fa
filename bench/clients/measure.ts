/**
 * Many clients at once on one daemon: 500 connections, 5 000 events a second of which each of 100 watchers is told every one, and
 * requests meanwhile. Daemon, clients and whoever measures are three processes; no event may be lost or come out of order.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isProcessAlive, waitForChange } from "../../daemon/host/spawn-daemon.ts";
import type { ClientConnection } from "../../protocol/index.ts";
import { startDaemon } from "../daemon.ts";
import { type Figure, timed } from "../measure.ts";
import { startEcho } from "../round-trip.ts";
import type { CrowdReport, CrowdWanted } from "./crowd.ts";
import type { Wanted } from "./source.ts";

const MAIN = fileURLToPath(new URL("../../daemon/main.ts", import.meta.url));
const CLIENTS = 500;
const WATCHERS = 100;
const RUNS = 20;
const PER_SECOND = 5000;
const WARM_UP_MS = 2000;
const PAUSE_MS = 8;
const MEBIBYTE = 1024 * 1024;
const SETTLE_MS = 30_000;

export interface Load {
  readonly perSecond: number;
  readonly forMs: number;
}

/** `folder` is empty. */
export async function measureClients(
  folder: string,
  { perSecond = PER_SECOND, forMs = 8000 }: Partial<Load> = {},
): Promise<Figure[]> {
  const home = join(folder, "home");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const daemon = start("daemon.ts", home, MAIN);
  const [{ pid }] = await once(daemon, "message");
  const echo = await startEcho(folder);
  const prober = await startDaemon(home);
  const crowd = start("crowd.ts", home);
  try {
    const runIds = Array.from({ length: RUNS }, (_, index) => `run-${index}`);
    await produce(daemon, { runIds, perSecond, forMs: 0 });
    await tell(crowd, { clients: CLIENTS - 1, watchers: WATCHERS, runIds, requestsPerSecond: 200 });
    await produce(daemon, { runIds, perSecond, forMs: WARM_UP_MS });
    return await measure({ daemon, crowd, prober, echo, wanted: { runIds, perSecond, forMs } });
  } finally {
    crowd.kill();
    await prober.request("daemon/stop", { ifIdle: false });
    while (isProcessAlive(pid)) await waitForChange(home, 20);
    echo.stop();
  }
}

interface Parts {
  readonly daemon: ChildProcess;
  readonly crowd: ChildProcess;
  readonly prober: ClientConnection;
  readonly echo: Awaited<ReturnType<typeof startEcho>>;
  readonly wanted: Wanted;
}

async function measure({ daemon, crowd, prober, echo, wanted }: Parts): Promise<Figure[]> {
  const before = await ask(crowd);
  const startedAt = performance.now();
  let isDone = false;
  const producing = produce(daemon, wanted).finally(() => {
    isDone = true;
  });
  const [times, machine, bytes]: [number[], number[], number[]] = [[], [], []];
  const [runId = ""] = wanted.runIds;
  while (!isDone) {
    times.push(await timed(async () => void bytes.push((await prober.request("daemon/status", {})).rssBytes)));
    times.push(await timed(() => prober.request("run/show", { runId })));
    times.push(await timed(() => prober.request("run/list", { limit: 50 })));
    machine.push(await timed(() => echo.request({ ping: machine.length })));
    await wait(PAUSE_MS);
  }
  const { appended, cpuMs } = await producing;
  const seconds = (performance.now() - startedAt) / 1000;
  const settled = await settle(crowd, before.events + appended * WATCHERS);
  const lastSeqs = await Promise.all(
    wanted.runIds.map(async (id) => (await prober.request("run/events", { runId: id, after: 0, limit: 1 })).lastSeq),
  );
  const missing = wanted.runIds.filter((id, index) => settled.report.least[id] !== lastSeqs[index]).length;
  const { report } = settled;
  const lost = before.events + appended * WATCHERS - report.events;
  const name = `${CLIENTS} clients, ${Math.round(appended / seconds)} events a second to ${WATCHERS} watchers each`;
  return [
    { name: `${name}: events not told`, value: lost, limit: 0, unit: "events" },
    { name: "  events out of order or twice", value: report.outOfOrder, limit: 0, unit: "events" },
    { name: "  runs of which a watcher lacks the end", value: missing, limit: 0, unit: "runs" },
    { name: "  requests of others that failed", value: report.failed, limit: 0, unit: "requests" },
    {
      name: `  meanwhile ${times.length} requests: p99 above that of a process that only answers`,
      value: at(times, 0.99) - at(machine, 0.99),
      limit: 50,
      unit: "ms",
    },
    { name: "  request, p50", value: at(times, 0.5), unit: "ms" },
    { name: "  request, p99", value: at(times, 0.99), unit: "ms" },
    { name: "  the process that only answers, p99", value: at(machine, 0.99), unit: "ms" },
    { name: "  the daemon's processor time", value: (cpuMs / seconds / 1000) * 100, unit: "% of one" },
    { name: "  of that for an event", value: cpuMs / appended, unit: "ms" },
    { name: "  events made", value: appended / seconds, unit: "a second" },
    { name: "  events told", value: (report.events - before.events) / seconds, unit: "a second" },
    { name: "  the last event was with the last watcher after", value: settled.afterMs, limit: 1000, unit: "ms" },
    { name: "  the daemon's memory at most", value: Math.max(...bytes) / MEBIBYTE, limit: 600, unit: "MB" },
  ];
}

function start(program: string, ...words: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(program, import.meta.url)), words, {
    execArgv: ["--no-warnings"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

async function produce(daemon: ChildProcess, wanted: Wanted): Promise<{ appended: number; cpuMs: number }> {
  daemon.send(wanted);
  const [produced] = await once(daemon, "message");
  return produced;
}

async function tell(crowd: ChildProcess, wanted: CrowdWanted): Promise<void> {
  crowd.send(wanted);
  await once(crowd, "message");
}

async function ask(crowd: ChildProcess): Promise<CrowdReport> {
  crowd.send("report");
  const [report] = await once(crowd, "message");
  return report;
}

/** Waits until all is told, or for long. */
async function settle(crowd: ChildProcess, expected: number): Promise<{ report: CrowdReport; afterMs: number }> {
  const startedAt = performance.now();
  for (;;) {
    const report = await ask(crowd);
    const afterMs = performance.now() - startedAt;
    if (report.events >= expected || afterMs > SETTLE_MS) return { report, afterMs };
    await wait(20);
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
