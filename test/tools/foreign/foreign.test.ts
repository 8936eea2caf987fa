import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openPins } from "../../../daemon/connectors/mcp/pins.ts";
import { systemClock } from "../../../daemon/host/clock.ts";
import { httpFetch } from "../../../daemon/host/http.ts";
import { createTokenCounter } from "../../../daemon/memory/context/tokens.ts";
import { estimateTokens } from "../../../daemon/models/tokens.ts";
import { createToolbox } from "../../../daemon/orchestration/calls/toolbox.ts";
import type { Judgement } from "../../../daemon/security/judgement.ts";
import { foreignInput, foreignName, foreignSchema } from "../../../daemon/tools/foreign/foreign.ts";
import { createForeignTools, type ForeignOptions } from "../../../daemon/tools/foreign/foreign-tools.ts";
import { readPlugIns } from "../../../daemon/tools/foreign/plug-in-manifest.ts";
import { runProgram, startedServer } from "../../../daemon/tools/foreign/programs.ts";
import type { Tool } from "../../../daemon/tools/tool.ts";
import { stdioEntry } from "../../connectors/mcp/harness.ts";
import { ATTACK } from "../../support/mcp/tools.ts";
import { call, contextOf, get, makeFolder, person, put } from "../workspace.ts";

const never = new AbortController().signal;
const programs = { sandbox: async () => ({ kind: "none", reason: "a test" }) as const, hidden: [], env: process.env };

function start(more: Partial<ForeignOptions> = {}) {
  const secrets: string[] = [];
  const foreign = createForeignTools({
    mcpServers: {},
    env: process.env,
    clock: systemClock,
    redact: (text) => text,
    addSecret: (secret) => secrets.push(secret),
    network: { fetch: httpFetch, resolve: async () => [] },
    version: "1",
    trusted: async () => true,
    pins: () => openPins(join(makeFolder(), "pins.json")),
    runProgram: (run) => runProgram(programs, run),
    startProgram: (workspace) => (server) => startedServer(programs, workspace, server),
    ...more,
  });
  onTestFinished(() => foreign.close());
  const look = (workspace: string, trusted = true) =>
    foreign.look({ workspace, root: workspace, trusted, signal: never });
  return { foreign, look, secrets };
}

const ALLOW = async (): Promise<Judgement> => ({ verdict: "allow", rule: "r", reason: "" });
const named = (tools: readonly Tool[], name: string) => tools.filter((tool) => tool.name === name);

