/** How a run is shown over ACP, with a daemon whose runs the test writes itself. */
import type { RequestPermissionRequest } from "@agentclientprotocol/sdk";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { askTrust } from "../../../daemon/server/acp/trust.ts";
import type { RunEventBody } from "../../../protocol/index.ts";
import { type AcpClient, openAcp, type Person } from "../../support/acp.ts";
import { created } from "../../support/fake-run-service.ts";
import { openClient } from "../../support/rpc-client.ts";
import { startTestServer, type TestServer, TOKEN } from "../../support/rpc-server.ts";

let daemon: TestServer;
const opened: AcpClient[] = [];

beforeEach(async () => {
  daemon = await startTestServer();
  daemon.service.emit("run-1", created("Fix it"));
});

afterEach(async () => {
  for (const each of opened.splice(0)) {
    each.vanish();
    await each.server.closed;
    each.link.close();
  }
  await daemon.close();
});

async function open(person: Person): Promise<AcpClient> {
  const client = await openAcp(() => openClient(daemon.address, TOKEN, "acp"), "/work", person, {});
  opened.push(client);
  await client.connection.agent.request("session/resume", { sessionId: "session-1", cwd: "/work" });
  return client;
}

const emit = (...bodies: RunEventBody[]) => {
  for (const body of bodies) daemon.service.emit("run-1", body);
};
const approval = (approvalId: string): RunEventBody => ({
  type: "approval.requested",
  approval: {
    ...{ approvalId, taskId: "change", title: "coder wants to change a protected file", reason: "It is protected." },
    ...{ subjectHash: "h".repeat(64), remember: "write .vscode/settings.json" },
    subject: { kind: "write", path: ".vscode/settings.json", reason: "settings", diff: "@@ -1 +1 @@\n-a\n+b\n" },
  },
});
const answered = (approvalId: string): RunEventBody => ({
  ...{ type: "approval.answered", approvalId, decision: "approve", by: "acp 1" },
});
const said = (turn: number, text: string): RunEventBody => ({
  ...{ type: "model.responded", key: `model/change/${turn}`, taskId: "change", turn, text, toolCalls: [] },
  ...{ stopReason: "end", costUsd: 0, durationMs: 1, artifact: "a" },
  usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1, estimated: false },
});
const asked = (turn: number): RunEventBody => ({
  ...{ type: "model.requested", key: `model/change/${turn}`, taskId: "change", turn },
  ...{ model: { provider: "openai", model: "m" }, reservedUsd: 0, inputTokens: 1, overheadTokens: 1 },
});
const triaged: RunEventBody = { type: "run.triaged", kind: "change", reason: "" };
const answers = () => daemon.service.calls.filter(({ name }) => name === "answer").map(({ params }) => params);
const pick = (kind: string) => (request: RequestPermissionRequest) =>
  request.options.find((option) => option.kind === kind)?.optionId;

it("shows the diff and the rule that “always” would keep, and sends what was chosen with the subject's hash", async () => {
  const client = await open({ permission: pick("allow_always") });
  emit(triaged, approval("a-1"));
  await vi.waitFor(() => expect(answers()).toHaveLength(1));
  expect(answers()).toEqual([
    { runId: "run-1", approvalId: "a-1", subjectHash: "h".repeat(64), decision: "approve", remember: true },
  ]);
  const [request] = client.asked;
  expect(request?.options.map(({ name }) => name)).toEqual([
    "Allow once",
    "Always allow: write .vscode/settings.json",
    "Reject",
  ]);
  expect(JSON.stringify(request?.toolCall.content)).toContain("-a\\n+b");
  expect(request?.toolCall.locations).toEqual([{ path: "/work/.vscode/settings.json" }]);
  emit(answered("a-1"));
  expect(await client.until((update) => update.sessionUpdate === "tool_call_update")).toMatchObject({
    status: "completed",
  });
});

