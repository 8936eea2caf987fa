/** From starting the daemon's process to its first answer, beside `node -e 0`; and what the daemon weighs when idle. */
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { startDaemon, stopDaemon } from "./daemon.ts";
import { type Figure, sideBySide, timed } from "./measure.ts";

const ROUNDS = 11;
const MEBIBYTE = 1024 * 1024;
const IDLE_MS = 3000;

export async function measureColdStart(home: string): Promise<Figure[]> {
  const times = await sideBySide(
    ROUNDS,
    () => timeStart(home),
    async () => [await timed(async () => spawnSync(process.execPath, ["-e", "0"]))],
  );
  return [
    { name: "daemon's cold start to first answer ÷ node -e 0", value: times.first / times.second, limit: 8, unit: "×" },
    { name: "  daemon's cold start to first answer", value: times.first, unit: "ms" },
    { name: "  node -e 0", value: times.second, unit: "ms" },
  ];
}

async function timeStart(home: string): Promise<number[]> {
  const startedAt = performance.now();
  const daemon = await startDaemon(home);
  await daemon.request("daemon/status", {});
  const time = performance.now() - startedAt;
  await stopDaemon(daemon, home);
  return [time];
}

/** A fresh daemon with one client, left alone for a while. */
export async function measureIdle(home: string): Promise<Figure[]> {
  const daemon = await startDaemon(home);
  await sleep(IDLE_MS);
  const { rssBytes } = await daemon.request("daemon/status", {});
  await stopDaemon(daemon, home);
  return [{ name: "idle daemon", value: rssBytes / MEBIBYTE, limit: 110, unit: "MB" }];
}
