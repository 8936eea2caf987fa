import { existsSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { hashOf } from "../../../daemon/host/files.ts";
import type { LogLevel } from "../../../daemon/observability/log.ts";
import type { Access } from "../../../daemon/security/access.ts";
import { createRedactor, REDACTED } from "../../../daemon/security/secrets/secrets.ts";
import { TOOLS } from "../../../daemon/tools/catalogue.ts";
import type { Intent, Probe } from "../../../daemon/tools/gate/journal-port.ts";
import type { DirectTool, Tool, ToolContext, ToolOutcome } from "../../../daemon/tools/tool.ts";
import { failure, nexusError } from "../../../protocol/index.ts";
import { policyOf } from "../../security/policy/setting.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { call, contextOf, get, makeFolder, memoryJournal, person, put } from "../workspace.ts";

const input = z.object({ text: z.optional(z.string()) });

/** A tool that does what the test says. */
function fakeTool(execute: (context: ToolContext) => Promise<ToolOutcome>, more: Partial<DirectTool> = {}): Tool {
  const base = { name: "fake", description: "", input, effect: "pure" as const };
  return {
    ...base,
    access: () => ({ kind: "read", paths: [] }),
    execute: (_input, context) => execute(context),
    ...more,
  };
}

const saying = (output: string) => async (): Promise<ToolOutcome> => ({ ok: true, output, summary: output });
const edit = (search: string, replace: string) => ({ path: "a", edits: [{ search, replace }] });

/** Says that it has begun, and never ends. */
function hang(begun: { resolve: () => void }): () => Promise<ToolOutcome> {
  return () => {
    begun.resolve();
    return new Promise(() => undefined);
  };
}

async function abortAnd(stop: AbortController, outcome: ToolOutcome): Promise<ToolOutcome> {
  stop.abort(new Error("cancelled"));
  return outcome;
}

describe("what a model may get wrong", () => {
  it.each([
    ["an unknown tool", "rm_rf", {}, "tool.unknown", "“rm_rf” is not among list_files"],
    ["arguments that are not JSON", "read_file", '{"path": "a', "tool.invalid_input", "not JSON"],
    ["no object", "read_file", "[]", "tool.invalid_input", "expected object"],
    ["a missing argument", "read_file", {}, "tool.invalid_input", "path: Invalid input: expected string"],
    [
      "an argument of another type",
      "read_file",
      { path: "a", from: "1" },
      "tool.invalid_input",
      "from: Invalid input: expected number",
    ],
    [
      "an argument out of range",
      "run_command",
      { command: "true", timeoutSeconds: 601 },
      "tool.invalid_input",
      "timeoutSeconds: Too big",
    ],
    [
      "an error deep inside",
      "edit_file",
      { path: "a", edits: [{ search: "x" }] },
      "tool.invalid_input",
      "edits.0.replace",
    ],
    ["a poisoned prototype", "read_file", '{"__proto__": {"path": "a"}}', "tool.invalid_input", "__proto__"],
  ])("%s", async (_name, tool, argumentsText, _code, words) => {
    const journal = memoryJournal();
    const outcome = await call(makeFolder({ a: "x" }), tool, argumentsText, { key: "k", journal });
    expect(outcome).toMatchObject({ status: "failed", output: expect.stringContaining(words), changed: [] });
    expect(journal.order).toEqual(["record k"]);
  });

  it("keys that nobody asked for, and no arguments at all, do no harm", async () => {
    const root = makeFolder({ a: "x" });
    expect((await call(root, "read_file", { path: "a", offset: 1, why: "because" })).status).toBe("done");
    expect((await call(root, "list_files", "")).status).toBe("done");
  });

  it("a tool that it was not offered", async () => {
    const tools = TOOLS.filter((tool) => tool.name !== "run_command");
    const root = makeFolder();
    expect((await call(root, "run_command", { command: "touch pwn" }, { tools })).output).toContain("no such tool");
    expect(existsSync(join(root, "pwn"))).toBe(false);
  });
});

describe("policy and approval", () => {
  const judgeAccess = async (access: Access) => policyOf({ agreedCommands: ["true"] }).judge(access);

  it("sees a file by its real place too", async () => {
    const root = makeFolder({ ".vscode/settings.json": "{}", ".env": "KEY=1" });
    symlinkSync(".vscode", join(root, "innocent"));
    symlinkSync(".env", join(root, "notes.txt"));
    const { asked, askApproval } = person({ decision: "reject", feedback: "not that file" });
    const options = { judgeAccess, askApproval };
    const write = await call(root, "write_file", { path: "innocent/tasks.json", content: "{}" }, options);
    expect(write).toMatchObject({
      status: "denied",
      output: expect.stringContaining("The user said no: not that file"),
    });
    expect(await call(root, "read_file", { path: "notes.txt" }, options)).toMatchObject({ status: "denied" });
    expect(asked.map(({ subject }) => subject)).toMatchObject([
      {
        kind: "write",
        path: "innocent/tasks.json, .vscode/tasks.json",
        reason: expect.stringContaining("Editor settings"),
      },
      { kind: "read", path: "notes.txt, .env", reason: expect.stringContaining("keys or passwords") },
    ]);
    expect(existsSync(join(root, ".vscode/tasks.json"))).toBe(false);
  });

  it("runs what a person approves, and names the working directory", async () => {
    const root = makeFolder();
    const { asked, askApproval } = person({ decision: "approve" });
    const outcome = await call(root, "run_command", { command: "echo hi > out" }, { judgeAccess, askApproval });
    expect(outcome.status).toBe("done");
    expect(get(root, "out")).toBe("hi\n");
    expect(asked[0]?.subject).toMatchObject({ kind: "command", command: "echo hi > out", cwd: root });
  });

  it("asks nobody for what is allowed or denied", async () => {
    const root = makeFolder();
    const { asked, askApproval } = person({ decision: "approve" });
    const options = { judgeAccess, askApproval };
    expect((await call(root, "run_command", { command: "true" }, options)).status).toBe("done");
    const denied = await call(root, "write_file", { path: ".git/hooks/post-checkout", content: "x" }, options);
    expect(denied).toMatchObject({ status: "denied", output: expect.stringContaining("rule git-is-never-written") });
    expect(await call(root, "write_file", { path: "../x", content: "" }, options)).toMatchObject({ status: "denied" });
    expect(asked).toEqual([]);
  });

  it("journals nothing before the answer, so that a restart asks again", async () => {
    const journal = memoryJournal();
    const stop = new AbortController();
    const askApproval = () => {
      stop.abort(new Error("suspended"));
      return Promise.reject(stop.signal.reason);
    };
    const context = contextOf(makeFolder(), { signal: stop.signal });
    const running = call(context.root, "run_command", { command: "x" }, { context, judgeAccess, askApproval, journal });
    await expect(running).rejects.toThrow("suspended");
    expect(journal.order).toEqual([]);
  });
});

describe("the journal", () => {
  it("has the intent before the effect and the result after, for reads too", async () => {
    const root = makeFolder({ a: "one\n" });
    const journal = memoryJournal();
    const tool = fakeTool(async () => {
      journal.order.push("effect");
      return { ok: true, output: "", summary: "" };
    });
    await call(root, "fake", {}, { tools: [tool], journal, key: "k" });
    expect(journal.order).toEqual(["intend k", "effect", "record k"]);
    await call(root, "edit_file", edit("one", "two"), { journal, key: "e" });
    const probe: Probe = { path: "a", before: hashOf("one\n"), after: hashOf("two\n") };
    expect(journal.intents.get("e")).toMatchObject({ tool: "edit_file", effect: "verifiable", probe });
    expect(journal.intents.get("e")?.input).toBe(JSON.stringify(edit("one", "two")));
  });

  it("that fails stops the run, before anything happens", async () => {
    const root = makeFolder({ a: "one\n" });
    const journal = { ...memoryJournal(), intend: () => Promise.reject(nexusError("store.full")) };
    await expect(call(root, "edit_file", edit("one", "two"), { journal })).rejects.toThrow("no space left");
    expect(get(root, "a")).toBe("one\n");
  });
});

describe("after a crash", () => {
  const before = hashOf("one\n");
  const after = hashOf("two\n");
  const changed: Probe = { path: "a", before, after };

  /** A journal with an intent and no result, as a kill in the middle leaves it. */
  function interrupted(tool: string, effect: Intent["effect"], probe?: Probe) {
    const journal = memoryJournal();
    const intent = { callId: "c", tool, input: "{}", effect };
    journal.intents.set("k", probe === undefined ? intent : { ...intent, probe });
    return { journal, key: "k" };
  }

  it("a recorded result is used again, and nothing is called", async () => {
    const journal = memoryJournal();
    const recorded = { status: "done" as const, output: "recorded", summary: "s", changed: [], durationMs: 7 };
    journal.results.set("k", recorded);
    const tool = fakeTool(() => Promise.reject(new Error("must not run")));
    expect(await call(makeFolder(), "fake", {}, { tools: [tool], journal, key: "k" })).toEqual(recorded);
    expect(await call(makeFolder(), "gone", {}, { tools: [], journal, key: "k" })).toEqual(recorded);
    expect(journal.order).toEqual([]);
  });

  it("the agent has seen what it read and wrote before", async () => {
    const root = makeFolder({ a: "one\n", b: "b", gone: "" });
    const journal = memoryJournal();
    const first = contextOf(root);
    await call(root, "read_file", { path: "a" }, { context: first, journal, key: "1" });
    await call(root, "edit_file", edit("one", "two"), { context: first, journal, key: "2" });
    await call(root, "read_file", { path: "b" }, { context: first, journal, key: "3" });
    await call(root, "read_file", { path: "gone" }, { context: first, journal, key: "4" });
    await call(root, "delete_file", { path: "gone" }, { context: first, journal, key: "5" });
    const second = contextOf(root);
    for (const key of ["1", "2", "3", "4", "5"]) await call(root, "read_file", {}, { context: second, journal, key });
    expect(second.seen).toEqual(first.seen);
    expect([...second.seen]).toEqual([
      ["a", after],
      ["b", hashOf("b")],
    ]);
  });

  it.each(["pure", "idempotent"] as const)("a %s call runs again", async (effect) => {
    const tool = fakeTool(saying("again"), { effect });
    const { journal, key } = interrupted("fake", effect);
    expect(await call(makeFolder(), "fake", {}, { tools: [tool], journal, key })).toMatchObject({ output: "again" });
  });

  it("a command does not run again; the model is told to look", async () => {
    const root = makeFolder();
    const { journal, key } = interrupted("run_command", "unknown");
    const { asked, askApproval } = person({ decision: "approve" });
    const outcome = await call(root, "run_command", { command: "touch pwn" }, { journal, key, askApproval });
    expect(outcome).toMatchObject({ status: "interrupted", output: expect.stringContaining("effect is unknown") });
    expect(existsSync(join(root, "pwn"))).toBe(false);
    expect(asked).toEqual([]);
    expect(journal.results.get(key)?.status).toBe("interrupted");
  });

  it.each([
    ["not written yet: it is written", "one\n", "done", "two\n"],
    ["written already: it is not written twice", "two\n", "done", "two\n"],
    ["neither: nothing is touched", "three\n", "failed", "three\n"],
  ])("an edit %s", async (_name, found, status, content) => {
    const root = makeFolder({ a: found });
    const context = contextOf(root);
    const { journal, key } = interrupted("edit_file", "verifiable", changed);
    const outcome = await call(root, "edit_file", edit("one", "two"), { context, journal, key });
    expect(outcome.status).toBe(status);
    expect(get(root, "a")).toBe(content);
    if (status === "done") expect(outcome).toMatchObject({ changed: ["a"], summary: "edited a (1 replacement)" });
    if (status === "done") expect(context.seen.get("a")).toBe(after);
    else expect(outcome.output).toContain("neither as it was nor as it was to be");
  });

  it("an edit that would apply twice is applied once", async () => {
    const root = makeFolder({ a: "x\n" });
    const journal = memoryJournal();
    await call(root, "edit_file", edit("x", "xx"), { journal, key: "k" });
    journal.results.clear();
    expect(await call(root, "edit_file", edit("x", "xx"), { journal, key: "k" })).toMatchObject({ status: "done" });
    expect(get(root, "a")).toBe("xx\n");
  });

  it.each([
    ["made", null, undefined, "done", true],
    ["found made", null, "new\n", "done", true],
    ["found different", null, "other\n", "failed", true],
  ])("a new file is %s", async (_name, was, found, status, exists) => {
    const root = makeFolder(found === undefined ? {} : { a: found });
    const { journal, key } = interrupted("write_file", "verifiable", {
      path: "a",
      before: was,
      after: hashOf("new\n"),
    });
    const outcome = await call(root, "write_file", { path: "a", content: "new\n" }, { journal, key });
    expect(outcome.status).toBe(status);
    expect(existsSync(join(root, "a"))).toBe(exists);
    expect(get(root, "a")).toBe(found ?? "new\n");
  });

  it.each([
    ["deleted", "one\n", "done"],
    ["found deleted", undefined, "done"],
    ["left alone when it is different", "three\n", "failed"],
  ])("a file to delete is %s", async (_name, found, status) => {
    const root = makeFolder(found === undefined ? {} : { a: found });
    const { journal, key } = interrupted("delete_file", "verifiable", { path: "a", before, after: "" });
    expect(await call(root, "delete_file", { path: "a" }, { journal, key })).toMatchObject({ status });
    expect(existsSync(join(root, "a"))).toBe(status === "failed");
  });

  it("what a cut-off write left beside the file is cleared away", async () => {
    const root = makeFolder({ a: "one\n", ".a.0123456789ab.nexus-tmp": "tw", ".b.0123456789ab.nexus-tmp": "other" });
    const { journal, key } = interrupted("edit_file", "verifiable", changed);
    await call(root, "edit_file", edit("one", "two"), { journal, key });
    expect(existsSync(join(root, ".a.0123456789ab.nexus-tmp"))).toBe(false);
    expect(existsSync(join(root, ".b.0123456789ab.nexus-tmp"))).toBe(true);
  });

  it("a write without a probe, or whose place now leads out, is not repeated", async () => {
    const root = makeFolder({ a: "one\n" });
    const without = interrupted("edit_file", "verifiable");
    expect((await call(root, "edit_file", edit("one", "two"), without)).status).toBe("interrupted");
    const outside = makeFolder({ x: "one\n" });
    rmSync(join(root, "a"));
    symlinkSync(join(outside, "x"), join(root, "a"));
    const moved = interrupted("edit_file", "verifiable", changed);
    expect((await call(root, "edit_file", edit("one", "two"), moved)).status).toBe("denied");
    expect(get(outside, "x")).toBe("one\n");
  });

  it("an intent for a file that the fence refuses is not carried out", async () => {
    const root = makeFolder({ a: "one\n" });
    const { journal, key } = interrupted("edit_file", "verifiable", { ...changed, path: "../a" });
    expect((await call(root, "edit_file", edit("one", "two"), { journal, key })).status).toBe("failed");
    expect(get(root, "a")).toBe("one\n");
  });
});

describe("what a tool may do wrong", () => {
  it("throw: it becomes an outcome and a line in the log", async () => {
    const lines: [LogLevel, string][] = [];
    const log = { write: (level: LogLevel, message: string) => void lines.push([level, message]), with: () => log };
    const tools = [fakeTool(() => Promise.reject(new TypeError("x is undefined")))];
    const outcome = await call(makeFolder(), "fake", {}, { tools, log });
    expect(outcome).toMatchObject({ status: "failed", output: expect.stringContaining("x is undefined") });
    expect(lines).toEqual([["error", "a tool threw"]]);
  });

  it.each([
    ["throw something that is no error", () => Promise.reject("text"), "text"],
    ["throw a known error", () => Promise.reject(nexusError("workspace.git_failed", "fatal: x")), "fatal: x"],
    ["fail", async () => failure("tool.failed", "no luck"), "no luck"],
  ])("%s", async (_name, execute, words) => {
    const outcome = await call(makeFolder(), "fake", {}, { tools: [fakeTool(execute)] });
    expect(outcome).toMatchObject({ status: "failed", output: expect.stringContaining(words) });
  });

  it("hang: it ends with its time, even when it does not listen", async () => {
    const clock = createManualClock();
    const hanging = Promise.withResolvers<void>();
    const tools = [fakeTool(hang(hanging), { timeoutMs: 1000 })];
    const running = call(makeFolder(), "fake", {}, { tools, clock });
    await hanging.promise;
    clock.advance(1000);
    clock.advance(5000);
    expect(await running).toMatchObject({ status: "failed", output: expect.stringContaining("longer than 1 s") });
    expect(clock.pendingTimers).toBe(0);
  });

  it("go on when the run stops: the stop wins, and leaves an intent without a result", async () => {
    const clock = createManualClock();
    const stop = new AbortController();
    const journal = memoryJournal();
    const hanging = Promise.withResolvers<void>();
    const tools = [fakeTool(hang(hanging))];
    const context = contextOf(makeFolder(), { signal: stop.signal });
    const running = call(context.root, "fake", {}, { tools, clock, context, journal, key: "k" });
    await hanging.promise;
    stop.abort(new Error("cancelled"));
    clock.advance(5000);
    await expect(running).rejects.toThrow("cancelled");
    expect(journal.order).toEqual(["intend k"]);
  });

  it("fail because the run stopped: that is no result either", async () => {
    const stop = new AbortController();
    const tools = [fakeTool(() => abortAnd(stop, failure("tool.failed")))];
    const context = contextOf(makeFolder(), { signal: stop.signal });
    const journal = memoryJournal();
    await expect(call(context.root, "fake", {}, { tools, context, journal })).rejects.toThrow("cancelled");
    expect(journal.results.size).toBe(0);
  });

  it("finish although the run stopped: what happened is recorded", async () => {
    const stop = new AbortController();
    const tools = [fakeTool(() => abortAnd(stop, { ok: true, output: "written", summary: "" }))];
    const context = contextOf(makeFolder(), { signal: stop.signal });
    expect(await call(context.root, "fake", {}, { tools, context })).toMatchObject({ status: "done" });
  });
});

describe("what reaches the model", () => {
  const output = async (text: string, more: object = {}) =>
    call(makeFolder(), "fake", {}, { tools: [fakeTool(saying(text))], ...more });

  it("holds no secret, in output or summary", async () => {
    const redactor = createRedactor();
    redactor.add("hunter2hunter2");
    const outcome = await output("key hunter2hunter2", { redact: redactor.redact });
    expect(outcome).toMatchObject({ output: `key ${REDACTED}`, summary: `key ${REDACTED}` });
    const failed = fakeTool(async () => failure("tool.failed", "hunter2hunter2"));
    const other = await call(makeFolder(), "fake", {}, { tools: [failed], redact: redactor.redact });
    expect(other.output + other.summary).not.toContain("hunter2");
  });

  it("holds no secret that the cut would have split", async () => {
    const redactor = createRedactor();
    redactor.add("hunter2hunter2");
    const text = `${"x".repeat(14_995)}hunter2hunter2${"y".repeat(40_000)}`;
    expect((await output(text, { redact: redactor.redact })).output).not.toContain("hunt");
  });

  it("is bounded, in the middle, without splitting a character", async () => {
    const { output: bounded } = await output("😀".repeat(20_000));
    expect(bounded.length).toBeLessThan(30_100);
    expect(bounded.isWellFormed()).toBe(true);
    expect(bounded).toContain("characters left out");
    const long = fakeTool(saying("x".repeat(50_000)), { maxOutput: 60_000 });
    expect((await call(makeFolder(), "fake", {}, { tools: [long] })).output).toHaveLength(50_000);
  });

  it("cannot steer a terminal or hide text", async () => {
    const outcome = await output("a\u001b[2J\u0007\u009b\u202eb\tc\r\nd");
    expect(outcome.output).toBe("a␛[2J␇\ufffd\ufffdb\tc␍\nd");
    expect(outcome.summary).toBe("a␛[2J␇\ufffd\ufffdb\tc␍");
    expect((await output("s".repeat(500))).summary).toHaveLength(200);
  });
});

it("keeps files apart that agents change at the same time", async () => {
  const root = makeFolder();
  for (let index = 0; index < 20; index++) put(root, `f${index}`, "one\n");
  const edits = Array.from({ length: 20 }, (_, index) =>
    call(root, "edit_file", { path: `f${index}`, edits: [{ search: "one", replace: `two ${index}` }] }),
  );
  expect((await Promise.all(edits)).every((outcome) => outcome.status === "done")).toBe(true);
  for (let index = 0; index < 20; index++) expect(get(root, `f${index}`)).toBe(`two ${index}\n`);
});