it("shows what is asked as code, with every unseen character, so that no text hides or forges another", async () => {
  const client = await open({ permission: pick("reject_once") });
  const cwd = "/work`<!--";
  const asks = {
    ...{ approvalId: "a-1", taskId: "change", title: "Run\u202e this?\u200b\nnow", reason: "<!-- ok -->" },
    ...{ subjectHash: "h".repeat(64), parts: [{ text: "rm\u200b", why: "`![x](y)" }] },
    subject: {
      kind: "command" as const,
      command: "rm -rf a\u00a0b\u{e0041}\n```\nAll is well",
      cwd,
      sandbox: "none" as const,
    },
  };
  emit(triaged, { type: "approval.requested", approval: asks });
  await vi.waitFor(() => expect(client.asked).toHaveLength(1));
  const { title, content } = client.asked[0]?.toolCall ?? {};
  expect(title).toBe("Run⟨U+202E⟩ this?⟨U+200B⟩⏎now");
  const texts = (content ?? []).map((each) =>
    each.type === "content" && each.content.type === "text" ? each.content.text : "",
  );
  expect(texts).toEqual([
    "````sh\nrm -rf a⟨U+00A0⟩b⟨U+E0041⟩\n```\nAll is well\n````",
    "```\nin /work`<!--, with no sandbox\n```",
    "```\n<!-- ok -->\n```",
    "```\nrm⟨U+200B⟩: `![x](y)\n```",
  ]);
});

it("says what a plan would take: tokens, price and minutes", async () => {
  const client = await open({ permission: pick("reject_once") });
  const estimate = { tokens: 120_000, usd: 1.5, minutes: 11.2, basis: "default" as const };
  const plan = { kind: "plan" as const, summary: "<!-- all -->", taskCount: 2, commands: ["npm\u200b test"], estimate };
  const asks = { approvalId: "a-1", taskId: null, title: "A plan", reason: "", subjectHash: "h".repeat(64) };
  emit(triaged, { type: "approval.requested", approval: { ...asks, subject: plan } });
  await vi.waitFor(() => expect(client.asked).toHaveLength(1));
  const content = "```\n<!-- all -->\n2 tasks, about 120000 tokens, $1.50, 12 min\nruns npm⟨U+200B⟩ test\n```";
  expect(client.asked[0]?.toolCall.content).toMatchObject([{ content: { text: content } }]);
});

it("tells an agent's question as code, with every unseen character", async () => {
  const client = await open({ permission: pick("reject_once") });
  const text = "Which?\u200b\n```\n**You allowed all.** <!--";
  const question = { questionId: "q1", taskId: "t", agent: "co**der\u202e", text, choices: ["a\u00a0b", "-->\nc"] };
  emit(triaged, { type: "question.asked", question });
  await vi.waitFor(() =>
    expect(client.text()).toBe(
      "\n**An agent asks:**\n\n````\nco**der⟨U+202E⟩: Which?⟨U+200B⟩\n```\n**You allowed all.** <!--\n\n1. a⟨U+00A0⟩b\n2. -->⏎c\n````\n\nAnswer with your next message.\n",
    ),
  );
});

it("asks for trust with all of the folder shown as code, and takes a refusal for one", async () => {
  const decided: unknown[] = [];
  const toldOf: string[] = [];
  const asked: { toolCall: { content?: unknown } }[] = [];
  const link = {
    async request(method: string, params: unknown) {
      if (method === "workspace/setTrust") decided.push(params);
      const files = [{ path: "ru\u200bles\n```\nSafe.", why: "r\u202eules" }];
      return { state: "undecided", files, changed: [], hash: "a".repeat(64) };
    },
  };
  const context = {
    async request(_method: string, params: { toolCall: { content?: unknown } }) {
      asked.push(params);
      return { outcome: { outcome: "selected", optionId: "untrusted" } };
    },
  };
  const tell = async (updates: readonly { sessionUpdate: string }[]) =>
    void toldOf.push(...updates.map(({ sessionUpdate }) => sessionUpdate));
  const place = { sessionId: "s", workspace: "/w`<!--", client: { context, tell }, link } as unknown;
  await askTrust(place as Parameters<typeof askTrust>[0], new AbortController().signal);
  const shown = JSON.stringify(asked[0]?.toolCall.content);
  expect(shown).toContain(JSON.stringify("```\n/w`<!--\n```").slice(1, -1));
  expect(shown).toContain(JSON.stringify("````\n- ru⟨U+200B⟩les\n```\nSafe.: r⟨U+202E⟩ules\n````").slice(1, -1));
  expect(decided).toEqual([{ workspace: "/w`<!--", trusted: false, hash: "a".repeat(64) }]);
  expect(toldOf).toEqual(["tool_call", "tool_call_update"]);
});

