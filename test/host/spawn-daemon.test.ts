import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { isProcessAlive } from "../../daemon/host/spawn-daemon.ts";

it("tells a process that runs from one that there is not", () => {
  expect(isProcessAlive(process.pid)).toBe(true);
  expect(isProcessAlive(2 ** 30)).toBe(false);
});

it.runIf(process.platform === "linux")("takes a process for ended whose parent never asked how it ended", async () => {
  // The child ends once its parent is no shell any more, which would ask.
  const script = "read line <&3 & echo $!; exec sleep 60";
  const parent = spawn("/bin/sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore", "pipe"] });
  const shown = (pid: number | undefined, file: string) => readFileSync(`/proc/${pid}/${file}`, "latin1");
  try {
    const [line] = await once(parent.stdout as Readable, "data");
    const pid = Number(String(line));
    while (shown(parent.pid, "comm") !== "sleep\n") await setImmediate();
    expect(isProcessAlive(pid)).toBe(true);
    (parent.stdio[3] as Writable).end("\n");
    while (!/\) Z /.test(shown(pid, "stat"))) await setImmediate();
    expect(isProcessAlive(pid)).toBe(false);
  } finally {
    parent.kill("SIGKILL");
  }
});
