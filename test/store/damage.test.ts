/** Damaged files: refused with a code that says so, left as they are, and never read as if nothing were wrong. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quarantine } from "../../daemon/store/file.ts";
import { openStore } from "../../daemon/store/sqlite.ts";
import type { Store } from "../../daemon/store/store.ts";
import { NexusError } from "../../protocol/index.ts";
import { collectingLog, noticed, openTestStore, runCreated, temporaryHome } from "../support/store.ts";
import { approvalRequested, finished, planned } from "./run-bodies.ts";

/** Each a file with one bit flipped; more of them take longer and find no more so far. */
const FLIPS = Number(process.env["NEXUS_TEST_FLIPS"] ?? 300);
const log = collectingLog([]);
const corrupt = { value: { code: "store.corrupt" } };
const value = { type: "json", bytes: new TextEncoder().encode('{"a":1}') };
const place = { threadId: "r", namespace: "", checkpointId: "1" };
const artifact = new TextEncoder().encode("artifact ".repeat(300));

async function fill(home: string): Promise<void> {
  const store = await openStore({ home, log });
  await store.sessions.create({ sessionId: "s", workspace: "/w", mode: "act", createdAt: "2026" });
  await store.events.append("r", [{ body: runCreated(), key: "start-key" }, { body: planned(["t1"]) }], [artifact]);
  await store.events.append("r", [{ body: approvalRequested("a1"), key: "k" }]);
  for (let index = 0; index < 20; index++)
    await store.events.append("r", [{ body: noticed(`${index} ${"x".repeat(200)}`) }]);
  await store.events.append("old", [{ body: runCreated() }, { body: finished() }]);
  const row = { ...place, parentId: null, versions: { c: "1" }, checkpoint: value, metadata: value };
  await store.checkpoints.put(row, [{ channel: "c", version: "1", value }]);
  await store.checkpoints.putWrites(place, [{ taskId: "t", taskPath: "", index: 0, channel: "c", value }]);
  await store.close();
}

/** Everything that the store can be asked. */
async function readAll(store: Store): Promise<unknown> {
  const { events, projections, sessions, checkpoints } = store;
  const hash = await store.artifacts.put(artifact);
  return {
    events: await events.read("r", { limit: 100 }),
    old: await events.read("old", { limit: 100 }),
    state: await events.state("r"),
    found: await events.find("r", "k"),
    runs: await projections.listRuns({ limit: 10 }),
    session: await projections.listRuns({ limit: 10, sessionId: "session-1" }),
    unfinished: await projections.unfinishedRuns(),
    applying: await projections.applyingRuns(),
    approvals: await projections.pendingApprovals(),
    started: await projections.runOfKey("start-key"),
    sessions: await sessions.get("s"),
    checkpoint: await checkpoints.get({ threadId: "r", namespace: "" }),
    artifact: await store.artifacts.get(hash),
  };
}

let sample: string;
let expected: unknown;

beforeAll(async () => {
  sample = mkdtempSync(join(tmpdir(), "nexus-damage-"));
  await fill(sample);
  const store = await openStore({ home: sample, log });
  expected = await readAll(store);
  await store.close();
});
afterAll(() => rmSync(sample, { recursive: true, force: true }));

function copy(): { home: string; file: string } {
  const home = temporaryHome();
  const file = join(home, "nexus.db");
  copyFileSync(join(sample, "nexus.db"), file);
  return { home, file };
}

