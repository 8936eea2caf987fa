/** A daemon's life in this process: its files, its idleness, its end. */

import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { homePaths } from "../../daemon/host/paths.ts";
import { silentLog } from "../../daemon/observability/log-file.ts";
import { type LifeOptions, type RunningDaemon, startDaemon } from "../../daemon/server/life.ts";
import { type ClientConnection, nexusError } from "../../protocol/index.ts";
import { noAgents } from "../support/agents.ts";
import { createFakeMemory } from "../support/fake-memory.ts";
import { createFakeRunService, type FakeRunService } from "../support/fake-run-service.ts";
import { collectingAudit, memoryTrust } from "../support/guard.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { removeFolder } from "../support/remove.ts";
import { openClient } from "../support/rpc-client.ts";

const IDLE_MS = 60_000;
const isRoot = process.getuid?.() === 0;
let root: string;
let home: string;
let clock: ManualClock;
let service: FakeRunService;
let daemons: RunningDaemon[];
let steps: string[];
let fatal: (error: unknown) => void;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "nexus-life-"));
  home = join(root, "home");
  clock = createManualClock();
  service = createFakeRunService();
  daemons = [];
  steps = [];
});

afterEach(async () => {
  for (const daemon of daemons) {
    daemon.stop("test ends");
    await daemon.ended;
  }
  await removeFolder(root);
});

async function start(more: Partial<LifeOptions> = {}): Promise<RunningDaemon> {
  const daemon = await startDaemon({
    home,
    idleExitMs: IDLE_MS,
    build: { version: "1.2.3", buildTime: 42 },
    env: {},
    clock,
    log: silentLog,
    lock: async () => ({ release: () => void steps.push("lock released") }),
    async open(_paths, onFatal) {
      fatal = onFatal;
      const close = async () => void steps.push("store closed");
      return {
        service,
        memory: createFakeMemory(),
        check: async () => [],
        configureModel: () => ({ provider: null, model: null, hasKey: false }),
        trust: memoryTrust(),
        agents: noAgents,
        listTools: async () => ({ trusted: false, tools: [], servers: [], problems: [] }),
        audit: collectingAudit(),
        close,
      };
    },
    ...more,
  });
  daemons.push(daemon);
  return daemon;
}

async function client(): Promise<ClientConnection> {
  const { address } = JSON.parse(await readFile(homePaths(home).discovery, "utf8"));
  return openClient(address, await readFile(homePaths(home).token, "utf8"));
}

describe("its files", () => {
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

  it("are the user's alone", async () => {
    const mask = process.umask(0);
    try {
      const { address } = await start();
      const { discovery, token } = homePaths(home);
      expect(await modeOf(home)).toBe("700");
      expect(await modeOf(join(home, "run"))).toBe("700");
      expect([await modeOf(address), await modeOf(token), await modeOf(discovery)]).toEqual(["600", "600", "600"]);
      expect(JSON.parse(await readFile(discovery, "utf8"))).toMatchObject({
        pid: process.pid,
        address,
        version: "1.2.3",
      });
      expect(await readFile(token, "utf8")).toMatch(/^[0-9a-f]{64}$/);
    } finally {
      process.umask(mask);
    }
  });

  it("hold a new token at each start", async () => {
    const first = await start();
    const token = await readFile(homePaths(home).token, "utf8");
    first.stop("again");
    await first.ended;
    await start();
    expect(await readFile(homePaths(home).token, "utf8")).not.toBe(token);
  });

  it("lie in the user's runtime folder when there is a safe one", async () => {
    const runtime = join(root, "runtime");
    await mkdir(runtime, { mode: 0o700 });
    const { address } = await start({ env: { XDG_RUNTIME_DIR: runtime } });
    expect(address).toMatch(new RegExp(`^${runtime}/nexus/[0-9a-f]{16}/daemon\\.sock$`));
    expect(await modeOf(join(runtime, "nexus"))).toBe("700");
  });

  it.each([
    ["is open to others", async (folder: string) => mkdir(folder).then(() => chmod(folder, 0o755))],
    ["is missing", async () => undefined],
  ])("lie in the data folder when the runtime folder %s", async (_name, make) => {
    const runtime = join(root, "runtime");
    await make(runtime);
    const { address } = await start({ env: { XDG_RUNTIME_DIR: runtime } });
    expect(address).toBe(join(home, "run", "daemon.sock"));
  });

  it("lie elsewhere when the path is too long for a socket", async () => {
    home = join(root, "long".repeat(30));
    const { address } = await start();
    expect(Buffer.byteLength(address)).toBeLessThanOrEqual(100);
    expect(address.startsWith(join(tmpdir(), "nexus-"))).toBe(true);
    await (await client()).request("daemon/status", {});
    await rm(join(address, ".."), { recursive: true });
  });

  it("replace the socket that a dead daemon left", async () => {
    await mkdir(join(home, "run"), { recursive: true, mode: 0o700 });
    await chmod(home, 0o700);
    const stale = createServer().listen(join(home, "run", "daemon.sock"));
    await new Promise((resolve) => stale.once("listening", resolve));
    await start();
    expect((await (await client()).request("daemon/status", {})).pid).toBe(process.pid);
    stale.close();
  });

  const unsafe: [name: string, make: () => Promise<unknown>, asRoot?: boolean][] = [
    ["the data folder is open to all", () => mkdir(home).then(() => chmod(home, 0o777))],
    ["the data folder is a file", () => writeFile(home, "")],
    ["the data folder is another user's", () => mkdir(home).then(() => chown(home, 4242, 4242)), true],
    ["the socket's folder is open to all", () => withRun((run) => mkdir(run).then(() => chmod(run, 0o777)))],
    ["the socket's folder is a link", () => withRun((run) => symlink(root, run))],
    [
      "the socket's folder is another user's",
      () => withRun((run) => mkdir(run, 0o700).then(() => chown(run, 4242, 4242))),
      true,
    ],
    ["a file stands where the socket goes", () => withSocket((path) => writeFile(path, ""))],
    ["a link stands where the socket goes", () => withSocket((path) => symlink("/etc/passwd", path))],
    ["another user's socket stands there", () => withSocket((path) => listenAs(path, 4242)), true],
  ];
  it.each(unsafe)("are not made when %s", async (_name, make, asRoot = false) => {
    if (asRoot && !isRoot) return;
    await make();
    await expect(start()).rejects.toMatchObject({ value: { code: "daemon.folder_unsafe" } });
    expect(await readdir(home).catch(() => [])).not.toContain("daemon.json");
  });

  async function withRun(make: (run: string) => Promise<unknown>): Promise<void> {
    await mkdir(home, { mode: 0o700 });
    await make(join(home, "run"));
  }

  async function withSocket(make: (path: string) => Promise<unknown>): Promise<void> {
    await withRun((run) => mkdir(run, 0o700));
    await make(join(home, "run", "daemon.sock"));
  }

  async function listenAs(path: string, uid: number): Promise<void> {
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once("listening", resolve));
    await chown(path, uid, uid);
    server.unref();
  }
});

