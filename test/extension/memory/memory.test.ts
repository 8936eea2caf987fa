/** The Memory view as data, over a real connection to a fake code memory. */
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { skippedText } from "../../../extension/memory/index-nodes.ts";
import { type Folder, Memory } from "../../../extension/memory/memory.ts";
import { memoryNodes } from "../../../extension/memory/memory-nodes.ts";
import type { MemoryNode } from "../../../extension/memory/node.ts";
import { type ClientConnection, type IndexProgress, type MemoryStatus, nexusError } from "../../../protocol/index.ts";
import { FACT, IMPACT, RESULT, STATUS } from "../../support/fake-memory.ts";
import { type MemoryServer, startMemoryServer } from "../../support/memory-server.ts";
import { memorySource, type TestSource } from "../../support/memory-source.ts";

const PROGRESS: IndexProgress = {
  phase: "reading",
  done: 1200,
  total: 8000,
  filesPerSecond: 100,
  bytesPerSecond: null,
  etaMs: 3000,
};

let server: MemoryServer;
let connection: ClientConnection;
let source: TestSource;
let folders: Folder[];
let memory: Memory;

beforeEach(async () => {
  server = await startMemoryServer();
  connection = await server.connect();
  source = memorySource(connection);
  folders = [{ path: server.workspace, name: "project" }];
  memory = new Memory(source, () => folders);
});

afterEach(async () => {
  connection.close();
  await server.close();
});

/** The tree as indented lines: label, description, [context]. */
async function draw(parent?: MemoryNode, indent = ""): Promise<string[]> {
  const nodes = await memoryNodes(memory, parent);
  const lines = nodes.map(async (node) => [
    `${indent}${node.label}${node.description ? ` — ${node.description}` : ""}${node.context ? ` [${node.context}]` : ""}`,
    ...(node.children === undefined ? [] : await draw(node, `${indent}  `)),
  ]);
  return (await Promise.all(lines)).flat();
}

async function allNodes(parent?: MemoryNode): Promise<MemoryNode[]> {
  const nodes = await memoryNodes(memory, parent);
  const below = await Promise.all(nodes.filter((node) => node.children !== undefined).map((node) => allNodes(node)));
  return [...nodes, ...below.flat()];
}

const changed = () => new Promise<void>((resolve) => memory.onChange(resolve));
const called = (name: string) => server.memory.calls.filter((call) => call.name === name).length;

it("shows the index, what was left out and what is remembered", async () => {
  expect(await draw()).toEqual([
    "Index — ready · 120 files [index embed]",
    "  Files — 120 (0.5 MB)",
    "  Symbols — 900 in 1,300 chunks",
    "  Languages — 3",
    "    typescript — 100 files",
    "    text — 15 files · as plain text",
    "    hcl — 5 files · through WebAssembly",
    "  Left out — 4 files [skipped]",
    "    binary — 3 files",
    "    too large — 1 file",
    "  History — 321 commits",
    "  Vectors — none; search works without",
    "  Branch — main",
    "  On disk — 0.3 MB",
    "Knowledge — 2 [knowledge]",
    "  Prices are in cents. — convention [fact]",
    "    src/cart.ts — src/cart.ts:3",
  ]);
});

