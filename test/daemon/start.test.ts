/** Daemons as processes: started on demand, once, and never replaced while they live. */
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ConnectOptions, connectToDaemon } from "../../daemon/cli/connect.ts";
import { homePaths } from "../../daemon/host/paths.ts";
import { isProcessAlive, waitForChange } from "../../daemon/host/spawn-daemon.ts";
import type { ClientConnection } from "../../protocol/index.ts";

const main = fileURLToPath(new URL("../support/daemon-main.ts", import.meta.url));
let home: string;
let open: ClientConnection[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "nexus-start-"));
  open = [];
});

afterEach(async () => {
  const pids = new Set([...open.map(({ daemon }) => daemon.pid), ...(await announcedPid())]);
  for (const connection of open) connection.close();
  for (const pid of pids) await end(pid);
  await rm(home, { recursive: true, force: true });
});

const optionsOf = (more: Partial<ConnectOptions> = {}): ConnectOptions => ({
  home,
  startIfNeeded: true,
  client: { name: "test", version: "1", buildTime: 0 },
  main,
  env: { ...process.env, NEXUS_HOME: home, XDG_RUNTIME_DIR: undefined },
  ...more,
});

async function connect(more: Partial<ConnectOptions> = {}): Promise<ClientConnection> {
  const connection = await connectToDaemon(optionsOf(more));
  open.push(connection);
  return connection;
}

async function announcedPid(): Promise<number[]> {
  const text = await readFile(homePaths(home).discovery, "utf8").catch(() => undefined);
  return text === undefined ? [] : [JSON.parse(text).pid];
}

/** Ends a daemon that this test started, and waits for it. */
async function end(pid: number, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (isProcessAlive(pid)) process.kill(pid, signal);
  while (isProcessAlive(pid)) await waitForChange(home, 20);
}

it("is started once by many clients at the same moment", async () => {
  const connections = await Promise.all(Array.from({ length: 12 }, () => connect()));
  expect(new Set(connections.map(({ daemon }) => daemon.pid)).size).toBe(1);
  const status = await connections[0]?.request("daemon/status", {});
  expect(status?.connections).toBe(12);
  expect(await readdir(home)).not.toContain("daemon.starting");
});

it("outlives its clients, and serves the next one", async () => {
  const first = await connect();
  first.close();
  expect((await connect()).daemon.pid).toBe(first.daemon.pid);
});

it("is started anew after it was killed, whatever it left lying about", async () => {
  const first = await connect();
  const closed = new Promise<void>((resolve) => first.onClose(resolve));
  process.kill(first.daemon.pid, "SIGKILL");
  await closed;
  const second = await connect();
  expect(second.daemon.pid).not.toBe(first.daemon.pid);
});

it("is waited for while it ends, and then followed by a new one", async () => {
  const first = await connect();
  const ending = new Promise<void>((resolve) => {
    first.on("daemon/draining", () => resolve());
    first.onClose(resolve);
  });
  process.kill(first.daemon.pid, "SIGTERM");
  await ending;
  const second = await connect();
  expect(second.daemon.pid).not.toBe(first.daemon.pid);
});

it("is busy, not dead, when it does not answer: nobody takes its place", async () => {
  const first = await connect();
  process.kill(first.daemon.pid, "SIGSTOP");
  try {
    await expect(connectToDaemon(optionsOf({ busyMs: 300 }))).rejects.toMatchObject({
      value: { code: "daemon.unreachable", message: expect.stringContaining(String(first.daemon.pid)) },
    });
    const late = connect({ busyMs: 10_000 });
    process.kill(first.daemon.pid, "SIGCONT");
    expect((await late).daemon.pid).toBe(first.daemon.pid);
  } finally {
    process.kill(first.daemon.pid, "SIGCONT");
  }
});

it("makes room for a newer build when it is idle, and only then", async () => {
  const env = { ...optionsOf().env, NEXUS_TEST_BUILD_TIME: "1000" };
  const old = await connect({ env });
  const other = await connect({ env });
  const newer = { name: "test", version: "2", buildTime: 2000 };
  const attached = await connect({ client: newer, env: { ...env, NEXUS_TEST_BUILD_TIME: "2000" } });
  expect(attached.daemon.buildTime).toBe(1000);
  for (const connection of [old, other, attached]) connection.close();
  const watcher = await connect({ env });
  while ((await watcher.request("daemon/status", {})).connections > 1) await waitForChange(home, 10);
  watcher.close();
  let fresh = await connect({ client: newer, env: { ...env, NEXUS_TEST_BUILD_TIME: "2000" } });
  // The daemon may not have seen yet that the last client has left.
  for (let tries = 0; fresh.daemon.buildTime < 2000 && tries < 50; tries += 1) {
    fresh.close();
    await waitForChange(home, 20);
    fresh = await connect({ client: newer, env: { ...env, NEXUS_TEST_BUILD_TIME: "2000" } });
  }
  expect(fresh.daemon.buildTime).toBe(2000);
  const older = await connect({ client: { name: "test", version: "1", buildTime: 1000 } });
  expect(older.daemon.pid).toBe(fresh.daemon.pid);
});

it("is not started when that was not asked for", async () => {
  await expect(connect({ startIfNeeded: false })).rejects.toMatchObject({ value: { code: "daemon.unreachable" } });
});

it("says why it cannot start, in its own words", async () => {
  const env = { ...optionsOf().env, NEXUS_TEST_FAIL: "1" };
  await expect(connect({ env })).rejects.toMatchObject({ value: { code: "store.newer" } });
});

it("says what it wrote last when it dies without a word of its own", async () => {
  const broken = join(home, "broken.ts");
  await writeFile(broken, `console.error("no such luck"); process.exit(3);`);
  await expect(connect({ main: broken })).rejects.toMatchObject({
    value: { code: "daemon.unreachable", message: expect.stringContaining("no such luck") },
  });
});

it("gives up on one that never gets ready", async () => {
  const silent = join(home, "silent.ts");
  await writeFile(
    silent,
    `require("fs").writeFileSync(process.env.NEXUS_HOME + "/pid", String(process.pid)); setInterval(() => {}, 1000);`,
  );
  await expect(connect({ main: silent, startMs: 800 })).rejects.toMatchObject({
    value: { code: "daemon.unreachable" },
  });
  await end(Number(await readFile(join(home, "pid"), "utf8")));
});

it("recognises another program that answers at its address", async () => {
  const address = join(home, "run.sock");
  const impostor = createServer((socket) => {
    socket.once("data", (data) => {
      const { id } = JSON.parse(String(data));
      const result = { nonce: "00".repeat(32), proof: "00", version: "1", buildTime: 9e15, pid: 1 };
      socket.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
    });
  }).listen(address);
  await once(impostor, "listening");
  await chmod(address, 0o600);
  const { discovery, token } = homePaths(home);
  const about = { pid: 999_999_999, address, version: "1", buildTime: 1, protocolVersion: 1, startedAt: "" };
  await writeFile(discovery, JSON.stringify(about), { mode: 0o600 });
  await writeFile(token, "ab".repeat(32), { mode: 0o600 });
  await expect(connect()).rejects.toMatchObject({ value: { code: "handshake.impostor" } });
  impostor.close();
});

it("keeps its distance from files that others could have written", async () => {
  await (await connect()).close();
  await chmod(homePaths(home).token, 0o644);
  await expect(connect()).rejects.toMatchObject({ value: { code: "daemon.folder_unsafe" } });
});