describe("its start", () => {
  it("takes up what was left, after it can be reached", async () => {
    await start();
    expect(service.recovered).toBe(true);
  });

  it("ends before it has begun when another holds the data folder", async () => {
    const lock = async () => {
      throw nexusError("daemon.already_running");
    };
    await expect(start({ lock })).rejects.toMatchObject({ value: { code: "daemon.already_running" } });
    expect(await readdir(home)).toEqual(["logs"]);
  });

  it("gives the lock back when the store cannot be opened", async () => {
    const open = async () => {
      throw nexusError("store.corrupt");
    };
    await expect(start({ open })).rejects.toMatchObject({ value: { code: "store.corrupt" } });
    expect(steps).toEqual(["lock released"]);
  });
});

describe("its idleness", () => {
  it("ends it after a while without clients and runs", async () => {
    const daemon = await start();
    clock.advance(IDLE_MS - 1);
    expect(service.drained).toBeUndefined();
    clock.advance(10);
    expect(await daemon.ended).toBe(0);
    expect(service.drained).toBe("idle");
  });

  it("does not begin while there is a client or a run", async () => {
    const daemon = await start();
    const connection = await client();
    clock.advance(3 * IDLE_MS);
    service.setActiveRuns(1);
    connection.close();
    await vi.waitFor(async () => expect((await statusOf()).connections).toBe(1));
    clock.advance(3 * IDLE_MS);
    expect(service.drained).toBeUndefined();
    service.setActiveRuns(0);
    await vi.waitFor(() => {
      clock.advance(2 * IDLE_MS);
      expect(service.drained).toBe("idle");
    });
    expect(await daemon.ended).toBe(0);
  });

  /** Asked over a connection of its own, which it counts. */
  async function statusOf() {
    const connection = await client();
    try {
      return await connection.request("daemon/status", {});
    } finally {
      connection.close();
    }
  }
});

describe("its end", () => {
  it("tells the clients, drains, closes and leaves no trace", async () => {
    const daemon = await start();
    const connection = await client();
    const told = new Promise((resolve) => connection.on("daemon/draining", resolve));
    const closed = new Promise<void>((resolve) => connection.onClose(resolve));
    daemon.stop("SIGTERM");
    daemon.stop("SIGTERM again");
    expect(await told).toEqual({ reason: "SIGTERM" });
    await closed;
    expect(await daemon.ended).toBe(0);
    expect(service.drained).toBe("SIGTERM");
    expect(steps).toEqual(["store closed", "lock released"]);
    expect(await readdir(home)).not.toContain("daemon.json");
    expect(await readdir(join(home, "run"))).toEqual([]);
  });

  it("comes after ten seconds even when a run does not come to rest", async () => {
    service.drain = () => new Promise(() => undefined);
    const daemon = await start();
    daemon.stop("SIGTERM");
    clock.advance(10_000);
    expect(await daemon.ended).toBe(0);
  });

  it("comes at once, with exit code 1, when the store cannot be trusted", async () => {
    const daemon = await start();
    fatal(nexusError("store.fenced"));
    expect(await daemon.ended).toBe(1);
    expect(service.drained).toBeUndefined();
    expect(steps).toEqual(["store closed", "lock released"]);
  });

  it("leaves the files of the daemon that has taken over", async () => {
    const daemon = await start();
    const { discovery } = homePaths(home);
    const taken = { ...JSON.parse(await readFile(discovery, "utf8")), pid: 1 };
    await writeFile(discovery, JSON.stringify(taken), { mode: 0o600 });
    fatal(nexusError("store.fenced"));
    await daemon.ended;
    expect(JSON.parse(await readFile(discovery, "utf8"))).toEqual(taken);
  });

  it("is refused to a newer build while others need it", async () => {
    const daemon = await start();
    const [one, two] = [await client(), await client()];
    expect(await one.request("daemon/stop", { ifIdle: true })).toEqual({ stopping: false });
    two.close();
    service.setActiveRuns(1);
    expect(await one.request("daemon/stop", { ifIdle: true })).toEqual({ stopping: false });
    service.setActiveRuns(0);
    await vi.waitFor(async () => expect((await one.request("daemon/status", {})).connections).toBe(1));
    expect(await one.request("daemon/stop", { ifIdle: true })).toEqual({ stopping: true });
    clock.advance(10);
    expect(await daemon.ended).toBe(0);
  });
});
