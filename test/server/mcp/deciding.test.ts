/** What only a person decides: asked in the client's own way, answered by nobody else. */
import type { Client } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Approval, RunEventBody } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import { type FaceDaemon, startFaceDaemon } from "../../support/face-daemon.ts";
import { type Connected, connectClient, type Revision, WIRES, type Wire } from "../../support/mcp/clients.ts";

type Elicited = { readonly action: "accept" | "decline" | "cancel"; readonly content?: Record<string, string> };

const APPROVAL: Approval = {
  approvalId: "ap-1",
  taskId: null,
  title: "Run a command?",
  reason: "It is not allowed by a rule.",
  subjectHash: "c".repeat(64),
  subject: { kind: "command", command: "rm -rf build\u001b[2K", cwd: "/work", sandbox: "none", hosts: ["example.org"] },
  parts: [{ text: "rm -rf build", why: "deletes files" }],
};
const CHANGE: RunEventBody = {
  type: "changes.ready",
  changeSet: {
    baseCommit: "a".repeat(40),
    resultCommit: "b".repeat(40),
    files: [{ path: "a.ts", status: "modified", additions: 2, deletions: 1, binary: false }],
  },
};

let daemon: FaceDaemon;
let connected: Connected | undefined;
/** What the person was shown. */
let shown: { message: string; schema: unknown }[];

beforeEach(async () => {
  shown = [];
  daemon = await startFaceDaemon();
  daemon.begin("run-1");
  daemon.emit("run-1", { type: "approval.requested", approval: APPROVAL });
  daemon.emit("run-1", CHANGE);
  daemon.service.approvals = async () => ({
    approvals: daemon.service.state("run-1").pendingApprovals.map((approval) => ({ runId: "run-1", approval })),
  });
});

afterEach(async () => {
  await connected?.close();
  connected = undefined;
  await daemon.close();
});

async function withPerson(
  wire: readonly [Wire, Revision],
  answer: (signal: AbortSignal) => Elicited | Promise<Elicited>,
): Promise<Client> {
  connected = await connectClient(daemon, wire, {
    allowed: ["approvals", "changes"],
    capabilities: { elicitation: { form: {} } },
    prepare: (client) =>
      client.setRequestHandler("elicitation/create", ({ params }, { mcpReq }) => {
        shown.push({ message: params.message, schema: "requestedSchema" in params ? params.requestedSchema : null });
        return answer(mcpReq.signal);
      }),
  });
  return connected.client;
}

const decide = async (client: Client) =>
  (await client.callTool({ name: "decide_approval", arguments: { approvalId: "ap-1" } })).structuredContent;
const asked = (name: string) => daemon.service.calls.filter((call) => call.name === name).map(({ params }) => params);

