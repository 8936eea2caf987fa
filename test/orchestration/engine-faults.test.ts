import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, readdirSync, readFileSync, watch } from "node:fs";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { nexusError, type RunState } from "../../protocol/index.ts";
import { type Engine, type EngineOptions, startEngine } from "../support/engine.ts";
import type { Misbehaviour, Reply, Script } from "../support/scripted/script.ts";

let engine: Engine;

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(options);
  return engine;
}

afterEach(() => engine.close());

function call(tool: string, ...inputs: unknown[]): Reply {
  return { toolCalls: inputs.map((input) => ({ tool, arguments: input })) };
}

const FILES = { "a.txt": "old\n" };
const EDIT: Script = [
  { when: { turn: 0 }, reply: call("read_file", { path: "a.txt" }) },
  { when: { turn: 1 }, reply: call("edit_file", { path: "a.txt", edits: [{ search: "old", replace: "new" }] }) },
  { when: { turn: 2 }, reply: { text: "Done." } },
];

/** The script with a fault in its first reply. */
function faulty(misbehave: Misbehaviour): Script {
  return EDIT.map((turn, index) => (index === 0 ? { ...turn, misbehave } : turn));
}

/** Command lines of this machine with the text in them; where a sandbox numbers its processes anew, the words still tell. */
function running(text: string): string[] {
  const lines =
    process.platform === "linux"
      ? readdirSync("/proc")
          .filter((name) => /^\d+$/.test(name))
          .map(commandLine)
      : execFileSync("ps", ["-axo", "command="], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.includes(text));
}

