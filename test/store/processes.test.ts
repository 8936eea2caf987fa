/** What happens when processes die or meet: SIGKILL in the middle of appends, the writer's lock, fencing. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { acquireWriterLock } from "../../daemon/store/lock.ts";
import { noticed, openTestStore, runCreated, temporaryHome } from "../support/store.ts";

const SCRIPT = fileURLToPath(new URL("append-loop.ts", import.meta.url));
/** NEXUS_TEST_KILLS=20 kills as many; each takes half a second, and ten times that on a machine that does much else. */
const KILLS = Number(process.env["NEXUS_TEST_KILLS"] ?? 6);
const SLOW_MS = 180_000;

function start(mode: "append" | "lock", home: string): ChildProcess {
  const child = spawn(process.execPath, [SCRIPT, mode, home], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Kills the child as soon as `isNow` says so; answers with all lines that it said. */
async function killWhen(child: ChildProcess, isNow: (line: string) => boolean): Promise<string[]> {
  if (child.stdout === null) throw new Error("the child has no standard output");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (!child.killed && isNow(line)) child.kill("SIGKILL");
  }
  return lines;
}

describe("SIGKILL", () => {
  it(`at ${KILLS} random points loses nothing acknowledged and keeps nothing not sent`, {
    timeout: SLOW_MS,
  }, async () => {
    const { store, home, reopen } = await openTestStore();
    await store.events.append("r", [{ body: runCreated() }]);
    await store.close();
    let acknowledged = 1;
    let sent = 1;
    for (let kill = 0; kill < KILLS; kill++) {
      // After a random line, and then as many instructions later as the signal takes.
      let linesLeft = 1 + Math.floor(Math.random() * 60);
      const lines = await killWhen(start("append", home), () => --linesLeft === 0);
      for (const line of lines) {
        const number = Number(line.slice(2));
        if (line.startsWith("<")) acknowledged = Math.max(acknowledged, number);
        else sent = Math.max(sent, number);
      }
      const recovered = await reopen();
      const events = await recovered.events.read("r", { limit: 1_000_000 });
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.length).toBeGreaterThanOrEqual(acknowledged);
      expect(events.length).toBeLessThanOrEqual(sent);
      for (const event of events.slice(1)) {
        const { body } = event;
        expect(body).toEqual(noticedBody(event.seq));
      }
      const checks = await recovered.projections.verify({ repair: false });
      expect(checks.filter(({ status }) => status !== "ok")).toEqual([]);
      acknowledged = events.length;
      await recovered.close();
    }
    expect(sent).toBeGreaterThan(KILLS);
  });
});

function noticedBody(seq: number) {
  return { type: "run.noticed", level: "info", code: "c", message: "x".repeat(seq % 3000) };
}

describe("the writer's lock", () => {
  it("is held by one process at a time and ends with it, however it dies", async () => {
    const home = temporaryHome();
    const child = start("lock", home);
    const said: (string | undefined)[] = [];
    await killWhen(child, (line) => {
      said.push(line);
      // The child is alive and idle, so the signal may come when we are done.
      void acquireWriterLock(home).then((lock) => {
        said.push(lock === undefined ? "refused" : "taken");
        child.kill("SIGKILL");
      });
      return false;
    });
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(said).toEqual(["locked", "refused"]);
    const lock = await acquireWriterLock(home);
    expect(lock).toBeDefined();
    expect(await acquireWriterLock(home)).toBeUndefined();
    lock?.release();
    lock?.release();
    const again = await acquireWriterLock(home);
    expect(again).toBeDefined();
    again?.release();
  });

  it("is refused to all but one of many that come at once", async () => {
    const home = temporaryHome();
    const locks = await Promise.all(Array.from({ length: 20 }, () => acquireWriterLock(home)));
    expect(locks.filter((lock) => lock !== undefined)).toHaveLength(1);
    for (const lock of locks) lock?.release();
  });
});

describe("fencing", () => {
  it("stops the older of two stores at its next write, for good, and takes nothing from the newer", async () => {
    const older = await openTestStore();
    await older.store.events.append("r", [{ body: runCreated() }]);
    const newer = await openTestStore({ home: older.home });
    expect(newer.store.epoch).toBe(older.store.epoch + 1);
    const fenced = { value: { code: "store.fenced" } };
    await expect(older.store.events.append("r", [{ body: noticed("late") }])).rejects.toMatchObject(fenced);
    await expect(older.store.artifacts.put(new Uint8Array([1]))).rejects.toMatchObject(fenced);
    await expect(older.store.events.state("r")).rejects.toMatchObject(fenced);
    await newer.store.events.append("r", [{ body: noticed("mine") }]);
    await older.store.close();
    const events = await newer.store.events.read("r", { limit: 10 });
    expect(events.map(({ body }) => body)).toEqual([runCreated(), noticed("mine")]);
  });
});