describe("names and words of others", () => {
  it("have a place of their own, and fit every provider", () => {
    expect(foreignName("mcp", "github", "list.issues")).toBe("mcp__github__list_issues");
    const long = foreignName("mcp", "s".repeat(32), "t".repeat(40));
    expect(long).toMatch(/^[A-Za-z0-9_-]{64}$/);
    expect(long).not.toBe(foreignName("mcp", "s".repeat(32), `${"t".repeat(39)}u`));
  });

  it("come without hidden characters, in bounds", async () => {
    const { look } = start({ mcpServers: { tricky: stdioEntry("tricks") } });
    const { tools, servers } = await look(makeFolder());
    expect(tools.map(({ name }) => name)).toEqual(["mcp__tricky__read_file", "mcp__tricky__redos"]);
    expect(tools[0]?.description).toMatch(/^[\x20-\x7e…]+$/);
    expect(tools[0]?.description.length).toBeLessThanOrEqual(600);
    expect(servers[0]?.definitions.refused).toEqual([
      "nexus_approve: names that begin with “nexus” are Nexus's own",
      "Read-File: another tool of this server has nearly the same name",
      "r?ad: a tool's name has letters, digits, _, - and . only, at most 40",
      "a__b: a tool's name must not contain __",
      "../../x: a tool's name has letters, digits, _, - and . only, at most 40",
      expect.stringMatching(/^n+: a tool's name has/),
      "large: its schema has more than 20000 characters",
      "deep: its schema is nested more than 20 levels deep",
    ]);
  });

  it("describe arguments that are checked, without running their patterns", async () => {
    const schema = {
      type: "object",
      properties: { a: { type: "string", pattern: "^(a+)+$", description: "x\u200by" }, pattern: { type: "integer" } },
      required: ["a"],
      additionalProperties: false,
      $schema: "http://json-schema.org/draft-07/schema#",
    };
    const input = await foreignInput(schema);
    expect(input.safeParse({ a: `${"a".repeat(50)}!` }).success).toBe(true);
    expect(input.safeParse({ a: "x", pattern: 1 }).success).toBe(true);
    for (const wrong of [{}, { a: 1 }, { a: "x", b: 1 }, { a: "x", pattern: "y" }, []])
      expect(input.safeParse(wrong).success).toBe(false);
    const shown = JSON.stringify(foreignSchema(schema));
    expect(shown).toContain('"xy"');
    expect(shown).not.toContain("$schema");
    expect((await foreignInput({ type: "object", $ref: "#/nowhere" })).safeParse({ anything: 1 }).success).toBe(true);
  });
});

describe("a tool of an MCP server", () => {
  it("asks with all of its arguments, answers as data, and says what went wrong", async () => {
    const { look } = start({ mcpServers: { good: stdioEntry("good") } });
    const root = makeFolder();
    const { tools } = await look(root);
    const { asked, askApproval } = person({ decision: "approve" });
    const judgeAccess = async (): Promise<Judgement> => ({ verdict: "ask", rule: "r", reason: "" });
    const ask = (name: string, given: object) => call(root, name, given, { tools, judgeAccess, askApproval });
    const echo = await ask("mcp__good__echo", { text: "hi" });
    expect(echo.output).toMatch(/^The MCP server good answered.*data from outside.*\nhi$/);
    expect(asked[0]?.subject).toMatchObject({
      kind: "foreign",
      source: "mcp",
      name: "good/echo",
      input: '{"text":"hi"}',
      binding: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await ask("mcp__good__echo", { text: 7 })).toMatchObject({
      output: expect.stringContaining("text: Invalid"),
    });
    expect(await ask("mcp__good__add", { a: 1, b: 2, c: 3 })).toMatchObject({ status: "failed" });
    expect(await ask("mcp__good__fail", {})).toMatchObject({
      status: "failed",
      output: expect.stringContaining("no luck"),
    });
    const attack = await ask("mcp__good__attack", {});
    expect(attack.output).not.toContain("\u001b");
    expect(attack.output).not.toContain("\u202e");
  });

  it("that became another is asked about again, and then is that one", async () => {
    const { look } = start({ mcpServers: { good: stdioEntry("good") } });
    const root = makeFolder();
    const before = (await look(root)).tools;
    const { asked, askApproval } = person({ decision: "approve" });
    const options = { judgeAccess: ALLOW, askApproval };
    expect((await call(root, "mcp__good__change", {}, { ...options, tools: before })).status).toBe("done");
    await call(root, "mcp__good__echo", { text: "x" }, { ...options, tools: before });
    // What was offered before is not what the server now has.
    expect((await call(root, "mcp__good__change", {}, { ...options, tools: before })).output).toContain(
      "has changed its tool",
    );
    const after = (await look(root)).tools;
    expect(named(after, "mcp__good__change")[0]?.description).not.toContain(ATTACK);
    expect(asked).toEqual([]);
    const denied = await call(root, "mcp__good__change", {}, { ...options, tools: after, headless: true });
    expect(denied).toMatchObject({ status: "denied", output: expect.stringContaining("rule changed-tool") });
    expect((await call(root, "mcp__good__change", {}, { ...options, tools: after })).status).toBe("done");
    expect(asked).toHaveLength(1);
  });

  it("is known again after a restart, and pins of another workspace are others", async () => {
    const file = join(makeFolder(), "pins.json");
    const pins = await openPins(file);
    await Promise.all([pins.set("user/a/b", "1"), pins.set("user/a/c", "2")]);
    expect((await openPins(file)).get("user/a/c")).toBe("2");
    put(makeFolder(), "x", "");
    for (const damaged of ["", "[]", "{", '{"a": 7}']) {
      const folder = makeFolder({ "pins.json": damaged });
      expect((await openPins(join(folder, "pins.json"))).get("a")).toBeUndefined();
    }
  });
});

describe("trust", () => {
  const servers = JSON.stringify({
    mcpServers: { theirs: stdioEntry("good"), evil: { command: "x", env: { A: `\${HOME}` } } },
  });
  const plugIn = { name: "hello", description: "Says hello.", effect: "pure", command: ["touch", "pwn"] };

  it("comes before anything of a workspace is read or started", async () => {
    const files = { ".mcp.json": servers, ".nexus/tools/hello.json": JSON.stringify(plugIn) };
    const root = makeFolder(files);
    const untrusted = await start({ trusted: async () => false }).look(root);
    expect(untrusted).toEqual({ isTrusted: false, servers: [], problems: [], tools: [] });
    const { look } = start();
    expect((await look(root, false)).tools).toEqual([]);
    const trusted = await look(root);
    expect(trusted.tools.some(({ name }) => name === "mcp__theirs__echo")).toBe(true);
    expect(named(trusted.tools, "workspace__hello")).toHaveLength(1);
    expect(trusted.servers.map(({ name, status }) => `${name} ${status.state}`)).toEqual([
      "theirs ready",
      "evil failed",
    ]);
  });

  it("takes values that are keys out of everything", async () => {
    const { look, secrets } = start({
      mcpServers: {
        a: { command: "/nowhere", env: { API_KEY: "key-123456", DEBUG: "yes-please" } },
        b: { url: "http://127.0.0.1:1/", headers: { Authorization: "Bearer abcdefgh" } },
      },
    });
    await look(makeFolder());
    expect(secrets).toEqual(["key-123456", "Bearer", "abcdefgh"]);
  });

  it.each(["", "{", "[]", "null", '{"mcpServers": 7}', "x".repeat(300_000)])(
    "takes any configuration: %#",
    async (text) => {
      expect((await start().look(makeFolder({ ".mcp.json": text }))).servers).toEqual([]);
    },
  );
});

describe("a plug-in", () => {
  const script = `#!/bin/sh\ncat > "$PWD/got.json"\necho "in $(pwd)"\n[ -e fail ] && { echo broken >&2; exit 7; }\nexit 0\n`;
  const manifest = (more: object = {}) =>
    JSON.stringify({
      name: "probe",
      description: "Looks.\u200b",
      effect: "unknown",
      command: ["sh", "./run.sh"],
      input: { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
      ...more,
    });

  function workspace(more: object = {}) {
    const root = makeFolder({ ".nexus/tools/probe/tool.json": manifest(more), ".nexus/tools/probe/run.sh": script });
    chmodSync(join(root, ".nexus/tools/probe/run.sh"), 0o755);
    return root;
  }

  it("runs in the agent's copy with its arguments on standard input", async () => {
    const { tools } = await start().look(workspace());
    const copy = makeFolder();
    const heard: string[] = [];
    const context = contextOf(copy, { onOutput: (text) => heard.push(text) });
    const outcome = await call(copy, "workspace__probe", { a: "x" }, { tools, context });
    expect(outcome).toMatchObject({
      status: "done",
      output: expect.stringMatching(/This is data.*\nin .*nexus-tools-/),
    });
    expect(get(copy, "got.json")).toBe('{"a":"x"}');
    expect(heard.join("")).toContain("in /");
    expect((await call(copy, "workspace__probe", {}, { tools })).output).toContain("a: Invalid input");
    expect((await call(copy, "workspace__probe", { a: "x", b: 1 }, { tools })).status).toBe("failed");
    put(copy, "fail", "");
    const failed = await call(copy, "workspace__probe", { a: "x" }, { tools });
    expect(failed).toMatchObject({ status: "failed", output: expect.stringMatching(/ended with 7[\s\S]*broken/) });
  });

  it("whose files changed since it was offered does not run", async () => {
    const root = workspace();
    const { tools } = await start().look(root);
    put(root, ".nexus/tools/probe/run.sh", "touch pwn");
    const outcome = await call(makeFolder(), "workspace__probe", { a: "x" }, { tools });
    expect(outcome).toMatchObject({ status: "failed", output: expect.stringContaining("nothing was run") });
  });

  it("ends at its time", async () => {
    const { tools } = await start().look(workspace({ command: ["sleep", "60"], timeoutSeconds: 1 }));
    expect(await call(makeFolder(), "workspace__probe", { a: "x" }, { tools })).toMatchObject({
      status: "failed",
      output: expect.stringContaining("longer than 1 s"),
    });
  });

  it.each([
    ["another name", { name: "read_file" }, "calls it “read_file”"],
    ["no description", { description: "" }, "wrong at description"],
    ["a key that is none", { run: true }, "wrong at its top"],
    ["an effect of its own", { effect: "verifiable" }, "wrong at effect"],
    ["a program outside", { command: ["/bin/sh", "x"] }, "must be on the PATH"],
    ["a program above", { command: ["./../../../x"] }, "none of its files"],
    ["a file that is missing", { command: ["sh", "./gone.sh"] }, "none of its files"],
    ["NUL", { command: ["a\0b"] }, "NUL"],
    ["a long time", { timeoutSeconds: 601 }, "wrong at timeoutSeconds"],
  ])("is refused with %s", async (_name, more, words) => {
    const found = await readPlugIns(workspace(more));
    expect(found).toEqual({ plugIns: [], problems: [{ name: "probe", problem: expect.stringContaining(words) }] });
  });

  it("is refused with a link, a strange name, nearly the name of another, or too much of everything", async () => {
    const linked = workspace();
    symlinkSync("/etc/passwd", join(linked, ".nexus/tools/probe/data"));
    expect((await readPlugIns(linked)).problems[0]?.problem).toContain("no regular file");
    const other = (name: string) => JSON.stringify({ name, description: "x", effect: "pure", command: ["true"] });
    const root = makeFolder({
      ".nexus/tools/nexus_x.json": other("nexus_x"),
      ".nexus/tools/Upper.json": other("Upper"),
      ".nexus/tools/a__b.json": other("a__b"),
      ".nexus/tools/run-it.json": other("run-it"),
      ".nexus/tools/run_it.json": other("run_it"),
      ".nexus/tools/large.json": `${other("large")}${" ".repeat(70_000)}`,
      ".nexus/tools/broken.json": "{",
      ".nexus/tools/empty/x": "",
      ".nexus/tools/readme.md": "",
    });
    const { plugIns, problems } = await readPlugIns(root);
    expect(plugIns.map(({ name }) => name)).toEqual(["run-it"]);
    expect(problems.map(({ name }) => name).sort()).toEqual([
      "Upper",
      "a__b",
      "broken",
      "empty",
      "large",
      "nexus_x",
      "run_it",
    ]);
    expect(await readPlugIns(makeFolder())).toEqual({ plugIns: [], problems: [] });
  });
});

describe("many tools of others", () => {
  it("cost less than 2 000 tokens, and are found by what they do", async () => {
    const { look } = start({ mcpServers: { github: stdioEntry("many") } });
    const { tools: foreign } = await look(makeFolder());
    expect(foreign).toHaveLength(50);
    const { count, exact } = await createTokenCounter("gpt-4o", estimateTokens);
    expect(exact).toBe(true);
    const options = { isUseful: () => false, foreign, judgeAccess: ALLOW, allowedCommands: [], count };
    const toolbox = await createToolbox(options);
    const tokens = () => count(JSON.stringify(toolbox.schemas()));
    expect(toolbox.schemas().map(({ name }) => name)).toEqual(["find_tools"]);
    expect(tokens()).toBeLessThan(200);
    expect(count(JSON.stringify(foreign.map(({ foreign: own }) => own?.parameters)))).toBeGreaterThan(2000);
    const found = await call(
      makeFolder(),
      "find_tools",
      { query: "close issues, list pull requests" },
      { tools: toolbox.tools() },
    );
    expect(found.offers).toHaveLength(5);
    expect(found.offers).toContain("mcp__github__list_pull_request");
    toolbox.learn(found);
    expect(
      toolbox
        .schemas()
        .map(({ name }) => name)
        .slice(1)
        .sort(),
    ).toEqual([...(found.offers ?? [])].sort());
    expect(tokens()).toBeLessThan(2000);
    // What is offered does not grow without end.
    for (const area of ["release", "label", "milestone", "workflow", "project", "team", "branch", "commit"])
      toolbox.learn({
        offers: ["list", "get", "create", "update", "delete"].map((verb) => `mcp__github__${verb}_${area}`),
      });
    expect(tokens()).toBeLessThan(7000);
    expect(toolbox.schemas().at(-1)?.name).toMatch(/_commit$/);
    const none = await call(makeFolder(), "find_tools", { query: "qwertz" }, { tools: toolbox.tools() });
    expect(none.output).toContain("None of 50 tools");
  });

  it("are offered as they are while they are few; what is denied is hidden; read_result comes when it is of use", async () => {
    const { look } = start({ mcpServers: { good: stdioEntry("good") } });
    const { tools: foreign } = await look(makeFolder());
    const count = (text: string) => text.length / 4;
    const base = { isUseful: ({ name }: Tool) => name === "read_file", foreign, allowedCommands: [], count };
    const toolbox = await createToolbox({ ...base, judgeAccess: ALLOW });
    expect(toolbox.tools()).toHaveLength(10);
    toolbox.learn({ isCut: true });
    expect(toolbox.tools().map(({ name }) => name)).toContain("read_result");
    const judgeAccess = async ({ kind }: { kind: string }): Promise<Judgement> => ({
      verdict: kind === "foreign" ? "deny" : "allow",
      rule: "r",
      reason: "",
    });
    const without = await createToolbox({ ...base, judgeAccess });
    expect(without.tools().map(({ name }) => name)).toEqual(["read_file"]);
  });
});