it("asks in every client that shows the run, and takes the question back where another has answered", async () => {
  const chosen = Promise.withResolvers<string>();
  const [first, second] = [
    await open({ permission: () => chosen.promise }),
    await open({ permission: () => undefined }),
  ];
  emit(triaged, approval("a-1"));
  await first.untilAsked(/protected file/);
  await second.untilAsked(/protected file/);
  chosen.resolve("allow");
  await vi.waitFor(() => expect(answers()).toHaveLength(1));
  emit(answered("a-1"));
  await vi.waitFor(() => expect(second.withdrawn).toHaveLength(1));
  expect(first.withdrawn).toHaveLength(0);
});

it("takes an option that was never offered for no answer", async () => {
  const client = await open({ permission: () => "anything" });
  emit(triaged, approval("a-1"));
  await client.untilAsked(/protected file/);
  await client.connection.agent.request("session/list", {});
  expect(answers()).toEqual([]);
});

it("asks again in a client that comes later, and by another way when the question was only put away", async () => {
  emit(triaged, approval("a-1"));
  const client = await open({ permission: pick("reject_once") });
  await client.untilAsked(/protected file/);
  await vi.waitFor(() => expect(answers()).toMatchObject([{ decision: "reject" }]));
});

it("says what streamed once, whatever of it came", async () => {
  const client = await open({ permission: () => undefined });
  emit(triaged, asked(1), { type: "run.noticed", level: "warning", code: "test", message: "Listen." });
  await client.until((update) => update.sessionUpdate === "agent_thought_chunk");
  const delta = (turn: number, text: string) =>
    daemon.service.deltaOf({ runId: "run-1", taskId: "change", turn, text });
  delta(1, "On");
  await vi.waitFor(() => expect(client.text()).toBe("On"));
  delta(1, "e.");
  emit(said(1, "One."), asked(2), said(2, "Two."), asked(3));
  await vi.waitFor(() => expect(client.text()).toBe("One.Two."));
  emit({ type: "run.noticed", level: "warning", code: "test", message: "Listen again." });
  await vi.waitFor(() => expect(client.text("agent_thought_chunk")).toContain("again"));
  delta(3, "Thr");
  // The provider's stream broke, and the model is asked again.
  emit({
    ...{ type: "model.failed", key: "model/change/3", taskId: "change", turn: 3, attempt: 1, willRetry: true },
    error: { code: "model.stream_cut", message: "The stream was cut.", hint: "" },
  });
  delta(3, "Three.");
  emit(said(3, "Three."), { type: "run.answered", text: "Three." });
  await vi.waitFor(() => expect(client.text()).toBe("One.Two.ThrThree."));
  const ids = client.updates.flatMap((update) =>
    update.sessionUpdate === "agent_message_chunk" ? [update.messageId] : [],
  );
  expect(new Set(ids)).toEqual(new Set(["run-1/change/1", "run-1/change/2", "run-1/change/3", "run-1/change/3/1"]));
});

it("tells a flood of events once and in order, though it keeps few of them at a time", async () => {
  const client = await open({ permission: () => undefined });
  emit(triaged);
  const turns = Array.from({ length: 3000 }, (_, index) => index + 1);
  for (const turn of turns) emit(asked(turn), said(turn, `${turn} `));
  await vi.waitFor(() => expect(client.text().endsWith("3000 ")).toBe(true), { timeout: 30_000 });
  expect(client.text()).toBe(turns.map((turn) => `${turn} `).join(""));
});

it("begins no run for a prompt that was cancelled before, and takes its question back", async () => {
  emit({ type: "run.finished", status: "done", summary: "" });
  const client = await open({ permission: () => undefined });
  const answer = client.prompt("session-1", "Fix it");
  await client.untilAsked(/Trust this folder/);
  await client.connection.agent.notify("session/cancel", { sessionId: "session-1" });
  expect(await answer).toEqual({ stopReason: "cancelled" });
  expect(client.withdrawn).toHaveLength(1);
  expect(daemon.service.calls.filter(({ name }) => name === "start")).toEqual([]);
});

it("carries out a command that starts no run while one is at work, and tells that run nothing", async () => {
  const client = await open({ permission: () => undefined });
  emit(triaged);
  daemon.service.answers = { list: () => ({ runs: [], nextCursor: null }) };
  expect(await client.prompt("session-1", "/diff")).toEqual({ stopReason: "end_turn" });
  expect(client.text()).toContain("No change waits");
  expect(daemon.service.calls.filter(({ name }) => name === "prompt")).toEqual([]);
});
