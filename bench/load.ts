/**
 * Many runs at a time on one daemon: the built program, a real socket, a real store, and a scripted model in a process of its own
 * that answers over HTTP. Meanwhile one client asks as an editor does; beside it a process that does nothing else is asked, so that
 * what the machine itself keeps everybody waiting for is known.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClientConnection, RunStatus } from "../protocol/index.ts";
import { isEnded } from "../protocol/index.ts";
import { startDaemon, stopDaemon } from "./daemon.ts";
import { type Figure, timed } from "./measure.ts";
import { startEcho } from "./round-trip.ts";

const MODEL = fileURLToPath(new URL("./load-model.ts", import.meta.url));
const STEPS = 10;
const PAUSE_MS = 8;
const MEBIBYTE = 1024 * 1024;

/** `folder` is empty; `runs` at a time. */
export async function measureLoad(folder: string, runs: number): Promise<Figure[]> {
  const [home, workspace] = [join(folder, "home"), join(folder, "workspace")];
  mkdirSync(workspace, { recursive: true });
  mkdirSync(home, { mode: 0o700 });
  for (let file = 0; file < STEPS; file++) writeFileSync(join(workspace, `${file}.txt`), `part ${file}\n`.repeat(20));
  const scheduling = { runs: runs + 1, providers: { openai: runs + 1 } };
  writeFileSync(join(home, "settings.json"), JSON.stringify({ scheduling }), { mode: 0o600 });
  const model = await startModel();
  const echo = await startEcho(folder);
  const daemon = await startDaemon(home);
  try {
    return await measure({ daemon, starter: await startDaemon(home), echo, workspace, url: model.url, runs });
  } finally {
    await stopDaemon(daemon, home);
    echo.stop();
    model.child.kill();
  }
}

interface Place {
  readonly daemon: ClientConnection;
  /** Another connection, on which the runs are started: one that asks for much is held back. */
  readonly starter: ClientConnection;
  readonly echo: Awaited<ReturnType<typeof startEcho>>;
  readonly workspace: string;
  readonly url: string;
  readonly runs: number;
}

async function measure({ daemon, starter, echo, workspace, url, runs }: Place): Promise<Figure[]> {
  const modelSettings = {
    provider: "openai" as const,
    model: "scripted",
    baseUrl: url,
    apiKey: "bench-key-0123456789",
  };
  const start = async (index: number) => {
    const params = { workspace, prompt: `What do the parts say, all ${index}?`, headless: true, mode: "ask" as const };
    return (await starter.request("run/start", { ...params, idempotencyKey: `bench-load-${index}`, modelSettings }))
      .runId;
  };
  // One run first, so that nothing is loaded or indexed for the first time while it is measured.
  const first = await start(runs);
  while (!isEnded((await daemon.request("run/show", { runId: first })).run.status)) await wait(20);
  const times: Record<"status" | "list" | "show", number[]> = { status: [], list: [], show: [] };
  const machine: number[] = [];
  let mostBytes = 0;
  let mostAtWork = 0;
  let statuses: readonly RunStatus[] = [];
  const wallMs = await timed(async () => {
    let isStarted = false;
    const starting = Promise.all(Array.from({ length: runs }, (_, index) => start(index))).then(() => {
      isStarted = true;
    });
    while (!isStarted || !statuses.every(isEnded)) {
      times.status.push(
        await timed(async () => {
          mostBytes = Math.max(mostBytes, (await daemon.request("daemon/status", {})).rssBytes);
        }),
      );
      times.show.push(await timed(() => daemon.request("run/show", { runId: first })));
      times.list.push(
        await timed(async () => {
          statuses = (await daemon.request("run/list", { limit: runs })).runs.map(({ status }) => status);
        }),
      );
      mostAtWork = Math.max(mostAtWork, statuses.filter((status) => !isEnded(status)).length);
      machine.push(await timed(() => echo.request({ ping: machine.length })));
      await wait(PAUSE_MS);
    }
    await starting;
  });
  const all = Object.values(times).flat();
  const done = statuses.filter((status) => status === "done").length;
  return [
    {
      name: `${runs} runs of ${STEPS} steps on one daemon: runs that did not get done`,
      value: runs - done,
      limit: 0,
      unit: "runs",
    },
    {
      name: `  meanwhile ${all.length} requests: p99 above that of a process that only answers`,
      value: at(all, 0.99) - at(machine, 0.99),
      limit: 50,
      unit: "ms",
    },
    { name: "  request, p50", value: at(all, 0.5), unit: "ms" },
    { name: "  request, p99", value: at(all, 0.99), unit: "ms" },
    { name: "  the process that only answers, p99", value: at(machine, 0.99), unit: "ms" },
    ...(["status", "list", "show"] as const).map((name) => ({
      name: `  ${name}, p99`,
      value: at(times[name], 0.99),
      unit: "ms",
    })),
    { name: "  at work at the same time, at most", value: mostAtWork, unit: "runs" },
    { name: "  all runs together", value: wallMs / 1000, unit: "s" },
    { name: "  a step, with the scripted model's share", value: wallMs / (runs * STEPS), unit: "ms" },
    { name: "  the daemon's memory at most", value: mostBytes / MEBIBYTE, limit: 600, unit: "MB" },
  ];
}

async function startModel(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [MODEL, String(STEPS)], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = child.stdout === null ? [""] : await once(child.stdout, "data");
  return { url: JSON.parse(String(line)).url, child };
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
