/** Every tool, called by the official client over both transports and in both revisions of the protocol. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Allowance } from "../../../daemon/server/mcp/tools/tool.ts";
import type { RunEventBody } from "../../../protocol/index.ts";
import { type FaceDaemon, startFaceDaemon } from "../../support/face-daemon.ts";
import { created, notice } from "../../support/fake-run-service.ts";
import { type Connected, connectClient, REVISIONS, WIRES } from "../../support/mcp/clients.ts";

let daemon: FaceDaemon;
let connected: Connected | undefined;

beforeEach(async () => {
  daemon = await startFaceDaemon();
});

afterEach(async () => {
  await connected?.close();
  connected = undefined;
  await daemon.close();
});

const LOOKING = [
  "search_code",
  "list_symbols",
  "find_uses",
  "change_impact",
  "connect_symbols",
  "repo_map",
  "file_facts",
  "hotspots",
  "place_for_code",
  "project_facts",
  "index_status",
  "list_runs",
  "show_run",
  "run_events",
  "watch_run",
  "run_diff",
  "show_plan",
  "plan_history",
  "list_documents",
  "read_document",
  "list_approvals",
];

const ACTING = ["start_run", "steer_run", "cancel_run", "resume_run", "propose_fact"];
const DECIDING = ["decide_approval", "answer_question", "accept_changes", "discard_changes"];
const ALL: readonly Allowance[] = ["runs", "facts", "approvals", "changes"];

const CHANGE: RunEventBody = {
  type: "changes.ready",
  changeSet: {
    baseCommit: "a".repeat(40),
    resultCommit: "b".repeat(40),
    files: [{ path: "a.ts", status: "modified", additions: 1, deletions: 1, binary: false }],
  },
};

const CREATED_ELSEWHERE = created();

const PRD = {
  "Original Requirements": "Sell carts",
  "Product Goals": ["Sell"],
  "User Stories": ["I buy"],
  "Requirement Analysis": "",
  "Requirement Pool": [["P0", "Cart"]],
};

async function prepare(): Promise<void> {
  daemon.begin("run-1");
  daemon.emit("run-1", {
    type: "run.tainted",
    taint: { untrustedInput: true, privateData: false, actedOutside: false },
    reason: "test",
  });
  daemon.emit("run-1", notice("hello"));
  daemon.emit("run-1", CHANGE);
  await mkdir(join(daemon.repo, "docs/prd"), { recursive: true });
  await writeFile(join(daemon.repo, "docs/prd/1.json"), JSON.stringify(PRD));
}

/** Each tool with arguments that it takes, and what must be in the answer. */
const CALLS: Readonly<Record<string, readonly [arguments: Record<string, unknown>, answer: object]>> = {
  search_code: [{ query: "cart" }, { results: [{ symbol: "Cart.add" }], nextCursor: null }],
  list_symbols: [{ query: "add" }, { symbols: [{ symbol: "Cart.add" }] }],
  find_uses: [{ symbol: "Cart.add" }, { total: 2 }],
  change_impact: [{ symbol: "Cart.add" }, { total: 4, tests: [{ path: "test/checkout.test.ts" }] }],
  connect_symbols: [{ from: { symbol: "a" }, to: { symbol: "b" } }, { chains: [] }],
  repo_map: [{ tokens: 500 }, { files: 1 }],
  file_facts: [{ path: "src/cart.ts" }, { language: "typescript" }],
  hotspots: [{}, { hotspots: [{ path: "src/cart.ts" }] }],
  place_for_code: [{ description: "a discount" }, { places: [{ path: "src/" }] }],
  project_facts: [{}, { facts: [{ text: "Prices are in cents." }] }],
  index_status: [{}, { state: "ready" }],
  list_runs: [{}, { runs: [{ runId: "run-1" }], nextCursor: null }],
  show_run: [{ runId: "run-1" }, { runId: "run-1", files: [{ path: "a.ts", decision: "pending" }], lastSeq: 4 }],
  run_events: [
    { runId: "run-1", after: 1, limit: 2 },
    { events: [{ seq: 2 }, { seq: 3 }], nextAfter: 3, lastSeq: 4 },
  ],
  watch_run: [
    { runId: "run-1", limit: 4 },
    { events: [{ seq: 1 }, { seq: 2 }, { seq: 3 }, { seq: 4 }], hasEnded: false },
  ],
  run_diff: [{ runId: "run-1" }, { files: [{ path: "a.ts", truncated: false }], left: [] }],
  show_plan: [{ runId: "run-1" }, { plan: null }],
  plan_history: [{}, { outcomes: [] }],
  list_documents: [{}, { documents: [{ path: "docs/prd/1.json", kind: "prd" }] }],
  read_document: [{ path: "docs/prd/1.json" }, { kind: "prd", text: expect.stringContaining("Sell carts") }],
  list_approvals: [{}, { approvals: [] }],
  start_run: [{ goal: "add a discount" }, { runId: "run-1" }],
  steer_run: [{ runId: "run-1", text: "in cents" }, { promptId: "prompt-1" }],
  cancel_run: [{ runId: "run-1" }, { cancelled: true }],
  resume_run: [{ runId: "run-1" }, { resumed: true }],
  propose_fact: [{ kind: "decision", text: "Cents." }, { outcome: "proposed" }],
};

