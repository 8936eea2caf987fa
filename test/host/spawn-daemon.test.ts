import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { isProcessAlive } from "../../daemon/host/spawn-daemon.ts";

it("tells a process that runs from one that there is not", () => {
  expect(isProcessAlive(process.pid)).toBe(true);
  expect(isProcessAlive(2 ** 30)).toBe(false);
});

it.runIf(process.platform === "linux")("takes a process for ended whose parent never asked how it ended", async () => {
  const parent = spawn("/bin/sh", ["-c", "true & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [line] = await once(parent.stdout, "data");
    const pid = Number(String(line));
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"))) await setImmediate();
    expect(isProcessAlive(pid)).toBe(false);
  } finally {
    parent.kill("SIGKILL");
  }
});
