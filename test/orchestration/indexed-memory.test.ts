/** The memory of a run over the code index: a fake one for what goes wrong, the real one for what is found. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../daemon/host/clock.ts";
import { createMemory, type Memory } from "../../daemon/memory/create.ts";
import { BUILT_IN } from "../../daemon/memory/embedding/choice.ts";
import { estimateTokens } from "../../daemon/models/tokens.ts";
import type { Log } from "../../daemon/observability/log.ts";
import { silentLog } from "../../daemon/observability/log-file.ts";
import { createIndexedMemory } from "../../daemon/orchestration/indexed-memory.ts";
import type { MemoryPlace } from "../../daemon/orchestration/run-memory.ts";
import { openStore } from "../../daemon/store/sqlite.ts";
import { type Fact, nexusError } from "../../protocol/index.ts";
import { type Engine, initGit, startEngine, writeFiles } from "../support/engine.ts";
import { createFakeMemory, type FakeMemory, RESULT } from "../support/fake-memory.ts";
import { createManualClock } from "../support/manual-clock.ts";
import type { Script } from "../support/scripted/script.ts";

const SHOP = {
  "AGENTS.md": "Money is kept in cents.\n",
  "src/cart.ts":
    "/** Goods that a customer wants. */\nexport class Cart {\n  private items: number[] = [];\n  add(price: number): void {\n    this.items.push(price);\n  }\n  total(): number {\n    return this.items.reduce((sum, price) => sum - price, 0);\n  }\n}\n",
  "src/checkout.ts":
    'import { Cart } from "./cart.ts";\nexport function checkout(cart: Cart): string {\n  return cart.total().toFixed(2);\n}\n',
  "src/weather.ts": "export function forecast(): string {\n  return 'rain';\n}\n",
  ".env": "CART_TOTAL=secret\n",
};

function folderOf(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-run-memory-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeFiles(root, files);
  return root;
}

function placeIn(root: string, more: Partial<MemoryPlace> = {}): MemoryPlace {
  const { signal } = new AbortController();
  return { root, workspace: root, signal, count: async () => estimateTokens, ...more };
}

function collecting(): { log: Log; warned: string[] } {
  const warned: string[] = [];
  const log: Log = { write: (level, message) => level === "warn" && warned.push(message), with: () => log };
  return { log, warned };
}

/** What is known is asked of the fake alone. */
function withFacts(fake: FakeMemory, facts: readonly Partial<Fact>[] = [], used: string[][] = []) {
  const all = facts.map((fact, index) => ({ ...fake.knownFacts[0], factId: `f${index}`, ...fact }) as Fact);
  const knowledge = async () =>
    ({
      find: async () => all.filter(({ kind }) => kind === "fact").map((fact) => ({ fact, score: 1, why: "" })),
      list: async () => ({ facts: all.filter(({ kind }) => kind !== "fact"), nextCursor: null }),
      used: async (_: string, ids: readonly string[]) => void used.push([...ids]),
    }) as unknown as Awaited<ReturnType<Memory["knowledge"]>>;
  return { ...fake, knowledge };
}

