/** The official client drives runs of the real engine (the model is scripted) through the ACP face. */
import { afterEach, expect, it } from "vitest";
import { type AcpScene, startAcp } from "../support/acp.ts";
import { ASKING, COMMAND, call, choose, GOAL, heldFix, MAKE, PLANNED, README } from "../support/acp-scripts.ts";
import type { EngineOptions } from "../support/engine.ts";

let scene: AcpScene;

async function open(options: EngineOptions & { readonly trusted?: boolean }): Promise<AcpScene> {
  scene = await startAcp(options);
  return scene;
}

afterEach(async () => {
  await scene.close();
});

it("ends the turn when the plan is rejected, and says so", async () => {
  await open({ script: PLANNED });
  const client = await scene.open(choose("reject_once"));
  const sessionId = await client.newSession();
  expect(await client.prompt(sessionId, GOAL)).toEqual({ stopReason: "end_turn" });
  expect(client.text()).toContain("It was not allowed.");
  expect(scene.engine.read("one.txt")).toBeUndefined();
});

it("withdraws the question when another client answers, and takes no second answer", async () => {
  await open({ files: MAKE, script: COMMAND });
  const client = await scene.open({ permission: () => undefined });
  const other = await scene.nexus();
  const sessionId = await client.newSession();
  const answered = client.prompt(sessionId, "Fix it: run make.js");
  await client.untilAsked(/run a command/);
  const [waiting] = (await other.request("approval/list", {})).approvals;
  if (waiting === undefined) throw new Error("nothing waits");
  const { runId, approval } = waiting;
  const { approvalId, subjectHash } = approval;
  await other.request("approval/answer", { runId, approvalId, subjectHash, decision: "approve" });
  expect(await answered).toEqual({ stopReason: "end_turn" });
  expect(client.withdrawn.map(({ toolCall }) => toolCall.title)).toEqual(["coder wants to run a command"]);
  expect(client.text()).toBe("It was made.");
});

it("asks for an agent by a form where the client has forms", async () => {
  await open({ script: ASKING });
  const forms: unknown[] = [];
  const client = await scene.open(
    {
      ...choose("allow_once"),
      form(asked) {
        forms.push(asked);
        return { action: "accept", content: { choice: "yen" } };
      },
    },
    { capabilities: { elicitation: { form: {} } } },
  );
  const sessionId = await client.newSession();
  await client.prompt(sessionId, GOAL);
  expect(forms).toMatchObject([{ mode: "form", sessionId, message: expect.stringContaining("Which currency?") }]);
  expect(client.text("agent_thought_chunk")).toContain("In yen.");
});

it("goes on without the editor: a run does not end with the client that began it", async () => {
  const held = heldFix();
  await open(held.options);
  const client = await scene.open(choose("allow_once"));
  const sessionId = await client.newSession();
  const answered = client.prompt(sessionId, "Fix the typo in README.md");
  answered.catch(() => undefined);
  await client.until((update) => update.sessionUpdate === "tool_call_update" && update.status === "completed");
  client.vanish();
  await client.server.closed;
  held.release();
  const other = await scene.nexus();
  const { runs } = await other.request("run/list", { sessionId });
  const runId = runs[0]?.runId ?? "";
  expect(await scene.engine.ended(runId)).toMatchObject({ status: "done" });
});

it("fails with the daemon's own words when a run fails", async () => {
  await open({
    files: README,
    script: [{ misbehave: { status: 400, message: "no such model", times: "always" }, repeat: true }],
  });
  const client = await scene.open(choose("allow_once"));
  const sessionId = await client.newSession();
  await expect(client.prompt(sessionId, "Fix the typo in README.md")).rejects.toMatchObject({
    code: -32603,
    message: expect.stringContaining("The provider does not know"),
    data: { code: "model.unknown" },
  });
});

it("tells a prompt that comes meanwhile to the run at work", async () => {
  const held = Promise.withResolvers<void>();
  await open({
    files: README,
    script: [
      { when: { turn: 0 }, reply: call("read_file", { path: "README.md" }) },
      { when: { turn: 1, contains: "And in French." }, reply: { text: "C'est fait." } },
    ],
    hold: () => held.promise,
  });
  const client = await scene.open(choose("allow_once"));
  const sessionId = await client.newSession();
  const first = client.prompt(sessionId, "Fix the typo in README.md");
  const other = await scene.nexus();
  const status = async () => (await other.request("run/list", { sessionId })).runs[0]?.status;
  await expect.poll(status, { interval: 5 }).toBe("working");
  const second = client.prompt(sessionId, "And in French.");
  const runId = (await other.request("run/list", { sessionId })).runs[0]?.runId ?? "";
  await expect
    .poll(async () => (await other.request("run/show", { runId })).run.pendingPrompts.length, { interval: 5 })
    .toBe(1);
  held.resolve();
  expect(await Promise.all([first, second])).toEqual([{ stopReason: "end_turn" }, { stopReason: "end_turn" }]);
  expect(client.text()).toBe("C'est fait.");
  expect(client.text("user_message_chunk")).toBe("");
});