it("shows nothing without a folder, and one node for each of several", async () => {
  folders = [];
  expect(await draw()).toEqual([]);
  folders = [
    { path: server.workspace, name: "one" },
    { path: join(server.workspace, "src"), name: "two" },
  ];
  expect((await draw()).filter((line) => !line.startsWith(" "))).toEqual(["one", "two"]);
  const ids = (await allNodes()).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

const vectors: MemoryStatus["vectors"] = {
  ...{ store: "usearch", model: "table", dimensions: 64, done: 10, total: 1300 },
  ...{ state: "running", costUsd: 0.01, capUsd: 1, problem: null },
};
const states: [status: Partial<MemoryStatus>, line: string][] = [
  [{ state: "none" }, "Index — not indexed yet [index]"],
  [{ state: "indexing" }, "Index — indexing [index embed]"],
  [{ state: "indexing", progress: PROGRESS }, "Index — reading 1,200 of 8,000 · 3 s left [index embed]"],
  [{ state: "failed", problem: "The disk is full." }, "Index — failed: The disk is full. [index]"],
  [
    { state: "stale", stale: { files: 7, sinceMs: 100 } },
    "Index — 7 changed files not read again yet · 120 files [index embed]",
  ],
  [{ vectors }, "Index — ready · 120 files [index pause]"],
  [{ vectors: { ...vectors, state: "paused" } }, "Index — ready · 120 files [index resume]"],
  [{ vectors }, "  Vectors — 10 of 1,300 · table in usearch · $0.0100 · running"],
  [
    { vectors: { ...vectors, state: "failed", problem: "No key." } },
    "  Vectors — 10 of 1,300 · table in usearch · $0.0100 · failed: No key.",
  ],
  [{ history: { commits: 5, limited: true } }, "  History — 5 commits, older ones left out"],
  [{ state: "none" }, "  Index this folder — search works without a model or a key"],
  [{ watching: false }, "  Changes are not watched: re-index to see them."],
  [{ degraded: ["Chroma does not answer."] }, "  Chroma does not answer."],
];
it.each(states)("with %j there is “%s”", async (status, line) => {
  server.memory.answers.status = () => ({ ...STATUS, ...status });
  expect(await draw()).toContain(line);
});

it("lets a person confirm what is proposed or flagged, and load older facts", async () => {
  server.memory.answers.facts = ({ cursor }: { cursor?: string }) =>
    cursor === undefined
      ? {
          facts: [
            { ...FACT, status: "flagged", reason: "src/cart.ts changed." },
            { ...FACT, factId: "f2", status: "proposed", workspace: null, cites: [] },
          ],
          nextCursor: "2",
        }
      : { facts: [{ ...FACT, factId: "f3", text: "Older.\nMore of it." }], nextCursor: null };
  expect((await draw()).slice(-4)).toEqual([
    "  Prices are in cents. — convention · flagged: src/cart.ts changed. [fact confirm]",
    "    src/cart.ts — src/cart.ts:3",
    "  Prices are in cents. — convention · everywhere · proposed [fact confirm]",
    "  Load older facts…",
  ]);
  await memory.moreFacts(folders[0] as Folder);
  expect((await draw()).slice(-2)).toEqual(["  Older. — convention [fact]", "    src/cart.ts — src/cart.ts:3"]);
});

it("keeps searches and impacts, the newest first, until they are removed", async () => {
  const [folder] = folders as [Folder];
  memory.keep({ kind: "search", query: "add", mode: "symbol", found: [{ folder, result: RESULT }] });
  memory.keep({ kind: "impact", folder, symbol: "Cart.add", answer: { ...IMPACT, degraded: ["No history."] } });
  expect((await draw()).slice(-9)).toEqual([
    "Impact of Cart.add — 4 places in 4 files [kept]",
    "  checkout — calls Cart.add · src/checkout.ts:20",
    "    handlePay — calls checkout · src/server.ts:44",
    "    test/checkout.test.ts — calls checkout · test/checkout.test.ts:1",
    "  WishList.move — calls Cart.add · src/wish-list.ts:8",
    "  test/checkout.test.ts — test to run · calls checkout [test command]",
    "  No history.",
    "add — symbol · 1 result [kept]",
    "  Cart.add — src/cart.ts:10",
  ]);
  const nodes = await allNodes();
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
  expect(nodes.find(({ label }) => label === "Cart.add")?.command).toMatchObject({
    name: "nexus.openCode",
    args: [server.workspace, "src/cart.ts", 10, 14, "Cart.add"],
  });
  memory.removeKept(memory.kept[0]?.id ?? -1);
  expect(memory.kept.map(({ kind }) => kind)).toEqual(["search"]);
  for (let index = 0; index < 20; index += 1)
    memory.keep({ kind: "search", query: String(index), mode: "ranked", found: [] });
  expect(memory.kept).toHaveLength(10);
});

describe("freshness", () => {
  it("asks once, and again after the daemon told of an end or came back", async () => {
    await draw();
    await draw();
    expect([called("status"), called("facts")]).toEqual([1, 1]);
    const told = changed();
    server.memory.progress({ workspace: server.workspace, progress: null });
    await told;
    await draw();
    expect([called("status"), called("facts")]).toEqual([2, 2]);
    source.reconnected();
    await draw();
    expect([called("status"), called("facts")]).toEqual([3, 3]);
  });

  it("shows progress without asking", async () => {
    await draw();
    const told = changed();
    server.memory.progress({ workspace: server.workspace, progress: PROGRESS });
    await told;
    expect((await draw())[0]).toBe("Index — reading 1,200 of 8,000 · 3 s left [index embed]");
    expect(called("status")).toBe(1);
    const ended = changed();
    server.memory.progress({ workspace: server.workspace, progress: null });
    await ended;
    expect((await draw())[0]).toBe("Index — ready · 120 files [index embed]");
  });

  it("knows a folder by its real path, and leaves others' progress alone", async () => {
    const link = join(server.folder, "link");
    await symlink(server.workspace, link);
    folders = [{ path: link, name: "link" }];
    server.memory.progress({ workspace: "/another", progress: PROGRESS });
    const told = changed();
    server.memory.progress({ workspace: server.workspace, progress: PROGRESS });
    await told;
    expect(memory.progress(folders[0] as Folder)).toEqual(PROGRESS);
  });

  it("shows a failure in the view, and does not remember it", async () => {
    const fail = () => {
      throw nexusError("memory.unavailable", "The disk is full.");
    };
    server.memory.answers.status = fail;
    expect(await draw()).toEqual(["Index — Code memory cannot be used. The disk is full. [index]"]);
    delete server.memory.answers.status;
    server.memory.answers.facts = fail;
    expect((await draw()).at(-1)).toBe("  Code memory cannot be used. The disk is full.");
    delete server.memory.answers.facts;
    expect((await draw()).at(-2)).toContain("Prices are in cents.");
  });
});

it("shows an impact's risk and the commands for its tests", async () => {
  const [folder] = folders as [Folder];
  const run = { command: "npm test", folder: "web", tests: ["web/a"], why: "vitest in package.json" };
  const risk = { level: "high" as const, reasons: ["It is used everywhere"] };
  memory.keep({ kind: "impact", folder, symbol: "add", answer: { ...IMPACT, runs: [run], risk } });
  const lines = await draw();
  expect(lines).toContain("Impact of add — high risk · 4 places in 4 files [kept]");
  expect(lines).toContain("  npm test — runs 1 test file · vitest in package.json [test command]");
  const node = (await allNodes()).find(({ label }) => label === "npm test");
  expect(node?.subject).toEqual({ kind: "test", folder, command: "npm test", place: "web" });
});

it("shows a command once that runs several tests", async () => {
  const [folder] = folders as [Folder];
  const tests = ["a", "b"].map((path) => ({ path, why: "uses it", command: "npx mocha a b" }));
  memory.keep({ kind: "impact", folder, symbol: "add", answer: { ...IMPACT, tests } });
  expect(await draw()).toContain("  npx mocha a b — runs 2 test files · all of them at once [test command]");
});

it("lists what was skipped as a text", () => {
  const folder = { path: "/w", name: "w" };
  expect(skippedText(folder, STATUS)).toBe(
    [
      "What of /w is not in the index\n",
      "binary: 3 files",
      "  logo.png",
      "  icon.ico",
      "  …",
      "",
      "too large: 1 file",
      "  data/big.json",
      "",
    ].join("\n"),
  );
  expect(skippedText(folder, { ...STATUS, skipped: [] })).toBe("Nothing of /w was left out.\n");
});
