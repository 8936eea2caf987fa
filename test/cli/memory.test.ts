/** The commands about code memory, over a real connection to a daemon whose memory is a fake. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandName } from "../../daemon/cli/commands.ts";
import { citeOf } from "../../daemon/cli/memory-facts.ts";
import { progressText } from "../../daemon/cli/memory-index.ts";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { runCommandLine } from "../../daemon/cli/run-cli.ts";
import { nexusError } from "../../protocol/index.ts";
import { createTestContext, createTestTerminal } from "../support/cli.ts";
import { FACT, IMPACT, META, RESULT, STATUS, TOTALS, untilCancelled } from "../support/fake-memory.ts";
import { type MemoryServer, startMemoryServer } from "../support/memory-server.ts";

let server: MemoryServer;

beforeEach(async () => {
  server = await startMemoryServer();
});

afterEach(() => server.close());

interface Options {
  readonly isInteractive?: boolean;
  readonly input?: Iterable<string> | AsyncIterable<string>;
  readonly onOut?: (text: string) => void;
  readonly columns?: number;
}

async function open(
  words: readonly string[],
  { isInteractive = false, input = [], columns = 80, onOut }: Options = {},
) {
  const plain = createTestTerminal(isInteractive, input);
  const out = (text: string) => {
    plain.out(text);
    onOut?.(text);
  };
  const terminal = { ...plain, out, columns };
  const context = createTestContext(terminal, [await server.connect()], { cwd: server.workspace });
  const invocation = parseCommandLine(words);
  if (invocation.kind !== "run") throw new Error(`it is ${invocation.kind}`);
  return { terminal, exitCode: runCommandLine(context, invocation) };
}

async function run(line: string | readonly string[], options?: Options) {
  const { terminal, exitCode } = await open(typeof line === "string" ? line.split(" ") : line, options);
  return { exitCode: await exitCode, out: terminal.stdout(), err: terminal.stderr() };
}

const called = () => server.memory.calls.map(({ name }) => name);
const lastParams = () => server.memory.calls.at(-1)?.params;

describe("nexus index", () => {
  it("tells what was read, and what was left out and why", async () => {
    const { exitCode, out, err } = await run("index");
    expect([exitCode, err]).toEqual([0, ""]);
    expect(out).toContain("✓ 120 files (480 kB) in 0.8 s, 141 files/s; 20 files known already.");
    expect(out).toContain("900 symbols, 1,300 chunks, 90 MB of memory at most.");
    expect(out).toMatch(/typescript +100\n/);
    expect(out).toMatch(/hcl +5 +through WebAssembly\n/);
    expect(out).toContain("Left out 4 files:\n");
    expect(out).toMatch(/binary +3 +logo.png, icon.ico, …\n/);
    expect(out).toMatch(/too large +1 +data\/big.json\n/);
    expect(lastParams()).toEqual({ workspace: server.workspace });
  });

  it("prints one object with --json", async () => {
    const { out } = await run(["index", join(server.workspace, "src"), "--rebuild", "--json"]);
    expect(JSON.parse(out)).toEqual({ workspace: join(server.workspace, "src"), ...TOTALS });
    expect(lastParams()).toEqual({ workspace: join(server.workspace, "src"), rebuild: true });
  });

  it("draws its progress over one line, where somebody sees it", async () => {
    server.memory.answers.index = () => {
      const progress = {
        phase: "reading" as const,
        done: 50,
        total: 100,
        filesPerSecond: 8000,
        bytesPerSecond: 1e6,
        etaMs: 3000,
      };
      server.memory.progress({ workspace: server.workspace, progress });
      server.memory.progress({ workspace: "/another", progress: { ...progress, done: 77 } });
      return TOTALS;
    };
    const { err, out } = await run("index", { isInteractive: true });
    expect(err).toContain("\rReading  ██████████░░░░░░░░░░  50/100  8,000/s  3.0 s left  1.0 MB/s\u001b[K");
    expect(err).not.toContain("77");
    expect(err.endsWith("\r\u001b[K")).toBe(true);
    expect(out.startsWith("✓ 120 files")).toBe(true);
    expect((await run("index").catch((error) => error)).err).toBe("");
  });

  it("ends at Ctrl-C, and the daemon ends it too", async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    server.memory.answers.index = (params, call) => {
      begun.resolve(call.signal);
      return untilCancelled(params, call);
    };
    const { terminal, exitCode } = await open(["index"]);
    const signal = await begun.promise;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    terminal.interrupt();
    await expect(exitCode).rejects.toMatchObject({ value: { code: "request.cancelled" } });
    await aborted;
  });

  it("needs a folder", async () => {
    await expect(run("index nowhere")).rejects.toMatchObject({ value: { code: "workspace.missing" } });
    expect(called()).toEqual([]);
  });

  it.each([20, 40, 60, 79, 80, 200])("draws no line wider than %d columns", (width) => {
    const rates = { filesPerSecond: 81_234.5, bytesPerSecond: 123_456_789, etaMs: 754_000 };
    for (const total of [null, 0, 3, 1_234_567]) {
      const text = progressText({ phase: "scanning", done: 1_000_000, total, ...rates }, width);
      expect(text.length).toBeLessThan(width);
      expect(text.startsWith("Looking for files")).toBe(true);
    }
  });
});

describe("nexus search", () => {
  it("shows where, what and why", async () => {
    const { exitCode, out } = await run("search add to cart --limit 5 --path src/** --path !x --language go --rerank");
    expect(exitCode).toBe(0);
    expect(out).toBe(
      [
        "src/cart.ts:10  Cart.add  method",
        "  10 │   add(item: Item): void {",
        "  11 │     this.items.push(item);",
        "  12 │   }",
        "  “add” names it · in 3 commits about cart",
        "",
      ].join("\n"),
    );
    expect(lastParams()).toEqual({
      workspace: server.workspace,
      query: "add to cart",
      limit: 5,
      paths: ["src/**", "!x"],
      languages: ["go"],
      rerank: true,
    });
  });

  it("says when something was missing, and when nothing was found", async () => {
    server.memory.answers.search = () => ({
      ...{ ...META, results: [], nextCursor: null },
      degraded: ["Vectors: Chroma does not answer."],
      stale: { files: 3, sinceMs: 1500 },
    });
    const { out } = await run("search x");
    expect(out).toBe(
      "Nothing found.\n! Vectors: Chroma does not answer.\n! 3 changed files not read again yet, since 1.5 s ago.\n",
    );
  });

  it("prints the answer with --json", async () => {
    const { out } = await run("search add --json --mode symbol --kind class --branch next");
    expect(JSON.parse(out)).toEqual({ query: "add", results: [RESULT], nextCursor: null, ...META });
    expect(lastParams()).toMatchObject({ mode: "symbol", kinds: ["class"], branch: "next", limit: 20 });
  });

  it("shows the part of a long snippet that has the words, and no control characters", async () => {
    const lines = Array.from({ length: 30 }, (_, index) => (index === 20 ? "\tfind\u001b[2J me" : `line ${index}`));
    server.memory.answers.search = () => ({
      ...META,
      results: [{ ...RESULT, snippet: lines.join("\n"), snippetLine: 100 }],
      nextCursor: null,
    });
    const { out } = await run("search find me");
    expect(out).toContain("  120 │   find␛[2J me\n");
    expect(out.split("\n").filter((line) => line.includes(" │ "))).toHaveLength(6);
    expect(out).not.toContain("\u001b");
  });

  it.each([["search"], ["search x --stdin"]])("refuses “%s”", async (line) => {
    await expect(run(line)).rejects.toMatchObject({ value: { code: "usage.invalid" } });
  });
});

describe("nexus search --stdin", () => {
  const objects = (out: string) =>
    out
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  const { snippet: _snippet, snippetLine: _line, ...brief } = RESULT;

  it("answers every line in order, and goes on after bad ones", async () => {
    const release = Promise.withResolvers<void>();
    server.memory.answers.search = async ({ query }: { query: string }) => {
      if (query === "slow") await release.promise;
      if (query === "quick") release.resolve();
      if (query === "(") throw nexusError("memory.bad_pattern", "Unterminated group.");
      return { ...META, results: [{ ...RESULT, symbol: query }], nextCursor: null };
    };
    const lines = [
      '{"id":1,"query":"slow"}',
      '{"id":"b","query":"quick","limit":3,"workspace":"/etc"}',
      "no json",
      "[1]",
      '{"id":5,"query":"(","mode":"regex"}',
      '{"id":6,"query":""}',
      '{"id":7,"query":"x","limit":"many"}',
      '{"id":{},"query":"no id"}',
      '{"id":9,"query":"a\u2028b"}',
    ];
    const text = `${lines.join("\n")}\r\n\n{"id":10,"query":"last"}`;
    const { exitCode, out } = await run("search --stdin", { input: [text.slice(0, 30), text.slice(30)] });
    expect(exitCode).toBe(0);
    const answers = objects(out);
    expect(answers.map(({ id }) => id)).toEqual([1, "b", null, null, 5, 6, 7, null, 9, 10]);
    expect(answers[0]).toEqual({ id: 1, results: [{ ...brief, symbol: "slow" }] });
    expect(answers.map(({ error }) => error?.code)).toEqual([
      undefined,
      undefined,
      "request.invalid",
      "request.invalid",
      "memory.bad_pattern",
      "request.invalid",
      "request.invalid",
      undefined,
      undefined,
      undefined,
    ]);
    expect(answers[6].error.message).toContain("limit");
    expect(answers[8].results[0].symbol).toBe("a\u2028b");
    const searches = server.memory.calls.filter(({ name }) => name === "search");
    expect(searches.every(({ params }) => params["workspace"] === server.workspace)).toBe(true);
    expect(searches.find(({ params }) => params["query"] === "quick")?.params).toMatchObject({ limit: 3 });
  });

  it("indexes first where there is no index", async () => {
    server.memory.answers.status = () => ({ ...STATUS, state: "none" });
    await run("search --stdin --limit 7", { input: ['{"id":1,"query":"x"}\n'] });
    expect(called()).toEqual(["status", "index", "search"]);
    expect(lastParams()).toMatchObject({ limit: 7 });
  });

  it("answers at once, to those who wait before they ask again", async () => {
    const first = Promise.withResolvers<string>();
    async function* input() {
      yield '{"id":1,"query":"x"}\n';
      expect(JSON.parse(await first.promise)).toMatchObject({ id: 1 });
      yield '{"id":2,"query":"y"}\n';
    }
    const { out } = await run("search --stdin", { input: input(), onOut: first.resolve });
    expect(objects(out).map(({ id }) => id)).toEqual([1, 2]);
  });

  it("answers nothing to nothing", async () => {
    expect(await run("search --stdin")).toEqual({ exitCode: 0, out: "", err: "" });
  });

  it("refuses a line without end, and keeps little of it", async () => {
    const input = Array.from({ length: 40 }, () => "x".repeat(100_000));
    const { out } = await run("search --stdin", { input: [...input, '\n{"id":2,"query":"x"}\n'] });
    expect(objects(out).map(({ id, error }) => [id, error?.code])).toEqual([
      [null, "request.invalid"],
      [2, undefined],
    ]);
  });
});

describe("nexus map, impact, uses", () => {
  it("map prints the text and its size", async () => {
    const { out } = await run("map --tokens 500 --focus src/cart.ts");
    expect(out).toBe("src/cart.ts:\n  class Cart\n    add(item: Item): void\n\n1 of 120 files, 15 tokens\n");
    expect(lastParams()).toMatchObject({ tokens: 500, focus: ["src/cart.ts"] });
  });

  it("map takes no path outside", async () => {
    await expect(run("map --focus ../secret")).rejects.toMatchObject({ value: { code: "path.outside" } });
  });

  it("impact draws a tree and says which tests to run", async () => {
    const { out } = await run("impact Cart.add --depth 2");
    expect(out).toBe(
      [
        "Cart.add  method  src/cart.ts:10",
        "├─ checkout  src/checkout.ts:20  calls Cart.add",
        "│  ├─ handlePay  src/server.ts:44  calls checkout",
        "│  └─ test/checkout.test.ts:1  test  calls checkout",
        "└─ WishList.move  src/wish-list.ts:8  calls Cart.add",
        "",
        "4 places in 4 files.",
        "",
        "Tests to run:",
        "  test/checkout.test.ts  calls checkout",
        "Run:",
        "  npx vitest run test/checkout.test.ts",
        "",
      ].join("\n"),
    );
    expect(lastParams()).toMatchObject({ symbol: "Cart.add", depth: 2 });
  });

  it("impact tells the risk, and one command for all tests where there is one", async () => {
    server.memory.answers.impact = () => ({
      ...IMPACT,
      risk: { level: "high", reasons: ["no test reaches half of it", "changed often"] },
      runs: [
        { command: "npx vitest run a b", folder: "web", tests: ["web/a", "web/b"], why: "vitest in package.json" },
      ],
    });
    const { out } = await run("impact Cart.add");
    expect(out).toContain("Risk: high: no test reaches half of it; changed often\n");
    expect(out).toContain(
      [
        "Tests to run:",
        "  test/checkout.test.ts  calls checkout",
        "Run in web (vitest in package.json):",
        "  npx vitest run a b",
        "",
      ].join("\n"),
    );
  });

  it("impact names a command once that runs many tests, and not all of these", async () => {
    const tests = Array.from({ length: 30 }, (_, index) => ({
      path: `test/${index}.js`,
      why: "uses it",
      command: "npx mocha a b",
    }));
    server.memory.answers.impact = () => ({ ...IMPACT, tests });
    const { out } = await run("impact Cart.add");
    expect(out.match(/npx mocha a b/g)).toHaveLength(1);
    expect(out.match(/uses it/g)).toHaveLength(12);
    expect(out).toContain("  … and 18 more\nRun:\n");
  });

  it("impact draws what hangs on nothing it was told, and says how much is left out", async () => {
    server.memory.answers.impact = () => ({ ...IMPACT, nodes: IMPACT.nodes.slice(2), total: 10, tests: [] });
    const { out } = await run("impact add");
    expect(out).toContain("├─ handlePay");
    expect(out).toContain("There are 8 more: --limit\n");
    expect(out).toContain("No test is known to reach it.\n");
  });

  it("uses lists places with their lines", async () => {
    const { out } = await run("uses add --path src/cart.ts");
    expect(out).toBe(
      [
        "Cart.add  method  src/cart.ts:10",
        "2 uses:",
        "  src/checkout.ts:21  call · in checkout",
        "      cart.add(item);",
        "  test/cart.test.ts:5  call · test by name only",
        "      cart.add(one);",
        "",
      ].join("\n"),
    );
  });

  const jsonLines: [line: string, name: CommandName][] = [
    ["map --json", "map"],
    ["impact x --json", "impact"],
    ["uses x --json", "uses"],
    ["memory status --json", "memory status"],
    ["memory list --json", "memory list"],
    ["memory learn --json", "memory learn"],
    ["memory embed status --json", "memory embed"],
    ["memory drop --json", "memory drop"],
  ];
  it.each(jsonLines)("%s prints one object", async (line) => {
    const { out } = await run(line);
    expect(out.trimEnd().split("\n")).toHaveLength(1);
    expect(typeof JSON.parse(out)).toBe("object");
  });
});

describe("nexus memory", () => {
  it("status tells how it is", async () => {
    server.memory.answers.status = () => ({
      ...STATUS,
      state: "stale",
      stale: { files: 1, sinceMs: 200 },
      vectors: {
        ...{ store: "chroma", model: "m", dimensions: 3, done: 5, total: 10, capUsd: null },
        ...{ state: "failed", costUsd: 0.5, problem: "no answer" },
      },
    });
    const { out } = await run("memory status");
    for (const part of [
      "behind the files",
      "5/10 of m in chroma, $0.50, failed: no answer",
      "321 commits",
      "1 changed file",
    ])
      expect(out).toContain(part);
  });

  it("status says what to do where there is no index", async () => {
    server.memory.answers.status = () => ({ ...STATUS, workspace: "/w", state: "none" });
    expect((await run("memory status")).out).toBe("/w  not indexed: nexus index\n");
  });

  it("list shows text, state and citations", async () => {
    server.memory.knownFacts[0] = { ...FACT, status: "flagged", reason: "src/cart.ts changed.", workspace: null };
    expect((await run("memory list --kind convention")).out).toBe(
      [
        "fact-1  convention · for you everywhere  flagged: src/cart.ts changed.",
        "  Prices are in cents.",
        "  src/cart.ts:3",
        "",
      ].join("\n"),
    );
    expect(lastParams()).toMatchObject({ kinds: ["convention"], limit: 50 });
  });

  it("add, edit, confirm and forget do what they say", async () => {
    const added = await run("memory add Use the clock port --kind decision --cite src/cart.ts:2-4 --user");
    expect(added.out).toContain("Remembered.\nfact-2  decision");
    expect(lastParams()).toMatchObject({
      fact: {
        kind: "decision",
        text: "Use the clock port",
        scope: "user",
        cites: [{ kind: "file", path: "src/cart.ts", lines: { start: 2, end: 4 } }],
      },
    });
    expect((await run("memory edit fact-2 Other words")).out).toContain("  Other words\n");
    expect(lastParams()).toMatchObject({ factId: "fact-2", edit: { text: "Other words" }, version: 1 });
    expect((await run("memory confirm fact-1")).out).toContain("Prices are in cents.");
    expect((await run("memory forget fact-2 --purge")).out).toBe("Removed: Other words\n");
    expect(lastParams()).toMatchObject({ factId: "fact-2", purge: true });
    expect((await run("memory forget fac")).out).toBe("Forgot: Prices are in cents.\n");
    expect((await run("memory list")).out).toBe("Nothing is remembered: nexus memory add TEXT\n");
  });

  it("does not guess between facts, and needs something to edit", async () => {
    server.memory.knownFacts.push({ ...FACT, factId: "fact-2" });
    await expect(run("memory forget fact")).rejects.toThrow(/fact-1, fact-2/);
    await expect(run("memory forget zz")).rejects.toMatchObject({ value: { code: "memory.unknown_fact" } });
    await expect(run("memory edit fact-1")).rejects.toMatchObject({ value: { code: "usage.invalid" } });
  });

  it("export prints all pages, import takes them in parts", async () => {
    server.memory.answers.factsExport = ({ cursor }: { cursor?: string }) =>
      cursor === undefined ? { text: "1\n", count: 1, nextCursor: "2" } : { text: "2\n", count: 1, nextCursor: null };
    expect((await run("memory export")).out).toBe("1\n2\n");
    expect(lastParams()).toEqual({ workspace: server.workspace, cursor: "2" });
    await run("memory export --format markdown");
    expect(lastParams()).toMatchObject({ format: "markdown" });
    const line = JSON.stringify({ text: "x".repeat(90_000) });
    const file = join(server.workspace, "facts.jsonl");
    await writeFile(file, [line, line, line, "y".repeat(300_000), "bad"].join("\n"));
    server.memory.answers.factsImport = ({ text }: { text: string }) => {
      const lines = text.trimEnd().split("\n");
      const bad = lines.indexOf("bad");
      const problems = bad < 0 ? [] : [{ line: bad + 1, problem: "It is not JSON." }];
      return { added: lines.length - problems.length, known: 0, problems, refused: problems.length };
    };
    const { out, err, exitCode } = await run("memory import facts.jsonl");
    expect(exitCode).toBe(0);
    expect(out).toContain("3 facts to confirm");
    expect(err).toBe("2 lines could not be used:\n  line 4: It is too long for a fact.\n  line 5: It is not JSON.\n");
    await expect(run("memory import nowhere")).rejects.toMatchObject({ value: { code: "usage.invalid" } });
    expect(JSON.parse((await run("memory import - --json", { input: ["a\n", "b\n"] })).out)).toMatchObject({
      added: 2,
    });
  });

  it("embed passes on what is wished for", async () => {
    server.memory.answers.embedding = () => ({
      vectors: null,
      estimate: { chunks: 10, tokens: 12_345, costUsd: 0.02, seconds: 65 },
    });
    const { out } = await run("memory embed estimate --provider ollama --model nomic --store chroma --budget 2");
    expect(out).toContain("To embed: 10 chunks, 12,345 tokens, $0.02, about 65 s.");
    expect(lastParams()).toEqual({
      workspace: server.workspace,
      action: "estimate",
      embedder: { provider: "ollama", model: "nomic" },
      store: "chroma",
      capUsd: 2,
    });
    await expect(run("memory embed now")).rejects.toThrow(/it accepts status, estimate, start/);
    await expect(run("memory embed start --model x")).rejects.toThrow(/need --provider/);
  });

  it("learn says what came of it", async () => {
    expect((await run("memory learn")).out).toContain("On 200 commits: before R@10 0.700");
    const nothing = { kept: false, reason: "There are 12 commits.", measuredOn: 0, before: null, after: null };
    server.memory.answers.learn = () => nothing;
    expect((await run("memory learn")).out).toBe("Kept the built-in table: There are 12 commits.\n");
  });
});

it.each([
  ["src/a.ts", { kind: "file", path: "src/a.ts" }],
  ["src/a.ts:5", { kind: "file", path: "src/a.ts", lines: { start: 5, end: 5 } }],
  ["src/a.ts:5-9", { kind: "file", path: "src/a.ts", lines: { start: 5, end: 9 } }],
  ["odd:name", { kind: "file", path: "odd:name" }],
])("--cite %s is understood", (text, cite) => expect(citeOf(text)).toEqual(cite));

it.each(["", "a:0", "a:5-4"])("--cite “%s” is refused", (text) => expect(() => citeOf(text)).toThrow(/--cite/));
