/** One run in four clients of four protocols at once: the same events in the same order, and one truth about its approvals. */
import type { Client } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../daemon/host/clock.ts";
import { openFolders } from "../../daemon/server/mcp/folders.ts";
import type { ClientConnection, RunEvent } from "../../protocol/index.ts";
import { type AcpClient, type AcpScene, openAcp, type Person, startAcp } from "../support/acp.ts";
import { call, choose, MAKE } from "../support/acp-scripts.ts";
import { type Connected, connectClient } from "../support/mcp/clients.ts";
import { type LspClient, openLsp } from "./lsp-client.ts";
import { createRecording, type Recording } from "./recording.ts";

const GOAL = "Fix it: run make.js";
/** Whoever sits there answers nothing. */
const UNANSWERED: Person = { permission: () => undefined };
const SOON = { interval: 5, timeout: 4000 };

let scene: AcpScene;
let lsp: LspClient;
let lspSaw: Recording;
let mcp: Connected;
let hold: PromiseWithResolvers<void>;
const clients: AcpClient[] = [];

beforeEach(async () => {
  hold = Promise.withResolvers<void>();
  scene = await startAcp({
    files: MAKE,
    script: [
      { when: { turn: 0 }, reply: call("run_command", { command: "node make.js" }), repeat: true },
      { when: { turn: 1 }, reply: { text: "It was made." }, repeat: true },
    ],
    hold: ({ messages }) => (messages.some(({ text }) => text.includes("made\n")) ? hold.promise : undefined),
  });
  const { workspace } = scene.engine;
  lspSaw = createRecording();
  lsp = await openLsp(async () => lspSaw.record(await scene.connect("lsp")), workspace);
  const folders = await openFolders([workspace], null);
  const options = {
    ...{ clock: systemClock, version: "1.2.3", folders, runDefaults: { budgetUsd: null } },
    connect: (role: Parameters<AcpScene["connect"]>[1]) => scene.connect("mcp", role),
  };
  mcp = await connectClient(
    { options: (allowed = []) => ({ ...options, allowed: new Set(allowed) }) },
    ["stdio", "2025-11-25"],
    { allowed: ["runs"] },
  );
});

afterEach(async () => {
  hold.resolve();
  await lsp.close();
  await mcp.close();
  for (const each of clients.splice(0)) {
    each.vanish();
    await each.server.closed;
    each.link.close();
  }
  await scene.close();
});

interface Opened {
  readonly client: AcpClient;
  readonly saw: Recording;
}

async function openRecorded(person: Person): Promise<Opened> {
  const saw = createRecording();
  const client = await openAcp(async () => saw.record(await scene.connect("acp")), scene.engine.workspace, person, {});
  clients.push(client);
  return { client, saw };
}

/** The whole run as an assistant follows it: call after call, each from where the last one ended. */
function watchOverMcp(client: Client, runId: string): Promise<RunEvent[]> {
  const events = pullOverMcp(client, runId);
  // A test that fails before closes its client first.
  events.catch(() => undefined);
  return events;
}

async function pullOverMcp(client: Client, runId: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.seq ?? 0;
    const { structuredContent } = await client.callTool({
      name: "watch_run",
      arguments: { runId, after, seconds: 20 },
    });
    const page = structuredContent as unknown as { events: RunEvent[]; hasEnded: boolean };
    events.push(...page.events);
    if (page.hasEnded) return events;
  }
}

async function approvalsOverMcp(): Promise<unknown[]> {
  const { structuredContent } = await mcp.client.callTool({ name: "list_approvals", arguments: {} });
  return (structuredContent as { approvals: unknown[] }).approvals;
}

async function watchOverNexus(runId: string, told: RunEvent[]): Promise<ClientConnection> {
  const connection = await scene.nexus();
  connection.on("run/event", ({ event }) => {
    if (event.runId === runId) told.push(event);
  });
  await connection.request("run/watch", { runId, after: told.at(-1)?.seq ?? 0 });
  return connection;
}

/** What is waited for, or what is missing when it does not come. */
async function within<Value>(what: string, waited: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const cancel = systemClock.timer(SOON.timeout, () => late.reject(new Error(`missing: ${what}`)));
  try {
    return await Promise.race([waited, late.promise]);
  } finally {
    cancel();
  }
}

/** Of this log, the events that a client was not told. */
function lacking(log: readonly RunEvent[], told: readonly RunEvent[]): string[] {
  const seqs = new Set(told.map(({ seq }) => seq));
  return log.filter(({ seq }) => !seqs.has(seq)).map(({ seq, body }) => `${seq} ${body.type}`);
}

/** When it is not asked, the daemon may have kept an event from it: then which one. */
async function untilAsked({ client, saw }: Opened): Promise<void> {
  await within("a question over ACP", client.untilAsked(/./)).catch(async (error: Error) => {
    const [run] = (await scene.engine.service.list({})).runs;
    if (run === undefined) throw error;
    const lacked = lacking(await scene.engine.events(run.runId), saw.events(run.runId));
    throw new Error(`${error.message}; of the run's events it lacks ${JSON.stringify(lacked)}`);
  });
}

async function expectTold(client: string, log: readonly RunEvent[], told: () => readonly RunEvent[]): Promise<void> {
  await expect.poll(() => lacking(log, told()), { ...SOON, message: `missing ${client}` }).toEqual([]);
  expect(told(), client).toEqual(log);
}

interface Seen {
  readonly nexus: RunEvent[];
  readonly acp: Recording;
  /** The client that pulls: its last page comes after the run's end. */
  readonly mcp: Promise<RunEvent[]>;
}