/** Empty for a process that has ended. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

async function runChange(more = {}): Promise<RunState> {
  return engine.ended(await engine.start("Change old to new in a.txt", more));
}

describe("a misbehaving model", () => {
  it.each<[string, Misbehaviour]>([
    ["breaks its stream off once", { cutAfterEvents: 2, reset: true }],
    ["is overloaded for a moment", { status: 529 }],
    ["answers too many requests", { status: 429, retryAfter: "1" }],
    ["closes the connection", { closeConnection: true }],
    ["sends no usage", { noUsage: true }],
  ])("that %s does not stop the run", async (_, misbehave) => {
    await open({ files: FILES, script: faulty(misbehave) });
    expect(await runChange({ autoApply: true })).toMatchObject({ status: "done" });
  });

  it.each<[string, Misbehaviour, string]>([
    ["refuses the key", { status: 401, times: "always" }, "model.key_refused"],
    ["does not know the model", { status: 404, message: "model not found", times: "always" }, "model.unknown"],
    ["answers with a web page", { html: true, times: "always" }, "model.bad_answer"],
    ["breaks off every time", { cutAfterEvents: 2, reset: true, times: "always" }, "model.stream_cut"],
  ])("that %s ends the run with a code, and nothing is lost", async (_, misbehave, code) => {
    await open({ files: FILES, script: faulty(misbehave) });
    const state = await runChange();
    expect(state).toMatchObject({ status: "failed", error: { code } });
    expect(state.error?.hint).not.toBe("");
    expect(engine.read("a.txt")).toBe("old\n");
  });

  it("that calls unknown tools and sends broken arguments is told so and can go on", async () => {
    await open({
      files: FILES,
      script: [
        { when: { turn: 0 }, reply: call("launch_rocket", {}) },
        {
          when: { turn: 1, last: "no such tool" },
          reply: { toolCalls: [{ tool: "read_file", argumentsText: '{"path": ' }] },
        },
        { when: { turn: 2, last: "arguments" }, reply: call("read_file", { path: 7 }) },
        { when: { turn: 3, last: "path" }, reply: call("read_file", { path: "../../etc/passwd" }) },
        { when: { turn: 4, last: "outside" }, reply: { text: "I give up on that." } },
      ],
    });
    const state = await runChange();
    expect(state).toMatchObject({ status: "done", answer: "I give up on that.", changes: null });
  });

  it("that goes in circles is stopped with an explanation", async () => {
    await open({ files: FILES, script: [{ reply: call("read_file", { path: "a.txt" }), repeat: true }] });
    const state = await runChange();
    expect(state).toMatchObject({ status: "failed", error: { code: "run.loop" } });
    expect(state.error?.message).toContain("read_file was called 5 times");
    expect(state.stats.modelCalls).toBe(5);
  });

  it("cannot write in ask mode, whatever it tries", async () => {
    await open({
      files: FILES,
      script: [
        { when: { turn: 0 }, reply: call("write_file", { path: "a.txt", content: "mine\n" }) },
        { when: { turn: 1 }, reply: call("run_command", { command: "echo mine > a.txt" }) },
        { when: { turn: 2 }, reply: { text: "I could not." } },
      ],
    });
    expect(await runChange({ mode: "ask" })).toMatchObject({ status: "done", changes: null });
    expect(engine.read("a.txt")).toBe("old\n");
    const offered = JSON.stringify(engine.server.requests[0]?.body["tools"]);
    expect(offered).toContain("read_file");
    expect(offered).not.toContain("write_file");
    expect(offered).not.toContain("run_command");
  });
});

describe("money", () => {
  const settings = { price: { input: 10, output: 100 } };

  it("is not spent beyond the budget, and a larger budget goes on without repeating a call", async () => {
    await open({ files: FILES, script: EDIT, settings });
    const runId = await engine.start("Change old to new in a.txt", { budgetUsd: 0.13 });
    const stopped = await engine.ended(runId);
    expect(stopped).toMatchObject({ status: "out_of_budget", error: { code: "budget.exceeded" } });
    expect(stopped.budget.spentUsd).toBeLessThanOrEqual(0.13);
    const before = engine.server.requests.length;
    await engine.service.resume({ runId, budgetUsd: 5 }, { name: "t" });
    const state = await engine.until(runId, (now) => now.attempt === 2 && now.status === "done");
    expect(state.changes?.changeSet.files).toHaveLength(1);
    expect(engine.server.requests.length - before).toBe(3 - before);
    expect(Math.max(...engine.server.countByHash().values())).toBe(1);
  });

  it("is not spent at all at an unknown price", async () => {
    await open({ script: EDIT, settings: { baseUrl: "http://models.example.org/v1", model: "mystery" } });
    expect(await runChange()).toMatchObject({ status: "out_of_budget", error: { code: "budget.unknown_price" } });
    expect(engine.server.requests).toEqual([]);
  });
});

describe("people", () => {
  it("cancel a run in the middle of the model's answer", async () => {
    await open({ files: FILES, script: faulty({ stallAfterEvents: 1, times: "always" }) });
    const runId = await engine.start("Change old to new in a.txt");
    await engine.server.waitForRequests(1);
    await engine.service.cancel({ runId }, { name: "t" });
    expect(await engine.ended(runId)).toMatchObject({ status: "cancelled", error: { code: "run.cancelled" } });
    await engine.server.waitForAbort(1);
  });

  it("cancel a run in the middle of a command, and its whole process tree ends", async () => {
    const seconds = `600.${process.pid}${randomInt(1_000_000)}`;
    const command = `sleep ${seconds} & echo > started.txt; wait`;
    const policy = { command: "allow" as const };
    await open({ files: FILES, script: [{ reply: call("run_command", { command }) }] });
    const runId = await engine.start("Change old to new in a.txt", { policy });
    const { isolation } = await engine.until(runId, (state) => state.stats.toolCalls === 1);
    const folder = isolation?.worktree ?? "";
    await new Promise<void>((resolve) => {
      const look = () => existsSync(`${folder}/started.txt`) && resolve();
      const watcher = watch(folder, look);
      onTestFinished(() => watcher.close());
      look();
    });
    expect(running(`sleep ${seconds}`)).not.toEqual([]);
    await engine.service.cancel({ runId }, { name: "t" });
    expect(await engine.ended(runId)).toMatchObject({ status: "cancelled" });
    // The system takes a sandbox apart after the command has ended.
    await expect.poll(() => running(`sleep ${seconds}`)).toEqual([]);
  });

  it("steer a run: the agent reads it before its next step", async () => {
    await open({
      files: FILES,
      script: [
        { when: { turn: 0 }, reply: call("read_file", { path: "a.txt" }), misbehave: { eventDelayMs: 30 } },
        {
          when: { turn: 1, lastUser: "in capitals" },
          reply: call("edit_file", { path: "a.txt", edits: [{ search: "old", replace: "NEW" }] }),
        },
        { when: { turn: 2 }, reply: { text: "Done." } },
      ],
    });
    const runId = await engine.start("Change old to new in a.txt");
    await engine.server.waitForRequests(1);
    const prompt = { runId, text: "Write it in capitals.", delivery: "steer" as const, idempotencyKey: "steer-0001" };
    await engine.service.prompt(prompt, { name: "t" });
    await engine.service.prompt(prompt, { name: "t" });
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", pendingPrompts: [] });
    expect(state.deliveredPrompts).toEqual([{ promptId: "steer-0001", taskId: "change", turn: 2 }]);
  });

  it("queue a prompt: it becomes the session's next run", async () => {
    await open({
      files: FILES,
      script: [
        { when: { firstUser: "Change old", turn: 0 }, reply: { text: "First." }, misbehave: { eventDelayMs: 30 } },
        { when: { firstUser: "What did you do" }, reply: { text: "Nothing much." } },
      ],
    });
    const runId = await engine.start("Change old to new in a.txt");
    await engine.server.waitForRequests(1);
    const prompt = { runId, text: "What did you do?", delivery: "queue" as const, idempotencyKey: "queue-0001" };
    await engine.service.prompt(prompt, { name: "t" });
    const state = await engine.until(runId, (now) => now.deliveredPrompts.length === 1);
    const { runs } = await engine.service.list({ sessionId: state.sessionId });
    expect(runs).toHaveLength(2);
    expect(await engine.ended(runs[0]?.runId ?? "")).toMatchObject({ status: "done", answer: "Nothing much." });
  });
});

describe("a daemon that stops", () => {
  it("leaves the run to the next one, which repeats nothing", async () => {
    await open({ files: FILES, script: EDIT.map((turn) => ({ ...turn, misbehave: { eventDelayMs: 20 } })) });
    const runId = await engine.start("Change old to new in a.txt");
    await engine.server.waitForRequests(2);
    await engine.restart();
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", attempt: 1 });
    expect(state.changes?.changeSet.files).toMatchObject([{ path: "a.txt", additions: 1, deletions: 1 }]);
    const repeated = [...engine.server.countByHash().values()].filter((count) => count > 1);
    expect(repeated.length).toBeLessThanOrEqual(1);
  });

  it("can go on with a run that a full disk stopped in the middle", async () => {
    let space: "enough" | "none" | "freed" = "enough";
    const beforeAppend = (events: readonly { body: { type: string } }[]) => {
      const isEditDone =
        events.some(({ body }) => body.type === "tool.finished") && engine.server.requests.length === 2;
      if (isEditDone && space === "enough") space = "none";
      if (space === "none") throw nexusError("store.full");
    };
    await open({ files: FILES, script: EDIT, beforeAppend });
    const stopped = engine.whenLogged("could not be carried on");
    const runId = await engine.start("Change old to new in a.txt");
    await stopped;
    space = "freed";
    await engine.service.resume({ runId }, { name: "t" });
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", attempt: 1 });
    expect(state.changes?.changeSet.files).toMatchObject([{ path: "a.txt", additions: 1, deletions: 1 }]);
    expect(Math.max(...engine.server.countByHash().values())).toBe(1);
  });

  it("asks for the notes of a long conversation once, though the disk was full when they were to be written", async () => {
    let space: "enough" | "none" | "freed" = "enough";
    const beforeAppend = (events: readonly { body: { type: string } }[]) => {
      if (events.some(({ body }) => body.type === "context.compacted") && space === "enough") space = "none";
      if (space === "none") throw nexusError("store.full");
    };
    const parts = Array.from({ length: 7 }, (_, index) => `${index}.txt`);
    const notes = { decisions: ["read on"], deadEnds: [], files: [], nextStep: "read on" };
    await open({
      files: Object.fromEntries(parts.map((path) => [path, `${path} has words to read\n`.repeat(200)])),
      settings: { windowTokens: 8000 },
      script: [
        { when: { system: "You keep the notes" }, reply: { text: JSON.stringify(notes) }, repeat: true },
        ...parts.map((path) => ({ when: { tool: "read_file" }, reply: call("read_file", { path }) })),
        { when: { tool: "read_file" }, reply: { text: "All is read." } },
      ],
      beforeAppend,
    });
    const stopped = engine.whenLogged("could not be carried on");
    const runId = await engine.start("Update the index after reading all parts");
    await stopped;
    space = "freed";
    await engine.service.resume({ runId }, { name: "t" });
    expect(await engine.ended(runId)).toMatchObject({ status: "done", answer: "All is read.", attempt: 1 });
    const bodies = (await engine.events(runId)).map(({ body }) => body);
    expect(bodies.filter(({ type }) => type === "context.compacted")).not.toEqual([]);
    expect(Math.max(...engine.server.countByHash().values())).toBe(1);
  });

  it("keeps a question to a person open", async () => {
    await open({
      files: FILES,
      script: [
        { when: { turn: 0 }, reply: call("run_command", { command: "echo hello" }) },
        { when: { turn: 1, last: "hello" }, reply: { text: "It said hello." } },
      ],
    });
    const runId = await engine.start("Run the greeting and tell me", { headless: false });
    const asked = await engine.until(runId, (state) => state.status === "awaiting_approval");
    await engine.restart();
    const { approvalId = "", subjectHash = "" } = asked.pendingApprovals[0] ?? {};
    await engine.service.answer({ runId, approvalId, subjectHash, decision: "approve" }, { name: "t" });
    expect(await engine.ended(runId)).toMatchObject({ status: "done", answer: "It said hello." });
    expect(engine.server.requests).toHaveLength(2);
  });
});