describe("a damaged file", () => {
  const size = () => readFileSync(join(sample, "nexus.db")).length;
  const DAMAGES: [string, (file: string) => void][] = [
    ["is empty", (file) => truncateSync(file, 0)],
    ["is cut in the first page", (file) => truncateSync(file, 1000)],
    ["is cut in the middle", (file) => truncateSync(file, Math.floor(size() / 2))],
    ["lacks its last page", (file) => truncateSync(file, size() - 4096)],
    ["is all zeros", (file) => writeFileSync(file, Buffer.alloc(size()))],
    ["ends in zeros", (file) => writeFileSync(file, readFileSync(file).fill(0, Math.floor(size() / 2)))],
    ["is a text", (file) => writeFileSync(file, "not a database ".repeat(1000))],
    ["has two pages swapped", (file) => swapPages(file, 4, 5)],
    ["has a page twice", (file) => writeFileSync(file, readFileSync(file).copyWithin(4 * 4096, 5 * 4096, 6 * 4096))],
    [
      "belongs to another program",
      (file) => {
        rmSync(file);
        const database = new DatabaseSync(file);
        database.exec("CREATE TABLE events (a); PRAGMA user_version = 1");
        database.close();
      },
    ],
  ];

  it.each(DAMAGES)("that %s is refused and left as it is", async (_, damage) => {
    const { home, file } = copy();
    damage(file);
    const before = readFileSync(file);
    await expect(openStore({ home, log })).rejects.toMatchObject(corrupt);
    await expect(openStore({ home, log })).rejects.toThrow(file);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it("that is a folder is refused", async () => {
    const home = temporaryHome();
    mkdirSync(join(home, "nexus.db"));
    await expect(openStore({ home, log })).rejects.toMatchObject(corrupt);
  });

  it("that is gone while the log of its last commits is there is not made anew", async () => {
    const { home, file } = copy();
    writeFileSync(`${file}-wal`, "frames");
    rmSync(file);
    await expect(openStore({ home, log })).rejects.toMatchObject(corrupt);
    expect(readdirSync(home)).toEqual(["nexus.db-wal"]);
  });

  it("is set aside, log and all, when a person asks; then a new store begins", async () => {
    const { home, file } = copy();
    truncateSync(file, 5000);
    writeFileSync(`${file}-wal`, "");
    const before = readFileSync(file);
    const aside = await quarantine(home, () => "2026-01-02T03:04:05.678Z");
    expect(aside).toBe(`${file}.damaged-2026-01-02T03-04-05-678Z`);
    expect(readFileSync(aside ?? "").equals(before)).toBe(true);
    expect(readdirSync(home).sort()).toEqual([
      "nexus.db.damaged-2026-01-02T03-04-05-678Z",
      "nexus.db.damaged-2026-01-02T03-04-05-678Z-wal",
    ]);
    const store = await openStore({ home, log });
    expect(await store.projections.listRuns({ limit: 5 })).toEqual({ runs: [], nextCursor: null });
    await store.close();
    expect(await quarantine(temporaryHome())).toBeUndefined();
  });
});

function swapPages(file: string, first: number, second: number): void {
  const bytes = readFileSync(file);
  const page = Buffer.from(bytes.subarray(first * 4096, (first + 1) * 4096));
  bytes.copyWithin(first * 4096, second * 4096, (second + 1) * 4096);
  page.copy(bytes, second * 4096);
  writeFileSync(file, bytes);
}

describe("any flipped bit", () => {
  it("is noticed or changes nothing that is read", { timeout: 1000 * FLIPS }, async () => {
    const bytes = readFileSync(join(sample, "nexus.db"));
    const bit = fc.record({ at: fc.nat(bytes.length - 1), bit: fc.nat(7) });
    const home = temporaryHome();
    const seen = { refused: 0, harmless: 0 };
    await fc.assert(
      fc.asyncProperty(bit, async ({ at, bit: which }) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << which);
        for (const companion of ["-wal", "-shm"]) rmSync(join(home, `nexus.db${companion}`), { force: true });
        writeFileSync(join(home, "nexus.db"), damaged);
        const store = await openStore({ home, log }).catch(refused);
        if (store === undefined) return;
        const found = await readAll(store).catch(refused);
        await store.close();
        if (found === undefined) return;
        seen.harmless++;
        expect(found).toEqual(expected);
      }),
      { numRuns: FLIPS },
    );
    expect(seen.refused).toBeGreaterThan(20);

    function refused(error: unknown): undefined {
      seen.refused++;
      expect(error).toBeInstanceOf(NexusError);
      if (error instanceof NexusError)
        expect(["store.corrupt", "store.newer", "store.read_only"]).toContain(error.value.code);
    }
  });
});

describe("a row that is not as it was written", () => {
  it("stops its own run, not the others", async () => {
    const { home, file } = copy();
    const database = new DatabaseSync(file);
    database.exec("UPDATE events SET body = replace(body, 'xxx', 'xyx') WHERE run_id = 'r' AND seq = 9");
    database.close();
    const { store } = await openTestStore({ home });
    await expect(store.events.state("r")).rejects.toMatchObject(corrupt);
    await expect(store.events.append("r", [{ body: noticed("a") }])).rejects.toMatchObject(corrupt);
    await expect(store.events.read("r", { after: 8, limit: 1 })).rejects.toMatchObject(corrupt);
    expect((await store.events.state("old"))?.status).toBe("done");
    expect(await store.events.append("old", [{ body: noticed("a") }])).toHaveLength(1);
  });

  it("is noticed when the end of a run is missing", async () => {
    const { home, file } = copy();
    const database = new DatabaseSync(file);
    database.exec("DELETE FROM events WHERE run_id = 'r' AND seq > 20");
    database.close();
    const { store } = await openTestStore({ home });
    await expect(store.events.state("r")).rejects.toMatchObject(corrupt);
  });
});
