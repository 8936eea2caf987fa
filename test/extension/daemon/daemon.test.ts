/** The extension's connection against the real daemon, run from source. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isProcessAlive, waitForChange } from "../../../daemon/host/spawn-daemon.ts";
import { type ConnectionState, Daemon, type DaemonOptions } from "../../../extension/daemon/daemon.ts";

const MAIN = fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));

let home: string;
let open: Daemon[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "nexus-ext-"));
  open = [];
});
afterEach(async () => {
  for (const daemon of open) daemon.dispose();
  const pid = await daemonPid();
  if (pid !== undefined) await killed(pid);
  await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

function connection(change: Partial<DaemonOptions> = {}): Daemon {
  const daemon = new Daemon({
    client: { name: "test", version: "0.0.0", buildTime: 0 },
    launch: async () => ({ main: MAIN, nodePath: process.execPath, home, env: { NEXUS_IDLE_MS: "60000" } }),
    configure: async () => undefined,
    onProblem: () => undefined,
    isNeeded: () => true,
    ...change,
  });
  open.push(daemon);
  return daemon;
}

async function daemonPid(): Promise<number | undefined> {
  const text = await readFile(join(home, "daemon.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text).pid;
}

async function killed(pid: number): Promise<void> {
  if (isProcessAlive(pid)) process.kill(pid, "SIGKILL");
  while (isProcessAlive(pid)) await waitForChange(home, 10);
}

function nextState(daemon: Daemon, wanted: ConnectionState): Promise<void> {
  return new Promise((resolve) => {
    const stop = daemon.onState((state) => {
      if (state !== wanted) return;
      stop();
      resolve();
    });
  });
}

describe("the connection to the daemon", () => {
  it("starts one when it is asked something, and finds it the second time", async () => {
    const first = await connection().request("daemon/status", {});
    const second = await connection().request("daemon/status", {});
    expect(second.pid).toBe(first.pid);
    expect(second.home).toContain("nexus-ext-");
  });

  it("starts none when it only looks", async () => {
    await expect(connection().connect(false)).rejects.toMatchObject({ value: { code: "daemon.unreachable" } });
    expect(await daemonPid()).toBeUndefined();
  });

  it("starts one for a request that comes while it only looks", async () => {
    const daemon = connection();
    const looking = daemon.connect(false).catch((error: unknown) => error);
    expect((await daemon.request("daemon/status", {})).activeRuns).toBe(0);
    await looking;
  });

  it("comes back by itself when the daemon is killed while it is needed, and tells so", async () => {
    const daemon = connection();
    let connected = 0;
    daemon.onConnected(() => connected++);
    const { pid } = await daemon.request("daemon/status", {});
    const back = nextState(daemon, "connected");
    await killed(pid);
    await back;
    const now = await daemon.request("daemon/status", {});
    expect(now.pid).not.toBe(pid);
    expect(connected).toBe(2);
  });

  it("lets a daemon be gone that nobody needs, until somebody asks", async () => {
    const daemon = connection({ isNeeded: () => false });
    const { pid } = await daemon.request("daemon/status", {});
    const gone = nextState(daemon, "idle");
    await killed(pid);
    await gone;
    expect((await daemon.request("daemon/status", {})).pid).not.toBe(pid);
  });

  it("restarts the daemon on demand", async () => {
    const daemon = connection();
    const { pid } = await daemon.request("daemon/status", {});
    await daemon.restart();
    expect((await daemon.request("daemon/status", {})).pid).not.toBe(pid);
  });

  it("tells the daemon the model first, and what it does not like as a problem of its own", async () => {
    const problems: unknown[] = [];
    const configure = async () => ({ provider: "no-such-provider", apiKey: "sk-x" });
    const daemon = connection({ configure, onProblem: (error) => problems.push(error) });
    await daemon.request("daemon/status", {});
    expect(problems).toMatchObject([{ value: { code: "settings.invalid" } }]);
  });

  it("says why a daemon cannot start", async () => {
    const launch = async () => ({ main: join(home, "missing.js"), nodePath: process.execPath, home, env: {} });
    const daemon = connection({ launch, isNeeded: () => false });
    await expect(daemon.request("daemon/status", {})).rejects.toMatchObject({ value: { code: "daemon.unreachable" } });
    const noNode = async () => ({ main: MAIN, nodePath: join(home, "no-node"), home, env: {} });
    const other = connection({ launch: noNode, isNeeded: () => false });
    await expect(other.request("daemon/status", {})).rejects.toThrow(/could not be run/);
  });
});
