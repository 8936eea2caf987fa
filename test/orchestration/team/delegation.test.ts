import { afterEach, describe, expect, it } from "vitest";
import { type Engine, type EngineOptions, startEngine } from "../../support/engine.ts";
import type { Reply, Script } from "../../support/scripted/script.ts";
import { bodies, call, createGate, GOAL, isFor, planned, task, turns } from "./fixture.ts";

let engine: Engine;

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(options);
  return engine;
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const piece = (agent: string, title: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ...{ agent, title, goal: `${title}.`, returns: "What you did." },
  ...more,
});

function delegate(...pieces: unknown[]): Reply {
  return call("delegate", ...pieces);
}

const write = (name: string) => call("write_file", { path: `${name}.txt`, content: `${name}\n` });

/** A parent that hands over one piece and then says what it was told. */
const one: Script = [
  ...planned(task("a", { files: ["**"] })),
  ...turns("a", delegate(piece("testing", "Write the child's file", { files: ["child.txt"] })), {
    text: "Both are done.",
  }),
  ...turns("a.1.0", write("child"), { text: "The child's file is there." }),
];

describe("handing over a piece of work", () => {
  it("makes a child task in the parent's copy, and tells the parent its answer, its files and its cost", async () => {
    await open({ script: one });
    const runId = await engine.start(GOAL);
    const state = await engine.ended(runId);
    expect(state).toMatchObject({
      status: "done",
      tasks: [
        { id: "a", status: "done", summary: "Both are done." },
        { id: "a.1.0", parent: "a", agent: "testing", status: "done", life: "done", steps: 2 },
      ],
    });
    expect(state.changes?.changeSet.files.map(({ path }) => path)).toEqual(["child.txt"]);
    const events = await engine.events(runId);
    expect(bodies(events, "task.delegated")).toMatchObject([
      { depth: 1, contract: { files: ["child.txt"], readOnly: false } },
    ]);
    const [told] = bodies(events, "tool.finished").filter(({ tool }) => tool === "delegate");
    expect(told).toMatchObject({ status: "done", changed: ["child.txt"] });
    expect(told?.output).toContain("The child's file is there.");
    expect(told?.output).toContain("It cost $0.0000.");
    const lives = bodies(events, "task.life").filter(({ taskId }) => taskId === "a");
    expect(lives.map(({ life }) => life).slice(0, 2)).toEqual(["waiting", "working"]);
    expect(lives[0]?.reason).toContain("a.1.0");
  });

  it("goes on after a restart with the child where it was", async () => {
    const held = createGate();
    await open({ script: one, hold: (conversation) => (isFor(conversation, "a.1.0", 1) ? held.passed : undefined) });
    const runId = await engine.start(GOAL);
    await engine.server.waitForRequests(4);
    const restarted = engine.restart();
    held.open();
    await restarted;
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", tasks: [{ status: "done" }, { status: "done" }] });
    const events = await engine.events(runId);
    expect(bodies(events, "task.delegated")).toHaveLength(1);
    const written = bodies(events, "tool.requested").filter(({ tool }) => tool === "write_file");
    expect(written).toHaveLength(1);
  });

  it("gives a child the least of the contract, its agent's own limits and what its parent has left", async () => {
    const agent = "---\npurpose: Praises.\nlimits: {budgetUsd: 0.05, deadlineMinutes: 10}\n---\nPraise.\n";
    const praise = (share: number) => piece("praiser", `Praise with ${share}`, { readOnly: true, budgetShare: share });
    await open({
      files: { ".nexus/agents/praiser.md": agent },
      settings: { price: { input: 0.01, output: 0.01 } },
      script: [
        ...planned(task("a", { files: ["**"], budgetUsd: 0.4, deadlineMinutes: 5 })),
        ...turns("a", delegate(praise(1)), delegate(praise(0.1)), { text: "Praised." }),
        ...turns("a.1.0", { text: "It is good." }),
        ...turns("a.2.0", { text: "It is good." }),
      ],
    });
    const runId = await engine.start(GOAL, { budgetUsd: 5 });
    const { tasks } = await engine.ended(runId);
    const [first, second] = bodies(await engine.events(runId), "task.delegated");
    expect(first?.budgetUsd).toBe(0.05);
    expect(second?.budgetUsd).toBeLessThan(0.041);
    expect([first?.deadlineAt, second?.deadlineAt]).toEqual([tasks[0]?.deadlineAt, tasks[0]?.deadlineAt]);
    expect(tasks[1]).toMatchObject({ id: "a.1.0", status: "done", budgetUsd: 0.05 });
  });

  it("keeps a child to the files that were handed to it", async () => {
    await open({
      script: [
        ...planned(task("a", { files: ["**"] })),
        ...turns("a", delegate(piece("testing", "Write", { files: ["child.txt"] })), { text: "It could not." }),
        ...turns("a.1.0", write("other"), { text: "I may not write other.txt." }),
      ],
    });
    const runId = await engine.start(GOAL);
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", changes: null });
    const [refused] = bodies(await engine.events(runId), "tool.finished").filter(({ tool }) => tool === "write_file");
    expect(refused).toMatchObject({ status: "denied", output: expect.stringContaining("handed to this agent") });
  });

  it("tells the parent as an error when the child fails, or is cancelled", async () => {
    const held = createGate();
    await open({
      script: [
        ...planned(task("a", { files: ["**"] })),
        ...turns("a", delegate(piece("testing", "Fail")), delegate(piece("testing", "Wait")), {
          text: "I did it alone.",
        }),
        ...turns("a.2.0", { text: "Never said." }),
      ],
      hold: (conversation) => (isFor(conversation, "a.2.0", 0) ? held.passed : undefined),
    });
    const runId = await engine.start(GOAL);
    await engine.until(runId, ({ tasks }) => tasks.some(({ id, life }) => id === "a.2.0" && life === "working"));
    await engine.service.controlTask("cancel", { runId, taskId: "a.2.0" }, { name: "Anna" });
    const state = await engine.ended(runId);
    held.open();
    expect(state).toMatchObject({
      status: "done",
      tasks: [
        { status: "done" },
        { id: "a.1.0", status: "failed" },
        { id: "a.2.0", status: "skipped", life: "stopped" },
      ],
    });
    const told = bodies(await engine.events(runId), "tool.finished").filter(({ tool }) => tool === "delegate");
    expect(told.map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect(told[1]?.output).toContain("Anna");
  });

  it("goes three levels down and no further, and never to whoever has the goal already", async () => {
    const deeper = (id: string, agent: string, title: string) =>
      turns(id, delegate(piece(agent, title)), { text: `${id} ends.` });
    await open({
      script: [
        ...planned(task("a", { files: ["**"] })),
        ...deeper("a", "backend", "Level one"),
        ...deeper("a.1.0", "frontend", "Level two"),
        ...deeper("a.1.0.1.0", "data", "Level three"),
        ...turns("a.1.0.1.0.1.0", delegate(piece("devops", "Level four")), delegate(piece("frontend", "Level two")), {
          text: "The last one ends.",
        }),
      ],
    });
    const runId = await engine.start(GOAL);
    const state = await engine.ended(runId);
    expect(state.tasks.map(({ id }) => id)).toEqual(["a", "a.1.0", "a.1.0.1.0", "a.1.0.1.0.1.0"]);
    const refused = bodies(await engine.events(runId), "tool.finished").filter(
      ({ tool, status }) => tool === "delegate" && status === "failed",
    );
    expect(refused).toHaveLength(2);
    expect(refused[0]?.output).toContain("3 are allowed");
  });

  it("lets children that only look work side by side, and change nothing", async () => {
    const together = createGate();
    const waiting = new Set<string>();
    const looks = (title: string) => piece("research", title, { readOnly: true });
    await open({
      files: { "README.md": "# Notes\n" },
      script: [
        ...planned(task("a", { files: ["**"] })),
        ...turns("a", delegate(looks("Look here"), looks("Look there")), { text: "I know both." }),
        ...turns("a.1.0", call("write_file", { path: "x.txt", content: "x" }), { text: "Here is nothing." }),
        ...turns("a.1.1", { text: "There is nothing." }),
      ],
      hold(conversation) {
        const id = ["a.1.0", "a.1.1"].find((child) => isFor(conversation, child, 0));
        if (id === undefined) return undefined;
        waiting.add(id);
        if (waiting.size === 2) together.open();
        return together.passed;
      },
    });
    const runId = await engine.start(GOAL);
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", changes: null });
    expect(state.tasks.map(({ status }) => status)).toEqual(["done", "done", "done"]);
    const lives = bodies(await engine.events(runId), "task.life").filter(({ taskId }) => taskId === "a");
    // After the first child its parent waits for the other.
    expect(lives.map(({ life }) => life)).toEqual(["waiting", "waiting", "waiting", "working"]);
  });
});