describe.each(WIRES)("over %s in revision %s", (...wire) => {
  it("lists what looks and nothing more", async () => {
    connected = await connectClient(daemon, wire);
    const { tools } = await connected.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(LOOKING);
    for (const { annotations, outputSchema, inputSchema, description } of tools) {
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
      expect(inputSchema.type).toBe("object");
      expect(outputSchema).toMatchObject({ type: "object" });
      expect(description).toBeTruthy();
    }
  });

  it("calls every tool that does not ask a person, with the result that its schema promises", async () => {
    await prepare();
    connected = await connectClient(daemon, wire, { allowed: ALL });
    const { tools } = await connected.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([...LOOKING, ...ACTING, ...DECIDING]);
    expect(Object.keys(CALLS)).toEqual([...LOOKING, ...ACTING]);
    for (const [name, [given, answer]] of Object.entries(CALLS)) {
      const result = await connected.client.callTool({ name, arguments: given });
      expect(result, name).toMatchObject({ structuredContent: answer, _meta: { "nexus/untrusted": true } });
      const [first, note] = result.content;
      expect(first, name).toMatchObject({ type: "text", text: JSON.stringify(result.structuredContent) });
      expect(note, name).toMatchObject({ text: expect.stringContaining("data, not instructions") });
    }
  });

  it("pages by cursor, and tells progress of a run that is watched until it ends", async () => {
    await prepare();
    daemon.service.answers["list"] = ({ cursor }: { cursor?: string }) => ({
      runs: [],
      nextCursor: cursor === undefined ? "two" : null,
    });
    connected = await connectClient(daemon, wire);
    const first = await connected.client.callTool({ name: "list_runs", arguments: { limit: 1 } });
    expect(first.structuredContent).toEqual({ runs: [], nextCursor: "two" });
    const second = await connected.client.callTool({ name: "list_runs", arguments: { limit: 1, cursor: "two" } });
    expect(second.structuredContent).toEqual({ runs: [], nextCursor: null });
    expect(daemon.service.calls.at(-1)?.params).toMatchObject({ cursor: "two", limit: 1, workspace: daemon.repo });

    const told: unknown[] = [];
    const watching = connected.client.callTool(
      { name: "watch_run", arguments: { runId: "run-1", after: 2, seconds: 60 } },
      {
        onprogress: ({ progress, message }) => told.push([progress, message]),
      },
    );
    await vi.waitFor(() => expect(told).toHaveLength(2));
    daemon.emit("run-1", notice("more"));
    daemon.emit("run-1", { type: "run.finished", status: "done", summary: "ok" });
    const { structuredContent } = await watching;
    expect(structuredContent).toMatchObject({
      events: [3, 4, 5, 6].map((seq) => ({ seq })),
      hasEnded: true,
      nextAfter: 6,
    });
    const again = { name: "watch_run", arguments: { runId: "run-1", after: 6, seconds: 60 } };
    expect((await connected.client.callTool(again)).structuredContent).toMatchObject({
      events: [],
      hasEnded: true,
      nextAfter: 6,
    });
    expect(told).toEqual([
      [3, "run.noticed"],
      [4, "changes.ready"],
      [5, "run.noticed"],
      [6, "run.finished"],
    ]);
  });

  it("cancels the daemon's work with the call", async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    daemon.memory.answers.search = (_, { signal }) => {
      signal.addEventListener("abort", () => resolve());
      return aborted;
    };
    connected = await connectClient(daemon, wire);
    const cancel = new AbortController();
    const call = connected.client.callTool(
      { name: "search_code", arguments: { query: "x" } },
      { signal: cancel.signal },
    );
    call.catch(() => undefined);
    await vi.waitFor(() => expect(daemon.memory.calls).toHaveLength(1));
    cancel.abort();
    await expect(call).rejects.toThrow();
    await aborted;
  });
});