describe.each(WIRES)("over %s in revision %s", (...wire) => {
  it.each<[string, Elicited, string, object | undefined]>([
    ["yes", { action: "accept", content: { decision: "approve" } }, "approved", { decision: "approve" }],
    ["no", { action: "accept", content: { decision: "reject" } }, "rejected", { decision: "reject" }],
    [
      "no, with words",
      { action: "accept", content: { decision: "reject", feedback: "use rimraf" } },
      "rejected",
      { decision: "reject", feedback: "use rimraf" },
    ],
    ["that they decline", { action: "decline" }, "rejected", { decision: "reject" }],
    [
      "something else than a yes",
      { action: "accept", content: { decision: "sure" } },
      "rejected",
      { decision: "reject" },
    ],
    ["nothing", { action: "cancel" }, "not_answered", undefined],
  ])("passes on when the person says %s", async (_name, answer, outcome, sent) => {
    const client = await withPerson(wire, () => answer);
    // A client may check the answer against the form itself, and refuse one that does not fit: then nothing is answered.
    const result = await decide(client).catch(() => undefined);
    if (answer.content?.["decision"] === "sure" && result === undefined) {
      expect(asked("answer")).toEqual([]);
      return;
    }
    expect(result).toEqual({ approvalId: "ap-1", outcome });
    const about = { runId: "run-1", approvalId: "ap-1", subjectHash: APPROVAL.subjectHash };
    expect(asked("answer")).toEqual(sent === undefined ? [] : [{ ...about, ...sent }]);
    expect(daemon.connected.filter((each) => each.startsWith("human"))).toHaveLength(sent === undefined ? 0 : 1);
    const [{ message } = { message: "" }] = shown;
    for (const part of ["rm -rf build␛[2K", "with no sandbox", "example.org", "deletes files"])
      expect(message).toContain(part);
  });

  it("refuses where the client cannot ask, whatever the assistant says", async () => {
    connected = await connectClient(daemon, wire, { allowed: ["approvals", "changes"] });
    for (const [name, given] of [
      ["decide_approval", { approvalId: "ap-1" }],
      ["accept_changes", { runId: "run-1" }],
    ] as const) {
      const { isError, content } = await connected.client.callTool({ name, arguments: given });
      expect([isError, JSON.stringify(content)]).toEqual([true, expect.stringContaining("cannot ask you")]);
    }
    const sneaky = { approvalId: "ap-1", decision: "approve" };
    expect(await connected.client.callTool({ name: "decide_approval", arguments: sneaky })).toMatchObject({
      isError: true,
    });
    expect(asked("answer")).toEqual([]);
    expect(daemon.connected.filter((each) => !each.startsWith("agent"))).toEqual([]);
  });

  it("writes a change when the person says so, exactly the one that was shown", async () => {
    const client = await withPerson(wire, () => ({ action: "accept", content: { decision: "accept" } }));
    const accepted = await client.callTool({ name: "accept_changes", arguments: { runId: "run-1" } });
    expect(accepted.structuredContent).toEqual({ outcome: "accepted", accepted: ["a.ts"], conflicts: [] });
    expect(asked("accept")).toEqual([{ runId: "run-1", paths: ["a.ts"], shown: "b".repeat(40) }]);
    expect(shown[0]?.message).toContain("modified a.ts (+2 −1)");
  });

  it("keeps a change that the person does not give up", async () => {
    const client = await withPerson(wire, () => ({ action: "accept", content: { decision: "keep" } }));
    const kept = await client.callTool({ name: "discard_changes", arguments: { runId: "run-1" } });
    expect(kept.structuredContent).toEqual({ outcome: "kept", discarded: [] });
    expect(asked("discard")).toEqual([]);
  });

  it("writes nothing when the change became another one meanwhile", async () => {
    const client = await withPerson(wire, () => {
      const changed = { ...CHANGE.changeSet, resultCommit: "d".repeat(40) };
      if (shown.length === 1) daemon.emit("run-1", { ...CHANGE, changeSet: changed });
      return { action: "accept", content: { decision: shown.length === 1 ? "accept" : "not now" } };
    });
    await client.callTool({ name: "accept_changes", arguments: { runId: "run-1" } });
    expect(asked("accept")).toEqual([]);
  });

  it("passes a person's words on to an agent that asked", async () => {
    const question = {
      questionId: "q-1",
      taskId: "t",
      agent: "coder",
      text: "Tabs or spaces?",
      choices: ["tabs", "spaces"],
    };
    daemon.emit("run-1", { type: "question.asked", question });
    const client = await withPerson(wire, () => ({ action: "accept", content: { answer: "spaces" } }));
    const result = await client.callTool({ name: "answer_question", arguments: { runId: "run-1", questionId: "q-1" } });
    expect(result.structuredContent).toEqual({ questionId: "q-1", outcome: "answered" });
    expect(asked("answerQuestion")).toEqual([{ runId: "run-1", questionId: "q-1", answer: "spaces" }]);
    expect(shown[0]?.message).toContain("Tabs or spaces?");
  });

  it("says that somebody else was faster", async () => {
    daemon.service.answers["answer"] = () => {
      throw nexusError("approval.unknown");
    };
    const client = await withPerson(wire, () => ({ action: "accept", content: { decision: "approve" } }));
    expect(await decide(client)).toEqual({ approvalId: "ap-1", outcome: "answered_elsewhere" });
  });
});

