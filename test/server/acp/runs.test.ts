/** The official client drives runs of the real engine (the model is scripted) through the ACP face. */
import { afterEach, expect, it } from "vitest";
import { type AcpScene, startAcp } from "../../support/acp.ts";
import { ASKING, COMMAND, choose, FIX_TYPO, GOAL, heldFix, MAKE, PLANNED, README } from "../../support/acp-scripts.ts";
import type { EngineOptions } from "../../support/engine.ts";

let scene: AcpScene;

async function open(options: EngineOptions & { readonly trusted?: boolean }): Promise<AcpScene> {
  scene = await startAcp(options);
  return scene;
}

afterEach(async () => {
  await scene.close();
});

it("carries a change to its end: calls with diffs and places, words once, the change shown and written", async () => {
  const { engine } = await open({ files: README, script: FIX_TYPO });
  const client = await scene.open(choose("allow_once"));
  const sessionId = await client.newSession();
  expect(await client.prompt(sessionId, "Fix the typo in README.md")).toEqual({ stopReason: "end_turn" });
  expect(engine.read("README.md")).toContain("# Notes");
  expect(client.text()).toBe("Let me look.Fixed the typo in README.md.");
  const path = `${engine.workspace}/README.md`;
  const calls = client.updates.filter(({ sessionUpdate }) => sessionUpdate === "tool_call");
  expect(calls).toMatchObject([
    { title: "read_file: README.md", kind: "read", status: "in_progress", locations: [{ path }] },
    { kind: "edit", status: "in_progress", content: [{ type: "diff", path, oldText: "Notse", newText: "Notes" }] },
    { title: "Change of 1 file", status: "pending", content: [{ type: "diff", path, oldText: README["README.md"] }] },
  ]);
  const ends = client.updates.flatMap((update) =>
    update.sessionUpdate === "tool_call_update" && update.status === "completed" ? [update.toolCallId] : [],
  );
  expect(ends).toEqual(calls.map((update) => "toolCallId" in update && update.toolCallId));
  expect(client.asked.map(({ toolCall }) => toolCall.title)).toEqual(["Change of 1 file"]);
  expect(await client.until(({ sessionUpdate }) => sessionUpdate === "usage_update")).toMatchObject({
    used: expect.any(Number),
    size: expect.any(Number),
    cost: { currency: "USD" },
  });
  expect(await client.until(({ sessionUpdate }) => sessionUpdate === "session_info_update")).toMatchObject({
    title: "Fix the typo in README.md",
  });
});

it("carries a goal: the plan with its states, what agents say as thoughts, one permission with the figures", async () => {
  const { engine } = await open({ script: PLANNED });
  const client = await scene.open(choose("allow_once"));
  const sessionId = await client.newSession();
  expect(await client.prompt(sessionId, GOAL)).toEqual({ stopReason: "end_turn" });
  const plans = client.updates.flatMap((update) => (update.sessionUpdate === "plan" ? [update.entries] : []));
  expect(plans.map((entries) => entries.map(({ status }) => status).join(" "))).toEqual([
    "pending pending",
    "in_progress pending",
    "completed pending",
    "completed in_progress",
    "completed completed",
  ]);
  expect(plans[0]?.map(({ content, priority }) => `${content} ${priority}`)).toEqual([
    "Do one medium",
    "Do two medium",
  ]);
  expect(client.text("agent_thought_chunk")).toContain("One is done.Two is done.");
  expect(client.asked).toMatchObject([
    { toolCall: { rawInput: { kind: "plan", taskCount: 2, commands: ["true"] } } },
    { toolCall: { title: "Change of 2 files" } },
  ]);
  expect(client.asked[1]?.toolCall.content).toMatchObject([
    { path: `${engine.workspace}/one.txt`, oldText: null, newText: "1\n" },
    { path: `${engine.workspace}/two.txt`, oldText: null, newText: "2\n" },
  ]);
  expect(engine.read("two.txt")).toBe("2\n");
});