/** Numbers 1 to n without a gap, and the same events everywhere: nothing twice, nothing in another order. */
async function expectSame(runId: string, seen: Seen): Promise<void> {
  const log = await scene.engine.events(runId);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  await expectTold("over the Nexus protocol", log, () => seen.nexus);
  await expectTold("over ACP", log, () => seen.acp.events(runId));
  // The editor is given a run's state first, and its events from there on.
  const from = lspSaw.shownTo(runId);
  expect(from).toBeGreaterThan(0);
  await expectTold("over LSP", log.slice(from), () => lspSaw.events(runId));
  const mcpSaw = await within("the run's end over MCP", seen.mcp);
  await expectTold("over MCP", log, () => mcpSaw);
}

it("is started in an editor, watched from three more, killed and brought back, and answered over ACP", async () => {
  const { runId, sessionId } = await lsp.run(GOAL);
  const seen: RunEvent[] = [];
  const first = await watchOverNexus(runId, seen);
  const overMcp = watchOverMcp(mcp.client, runId);
  const load = { sessionId, cwd: scene.engine.workspace, mcpServers: [] };
  const killed = await openRecorded(UNANSWERED);
  await within("the session over ACP", killed.client.connection.agent.request("session/load", load));
  await untilAsked(killed);
  await expect.poll(() => lsp.asked, SOON).toEqual([expect.stringContaining("node make.js")]);
  expect(await approvalsOverMcp()).toHaveLength(1);
  killed.client.vanish();
  await killed.client.server.closed;

  const back = await openRecorded(choose("allow_once"));
  await within("the session over ACP, again", back.client.connection.agent.request("session/load", load));
  await expect.poll(() => lsp.withdrawn, SOON).toEqual(lsp.asked);
  await expect.poll(() => lsp.messages, SOON).toEqual([expect.stringContaining("approved by acp")]);
  await expect.poll(approvalsOverMcp, SOON).toEqual([]);
  first.close();
  const before = seen.length;
  hold.resolve();
  await within("the end of the run", scene.engine.ended(runId));
  expect(seen.length).toBe(before);
  await watchOverNexus(runId, seen);

  await expectSame(runId, { nexus: seen, acp: back.saw, mcp: overMcp });
  expect(seen.length).toBeGreaterThan(before);
  expect(back.client.asked).toHaveLength(1);
  expect(back.client.text()).toBe("It was made.");
  const calls = back.client.updates.flatMap((each) => (each.sessionUpdate === "tool_call" ? [each.toolCallId] : []));
  expect(calls).toHaveLength(1);
  await expect.poll(() => lsp.progress.at(-1), SOON).toBe("end");
});

it("is answered over the Nexus protocol: the question goes everywhere else", async () => {
  hold.resolve();
  const opened = await openRecorded(UNANSWERED);
  const { client, saw } = opened;
  const sessionId = await client.newSession();
  const { workspace } = scene.engine;
  const nexus = await scene.nexus();
  const wish = { workspace, sessionId, prompt: GOAL, headless: false, idempotencyKey: "over-nexus" };
  const { runId } = await nexus.request("run/start", wish);
  const seen: RunEvent[] = [];
  await watchOverNexus(runId, seen);
  const overMcp = watchOverMcp(mcp.client, runId);
  await untilAsked(opened);
  await expect.poll(() => lsp.asked.length, SOON).toBe(1);
  const { approvals } = await nexus.request("approval/list", {});
  const [waiting] = approvals;
  if (waiting === undefined) throw new Error("no approval waits");
  const { approvalId, subjectHash } = waiting.approval;
  await nexus.request("approval/answer", { runId, approvalId, subjectHash, decision: "reject" });
  await expect.poll(() => client.withdrawn, SOON).toEqual(client.asked);
  await expect.poll(() => lsp.withdrawn, SOON).toEqual(lsp.asked);
  await expect.poll(approvalsOverMcp, SOON).toEqual([]);
  await within("the end of the run", scene.engine.ended(runId));
  await expectSame(runId, { nexus: seen, acp: saw, mcp: overMcp });
  expect(seen.filter(({ body }) => body.type === "approval.answered")).toMatchObject([
    { body: { by: expect.stringMatching(/^test/) } },
  ]);
});

it("is started over ACP and cancelled over MCP: all four see its end, and no question stays", async () => {
  const opened = await openRecorded(UNANSWERED);
  const { client, saw } = opened;
  const sessionId = await client.newSession();
  const answered = client.prompt(sessionId, GOAL);
  await untilAsked(opened);
  await expect.poll(() => lsp.asked.length, SOON).toBe(1);
  const nexus = await scene.nexus();
  const [run] = (await nexus.request("run/list", { sessionId })).runs;
  const runId = run?.runId ?? "";
  const seen: RunEvent[] = [];
  await watchOverNexus(runId, seen);
  const overMcp = watchOverMcp(mcp.client, runId);
  const cancelled = await mcp.client.callTool({ name: "cancel_run", arguments: { runId } });
  expect(cancelled.structuredContent).toEqual({ runId, cancelled: true });
  expect(await within("the answer to the prompt over ACP", answered)).toEqual({ stopReason: "cancelled" });
  await expectSame(runId, { nexus: seen, acp: saw, mcp: overMcp });
  expect(seen.at(-1)?.body).toMatchObject({ type: "run.finished", status: "cancelled" });
  await expect.poll(() => client.withdrawn, SOON).toEqual(client.asked);
  await expect.poll(() => lsp.withdrawn, SOON).toEqual(lsp.asked);
  expect(await approvalsOverMcp()).toEqual([]);
});