it.each(["stdio", "http"] as const)("withdraws the question when another client answers it, over %s", async (wire) => {
  const { promise: withdrawn, resolve } = Promise.withResolvers<void>();
  const client = await withPerson([wire, "2025-11-25"], async (signal) => {
    signal.addEventListener("abort", () => resolve());
    await withdrawn;
    return { action: "cancel" };
  });
  const answer = decide(client);
  await vi.waitFor(() => expect(shown).toHaveLength(1));
  daemon.emit("run-1", { type: "approval.answered", approvalId: "ap-1", decision: "reject", by: "editor" });
  expect(await answer).toEqual({ approvalId: "ap-1", outcome: "answered_elsewhere" });
  await withdrawn;
  expect(asked("answer")).toEqual([]);
});

it.each(["stdio", "http"] as const)("takes no answer to a question that was not put, over %s", async (wire) => {
  connected = await connectClient(daemon, [wire, "2026-07-28"], {
    allowed: ["approvals"],
    capabilities: { elicitation: { form: {} } },
    inputRequired: { autoFulfill: false },
  });
  const inputResponses = { answer: { action: "accept", content: { decision: "approve" } } };
  const call = (more: object) =>
    connected?.client.request(
      { method: "tools/call", params: { name: "decide_approval", arguments: { approvalId: "ap-1" }, ...more } },
      { allowInputRequired: true },
    );
  expect(await call({ inputResponses })).toMatchObject({ resultType: "input_required" });
  await expect(call({ inputResponses, requestState: "v1.e30.AAAA" })).rejects.toThrow();
  expect(asked("answer")).toEqual([]);
});

it("shows a person all that a plan costs and does, with nothing hidden", async () => {
  const subject = {
    ...{ kind: "plan" as const, summary: "Do\u200b it", taskCount: 2, commands: ["npm\u202e tset"] },
    estimate: { tokens: 120_000, usd: 1.5, minutes: 11.2, basis: "default" as const },
  };
  const plan = { ...APPROVAL, approvalId: "ap-3", title: "A pl\u2066an", reason: "b\u00a0c", subject, parts: [] };
  daemon.emit("run-1", { type: "approval.requested", approval: plan });
  const client = await withPerson(["stdio", "2025-11-25"], () => ({ action: "cancel" }));
  await client.callTool({ name: "decide_approval", arguments: { approvalId: "ap-3" } });
  for (const part of ["A pl⟨U+2066⟩an", "b⟨U+00A0⟩c", "Do⟨U+200B⟩ it", "runs npm⟨U+202E⟩ tset"])
    expect(shown[0]?.message).toContain(part);
  expect(shown[0]?.message).toContain("2 tasks, about 120000 tokens, $1.50, 12 min");
});

it.each(["stdio", "http"] as const)(
  "takes no answer that was given to another approval of the same text, over %s",
  async (wire) => {
    connected = await connectClient(daemon, [wire, "2026-07-28"], {
      allowed: ["approvals"],
      capabilities: { elicitation: { form: {} } },
      inputRequired: { autoFulfill: false },
    });
    const twin = { ...APPROVAL, approvalId: "ap-2" };
    daemon.emit("run-1", { type: "approval.requested", approval: twin });
    daemon.service.approvals = async () => ({
      approvals: [APPROVAL, twin].map((approval) => ({ runId: "run-1", approval })),
    });
    const call = (approvalId: string, more: object = {}) =>
      connected?.client.request(
        { method: "tools/call", params: { name: "decide_approval", arguments: { approvalId }, ...more } },
        { allowInputRequired: true },
      );
    const { requestState } = (await call("ap-1")) as unknown as { requestState: string };
    const inputResponses = { answer: { action: "accept", content: { decision: "approve" } } };
    expect(await call("ap-2", { inputResponses, requestState })).toMatchObject({ resultType: "input_required" });
    expect(asked("answer")).toEqual([]);
    await call("ap-1", { inputResponses, requestState });
    expect(asked("answer")).toHaveLength(1);
  },
);