it.each([
  ["allow_once", "It was made.", "completed"],
  ["reject_once", "I may not run it.", "failed"],
] as const)("asks for a command word for word, on the call that it is about: %s", async (kind, said, status) => {
  await open({ files: MAKE, script: COMMAND });
  const client = await scene.open(choose(kind));
  const sessionId = await client.newSession();
  await client.prompt(sessionId, "Fix it: run make.js");
  const [asked] = client.asked;
  expect(asked?.toolCall).toMatchObject({ kind: "execute", rawInput: { kind: "command", command: "node make.js" } });
  expect(asked?.options.map((option) => option.kind)).toEqual(["allow_once", "reject_once"]);
  expect(client.text()).toBe(said);
  const { toolCallId = "" } = asked?.toolCall ?? {};
  const about = client.updates.filter((update) => "toolCallId" in update && update.toolCallId === toolCallId);
  expect(about.at(0)).toMatchObject({ sessionUpdate: "tool_call", status: "pending" });
  expect(about.slice(1).every(({ sessionUpdate }) => sessionUpdate === "tool_call_update")).toBe(true);
  expect(about.at(-1)).toMatchObject({ status });
});

it("asks for an agent in a message where it has none, and takes the next prompt for the answer", async () => {
  await open({ script: ASKING });
  const client = await scene.open(choose("allow_once"));
  const sessionId = await client.newSession();
  expect(await client.prompt(sessionId, GOAL)).toEqual({ stopReason: "end_turn" });
  expect(client.text()).toContain("**An agent asks:**\n\n```\ncoder: Which currency?\n\n1. euro\n2. yen\n```\n");
  expect(await client.prompt(sessionId, "2")).toEqual({ stopReason: "end_turn" });
  expect(client.text("agent_thought_chunk")).toContain("In yen.Two is done.");
});

it("goes on through the daemon's end: every event once, and the run is finished", async () => {
  const held = heldFix();
  await open(held.options);
  const client = await scene.open(choose("allow_once"));
  const sessionId = await client.newSession();
  const answered = client.prompt(sessionId, "Fix the typo in README.md");
  await client.until((update) => update.sessionUpdate === "tool_call_update" && update.status === "completed");
  const restarted = scene.restart();
  held.release();
  await restarted;
  expect(await answered).toEqual({ stopReason: "end_turn" });
  expect(client.text()).toBe("Let me look.Fixed the typo in README.md.");
  expect(scene.engine.read("README.md")).toContain("# Notes");
  const ids = client.updates.flatMap((update) => (update.sessionUpdate === "tool_call" ? [update.toolCallId] : []));
  expect(new Set(ids).size).toBe(ids.length);
});

it.each(["session/cancel", "$/cancel_request"])("cancels by %s and takes the next prompt", async (how) => {
  const held = Promise.withResolvers<void>();
  await open({
    files: README,
    script: [
      { when: { lastUser: "What is" }, reply: { text: "It is a small project." } },
      { reply: { text: "Fixed." }, repeat: true },
    ],
    hold: ({ messages }) => (messages.some(({ text }) => text.includes("What is")) ? undefined : held.promise),
  });
  const client = await scene.open(choose("allow_once"));
  const sessionId = await client.newSession();
  const stop = new AbortController();
  const answered = client.prompt(sessionId, "Fix the typo in README.md", stop.signal);
  const other = await scene.nexus();
  const status = async () => (await other.request("run/list", { sessionId })).runs[0]?.status;
  await expect.poll(status, { interval: 5 }).toBe("working");
  if (how === "session/cancel") await client.connection.agent.notify("session/cancel", { sessionId });
  else stop.abort();
  expect(await answered).toEqual({ stopReason: "cancelled" });
  expect(await status()).toBe("cancelled");
  expect(await client.prompt(sessionId, "What is this project?")).toEqual({ stopReason: "end_turn" });
  expect(client.text()).toContain("It is a small project.");
  held.resolve();
});