describe("what the index tells a run", () => {
  it("is asked of the user's workspace and named by the paths of the copy, without what is gone or secret", async () => {
    const copy = folderOf({ "src/cart.ts": "1\n", "src/other.ts": "2\n", ".env": "KEY=1\n" });
    const fake = createFakeMemory();
    const at = (path: string) => ({ ...RESULT, path });
    fake.answers.search = () => ({ results: ["src/gone.ts", ".env", "src/cart.ts", "src/other.ts"].map(at) });
    const memory = createIndexedMemory({ memory: withFacts(fake), clock: createManualClock(), log: silentLog });
    const files = await memory(placeIn(copy, { workspace: "/the/workspace" })).search("carts", 12);
    expect(files.map(({ path }) => path)).toEqual(["src/cart.ts", "src/other.ts"]);
    expect(files[0]?.why).toBe("Cart.add, line 10; “add” names it; in 3 commits about cart");
    expect(fake.calls[0]?.params).toMatchObject({ workspace: "/the/workspace", query: "carts" });
  });

  it("never waits longer than two seconds, and nobody waits twice", async () => {
    const root = folderOf({ "src/weather.ts": "1\n" });
    const fake = createFakeMemory();
    const answered = Promise.withResolvers<object>();
    fake.answers.search = () => answered.promise;
    const clock = createManualClock();
    const memory = createIndexedMemory({ memory: withFacts(fake), clock, log: silentLog })(placeIn(root));
    const first = memory.search("the weather forecast", 12);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(2000);
    expect(await first).toEqual([{ path: "src/weather.ts", why: "“weather” in its name" }]);
    expect(await memory.search("the weather forecast", 12)).toEqual(await first);
    expect(await memory.map(800, [])).toBe("");
    expect(fake.calls.map(({ name }) => name)).toEqual(["search"]);
    answered.resolve({ results: [{ ...RESULT, path: "src/weather.ts", symbol: null, why: [] }] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await memory.search("the weather forecast", 12)).toEqual([{ path: "src/weather.ts", why: "line 10" }]);
  });

  it("is done without when it fails, which is logged; a stopped run stops", async () => {
    const root = folderOf({ "src/weather.ts": "1\n" });
    const fake = createFakeMemory();
    const fail = () => {
      throw nexusError("memory.index_failed", "Its thread was ended.");
    };
    Object.assign(fake.answers, { search: fail, map: fail });
    const { log, warned } = collecting();
    const broken = { ...withFacts(fake), knowledge: async () => fail() };
    const open = createIndexedMemory({ memory: broken, clock: createManualClock(), log });
    const memory = open(placeIn(root));
    expect(await memory.search("the weather forecast", 12)).toMatchObject([{ path: "src/weather.ts" }]);
    expect([await memory.map(800, []), await memory.knowledge("weather", 6)]).toEqual(["", []]);
    expect(warned).toHaveLength(3);
    const stopped = open(placeIn(root, { signal: AbortSignal.abort(new Error("the run stops")) }));
    await expect(stopped.search("weather", 12)).rejects.toThrow("the run stops");
  });

  it("keeps the outline within the tokens as the run's model counts them", async () => {
    const fake = createFakeMemory();
    fake.answers.map = ({ tokens }: { tokens: number }) => ({ text: "x".repeat(tokens) });
    const open = createIndexedMemory({ memory: withFacts(fake), clock: createManualClock(), log: silentLog });
    const count = async () => (text: string) => text.length * 2;
    expect(await open(placeIn("/", { count })).map(1000, ["src/cart.ts"])).toBe("x".repeat(475));
    expect(fake.calls.map(({ params }) => params["tokens"])).toEqual([1000, 475]);
    expect(fake.calls[0]?.params).toMatchObject({ focus: ["src/cart.ts"] });
  });

  it("tells active facts only, those that fit before those that always hold, and notes their use", async () => {
    const used: string[][] = [];
    const facts: Partial<Fact>[] = [
      { kind: "preference", text: "Answer in French.", cites: [] },
      { kind: "fact", text: "Prices are in cents." },
      { kind: "fact", text: "It is old.", status: "flagged" },
    ];
    const memory = createIndexedMemory({
      memory: withFacts(createFakeMemory(), facts, used),
      clock: createManualClock(),
      log: silentLog,
    })(placeIn("/"));
    const texts = await memory.knowledge("prices", 6);
    expect(texts).toEqual([
      "fact (src/cart.ts:3-5): Prices are in cents.",
      "preference (told by the user): Answer in French.",
    ]);
    expect(used).toEqual([["f1", "f0"]]);
  });
});

/** However slow the machine that the tests run on. */
const patient = { ...systemClock, timer: () => () => undefined };

describe("runs over a real index", () => {
  let engine: Engine | undefined;
  afterEach(async () => {
    await engine?.close();
  });

  async function open(
    script: Script,
    prepare: (home: string) => void = () => undefined,
  ): Promise<{ engine: Engine; memory: Memory }> {
    const home = realpathSync(mkdtempSync(join(tmpdir(), "nexus-run-memory-home-")));
    prepare(home);
    const store = await openStore({ home, log: silentLog });
    const main = fileURLToPath(new URL("../../daemon/main.ts", import.meta.url));
    const memory = createMemory({
      ...{ home, main, store, clock: systemClock, log: silentLog, newId: randomUUID },
      embedding: BUILT_IN,
    });
    onTestFinished(async () => {
      await memory.close();
      await store.close();
      rmSync(home, { recursive: true, force: true });
    });
    const openMemory = createIndexedMemory({ memory, clock: patient, log: silentLog });
    engine = await startEngine({ memory: openMemory, files: SHOP, script });
    return { engine, memory };
  }

  it("tell the agent where to look, what is known and how it hangs together, with little ceremony", async () => {
    const { engine, memory } = await open([
      { when: { turn: 0 }, reply: { toolCalls: [{ tool: "read_file", arguments: { path: "src/cart.ts" } }] } },
      {
        when: { turn: 1 },
        reply: {
          toolCalls: [
            {
              tool: "edit_file",
              arguments: { path: "src/cart.ts", edits: [{ search: "sum - price", replace: "sum + price" }] },
            },
            { tool: "search_code", arguments: { query: "what a customer pays at the checkout" } },
            { tool: "find_symbol", arguments: { name: "Cart.total", uses: true } },
            { tool: "find_symbol", arguments: { name: "Cart.add" } },
          ],
        },
      },
      { when: { turn: 2 }, reply: { text: "The cart adds now." } },
    ]);
    const knowledge = await memory.knowledge();
    const text = "The total of a cart is shown at the checkout.";
    await knowledge.remember(engine.workspace, { kind: "fact", text, scope: "workspace", cites: [] }, "you");
    const state = await engine.ended(await engine.start("The total of the cart is negative, fix it"));
    expect(state).toMatchObject({ status: "done", error: null });
    expect(state.stats.callsBeforeFirstEdit).toBeLessThanOrEqual(2);
    expect(state.stats.overheadTokens).toBeLessThan(1500);
    const [opening, , last] = engine.server.requests.map(({ body }) => JSON.stringify(body));
    expect(opening).toMatch(/- src\/cart\.ts \(Cart(\.\w+)?, line \d+; /);
    expect(opening).toContain("total(): number");
    expect(opening).toContain("Money is kept in cents.");
    expect(opening).toContain(`- fact (told by the user): ${text}`);
    expect(opening).not.toContain(".env (");
    expect(last).toContain("src/checkout.ts:");
    expect(last).toContain("src/checkout.ts:3 call in checkout");
    expect(last).toContain("src/cart.ts:4–6 method Cart.add: add(price: number): void {");
    expect((await knowledge.list(engine.workspace, { limit: 10 })).facts[0]?.uses).toBe(1);
  });

  it("answer a question with one call", async () => {
    const { engine } = await open([{ reply: { text: "It sums prices (src/cart.ts:7)." } }]);
    const state = await engine.ended(await engine.start("What does the cart total do?"));
    expect(state).toMatchObject({ status: "done", kind: "question", stats: { modelCalls: 1 } });
  });

  it("go on when code memory cannot be opened", async () => {
    const { engine, memory } = await open([{ reply: { text: "It sums prices (src/cart.ts:7)." } }], (home) =>
      writeFileSync(join(home, "memory"), "in the way of the folder"),
    );
    const { signal } = new AbortController();
    const asked = memory.search({ workspace: engine.workspace, query: "cart" }, { name: "t", signal });
    await expect(asked).rejects.toMatchObject({ value: { code: "memory.index_failed" } });
    const state = await engine.ended(await engine.start("What does the cart total do?"));
    expect(state).toMatchObject({ status: "done", error: null });
    expect(JSON.stringify(engine.server.requests[0]?.body)).toContain("- src/cart.ts (“cart” in its name");
  });

  it("propose what later work should know, which waits for a person", async () => {
    const tasks = [
      { id: "one", title: "Do it", goal: "Do it.", agent: "coder", files: [], acceptance: null, dependsOn: [] },
    ];
    const note = { kind: "decision", text: "Totals are sums.", paths: ["src/cart.ts"] };
    const { engine, memory } = await open([
      {
        when: { tool: "propose_plan" },
        reply: { toolCalls: [{ tool: "propose_plan", arguments: { summary: "One.", tasks } }] },
      },
      { when: { turn: 0 }, reply: { toolCalls: [{ tool: "remember", arguments: note }] } },
      { reply: { text: "Done." } },
    ]);
    await engine.ended(await engine.start("- do one thing\n- do another\n- and a third"));
    const knowledge = await memory.knowledge();
    const { facts } = await knowledge.list(engine.workspace, { limit: 10 });
    expect(facts).toMatchObject([{ status: "proposed", text: note.text, author: { type: "agent", name: "coder" } }]);
    expect(facts[0]?.cites).toMatchObject([{ kind: "file", path: "src/cart.ts" }]);
    expect(await knowledge.find(engine.workspace, "totals", {})).toEqual([]);
  });

  it("find files that the run itself has changed", async () => {
    const { memory } = await open([]);
    const root = folderOf(SHOP);
    initGit(root);
    const base = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
    writeFiles(root, { "src/coupon.ts": "export const coupon = 1;\n" });
    writeFileSync(join(root, "src/weather.ts"), "export const sun = 1;\n");
    const place = placeIn(root, { workspace: engine?.workspace ?? "", base });
    const found = await createIndexedMemory({ memory, clock: patient, log: silentLog })(place).search(
      "a coupon for carts",
      4,
    );
    expect(found.slice(-2)).toEqual([
      { path: "src/coupon.ts", why: "changed earlier in this work" },
      { path: "src/weather.ts", why: "changed earlier in this work" },
    ]);
    expect(found[0]?.path).toMatch(/^src\/(cart|checkout)\.ts$/);
  });
});