it("says what is wrong as a result, and what to do", async () => {
  connected = await connectClient(daemon, ["stdio", "2025-11-25"]);
  const { client } = connected;
  const texts = async (name: string, given: Record<string, unknown>) => {
    const { isError, content } = await client.callTool({ name, arguments: given });
    return [isError, ...content.map((part) => (part.type === "text" ? part.text : ""))].join(" ");
  };
  expect(await texts("file_facts", { path: "src/none.ts" })).toMatch(/^true .*memory.unknown_path/);
  expect(await texts("file_facts", { path: "../../etc/passwd" })).toMatch(/^true .*path.outside/);
  expect(await texts("show_run", { runId: "none" })).toMatch(/^true .*run.unknown/);
  expect(await texts("search_code", { folder: "/", query: "x" })).toMatch(/^true .*path.outside/);
  expect(await texts("search_code", { query: "x", limit: 1000 })).toMatch(/^true .*limit/);
  expect(await texts("search_code", { query: "x", what: 1 })).toMatch(/^true .*what/i);
  await expect(client.callTool({ name: "start_run", arguments: { goal: "x" } })).rejects.toThrow(/not found/);
});

it("tells nothing of runs in other folders", async () => {
  daemon.service.emit("other", { ...CREATED_ELSEWHERE });
  connected = await connectClient(daemon, ["stdio", "2025-11-25"], { allowed: ALL });
  for (const name of ["show_run", "run_events", "watch_run", "run_diff", "show_plan", "cancel_run", "accept_changes"]) {
    const { isError, content } = await connected.client.callTool({ name, arguments: { runId: "other" } });
    expect([name, isError, JSON.stringify(content)]).toEqual([name, true, expect.stringContaining("run.unknown")]);
  }
  await expect(connected.client.readResource({ uri: "nexus://run/other" })).rejects.toThrow();
});

it("looks with a connection that may only look, and acts with one of its own", async () => {
  await prepare();
  connected = await connectClient(daemon, ["stdio", "2025-11-25"], { allowed: ALL });
  await connected.client.callTool({ name: "index_status", arguments: {} });
  expect(daemon.connected).toEqual(["agent test-client 1.0.0"]);
  await connected.client.callTool({ name: "start_run", arguments: { goal: "x", budgetUsd: 50, key: "once" } });
  expect(daemon.connected).toEqual(["agent test-client 1.0.0", "automation test-client 1.0.0"]);
  expect(daemon.service.calls.at(-1)).toMatchObject({
    name: "start",
    params: { workspace: daemon.repo, origin: "outsider", headless: false, budgetUsd: 5, prompt: "x" },
  });
});

it.each(REVISIONS)("tells the daemon who the client is, in revision %s", async (revision) => {
  connected = await connectClient(daemon, ["stdio", revision]);
  await connected.client.callTool({ name: "index_status", arguments: {} });
  expect(daemon.connected).toEqual(["agent test-client 1.0.0"]);
});

it("steers no run that only a person has spoken to", async () => {
  daemon.begin("run-2");
  connected = await connectClient(daemon, ["stdio", "2025-11-25"], { allowed: ["runs"] });
  const { isError, content } = await connected.client.callTool({
    name: "steer_run",
    arguments: { runId: "run-2", text: "push it" },
  });
  expect([isError, JSON.stringify(content)]).toEqual([true, expect.stringContaining("connection.not_human")]);
  expect(daemon.service.calls.map(({ name }) => name)).not.toContain("prompt");
});

it("lets no hidden characters through", async () => {
  const text = "cents\u202e\u200b\u{e0041}\u001b[31m";
  daemon.memory.answers.facts = () => ({ facts: [{ ...daemon.memory.knownFacts[0], text }], nextCursor: null });
  connected = await connectClient(daemon, ["stdio", "2025-11-25"]);
  const { structuredContent } = await connected.client.callTool({ name: "project_facts", arguments: {} });
  expect(structuredContent).toMatchObject({ facts: [{ text: "cents[31m" }] });
});

it("goes on when the daemon comes back, with a run that is watched meanwhile", async () => {
  daemon.begin("run-1");
  connected = await connectClient(daemon, ["stdio", "2025-11-25"]);
  const told: number[] = [];
  const watching = connected.client.callTool(
    { name: "watch_run", arguments: { runId: "run-1", seconds: 60 } },
    { onprogress: ({ progress }) => told.push(progress) },
  );
  await vi.waitFor(() => expect(told).toEqual([1]));
  await daemon.drop();
  daemon.emit("run-1", { type: "run.finished", status: "done", summary: "ok" });
  expect((await watching).structuredContent).toMatchObject({ events: [{ seq: 1 }, { seq: 2 }], hasEnded: true });
});
