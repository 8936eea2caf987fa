/** Sessions over ACP: told again, gone on with, listed, set, deleted, and what a client may not ask for. */
import type {
  LoadSessionRequest,
  RequestPermissionRequest,
  ResumeSessionRequest,
  SetSessionConfigOptionRequest,
} from "@agentclientprotocol/sdk";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AcpClient, type AcpScene, startAcp } from "../../support/acp.ts";
import type { Reply } from "../../support/scripted/script.ts";

const call = (tool: string, input: unknown): Reply => ({ toolCalls: [{ tool, arguments: input }] });
const edits = [{ search: "Notse", replace: "Notes" }];
const README = { "README.md": "# Notse\n", "folder/.keep": "" };

let scene: AcpScene;
let client: AcpClient;
let sessionId: string;

const keep = ({ options }: RequestPermissionRequest) => options.find(({ optionId }) => optionId === "keep")?.optionId;

beforeAll(async () => {
  scene = await startAcp({
    files: README,
    script: [
      { when: { lastUser: "Fix the typo", turn: 0 }, reply: call("edit_file", { path: "README.md", edits }) },
      { when: { turn: 1 }, reply: { text: "Fixed." } },
      { when: { lastUser: "What is" }, reply: { text: "A small project." }, repeat: true },
    ],
  });
  client = await scene.open({ permission: keep });
  sessionId = await client.newSession();
  await client.prompt(sessionId, "Fix the typo in README.md");
});

afterAll(async () => {
  await scene.close();
});

it("tells a session again: prompt, calls, words and the change that waits, and goes on from there", async () => {
  const other = await scene.open({ permission: keep });
  const params: LoadSessionRequest = { sessionId, cwd: scene.engine.workspace, mcpServers: [] };
  const loaded = await other.connection.agent.request("session/load", params);
  expect(loaded.modes).toMatchObject({ currentModeId: "act" });
  expect(other.text("user_message_chunk")).toBe("Fix the typo in README.md");
  expect(other.text()).toBe("Fixed.");
  const calls = other.updates.flatMap((update) => (update.sessionUpdate === "tool_call" ? [update] : []));
  expect(calls).toMatchObject([
    { kind: "edit", content: [{ type: "diff", oldText: "Notse", newText: "Notes" }] },
    { title: "Change of 1 file", status: "pending" },
  ]);
  expect(await other.prompt(sessionId, "What is this project?")).toEqual({ stopReason: "end_turn" });
  expect(other.text()).toBe("Fixed.A small project.");
});

it("goes on without telling it again", async () => {
  const other = await scene.open({ permission: keep });
  const params: ResumeSessionRequest = { sessionId, cwd: scene.engine.workspace };
  const resumed = await other.connection.agent.request("session/resume", params);
  expect(resumed.configOptions).toMatchObject([{ id: "mode" }, { id: "model" }, { id: "budget" }, { id: "changes" }]);
  expect(other.text("user_message_chunk")).toBe("");
  await other.prompt(sessionId, "What is this project?");
  expect(other.text()).toBe("A small project.");
});

it("shows in every client what a run of the session does, whoever began it", async () => {
  const terminal = await scene.nexus();
  const before = client.updates.length;
  const prompt = "What is it for?";
  const params = {
    workspace: scene.engine.workspace,
    sessionId,
    prompt,
    headless: true,
    idempotencyKey: "elsewhere-1",
  };
  await terminal.request("run/start", params);
  await client.until(
    (update) => client.updates.indexOf(update) >= before && update.sessionUpdate === "agent_message_chunk",
  );
  expect(client.updates.slice(before).flatMap(({ sessionUpdate }) => sessionUpdate)).toContain("user_message_chunk");
});

it("lists sessions of all clients, in one folder, a page at a time, and those deleted no more", async () => {
  const { agent } = client.connection;
  const terminal = await scene.nexus();
  const params = { workspace: scene.engine.workspace, headless: true };
  const started = await terminal.request("run/start", {
    ...params,
    prompt: "What is it?",
    idempotencyKey: "by-terminal",
  });
  const all = await agent.request("session/list", { cwd: scene.engine.workspace });
  expect(all.sessions.map((session) => `${session.sessionId} ${session.title}`)).toEqual([
    `${started.sessionId} What is it?`,
    `${sessionId} Fix the typo in README.md`,
  ]);
  expect(all.sessions[0]).toMatchObject({ cwd: scene.engine.workspace, updatedAt: expect.stringMatching(/^20/) });
  expect((await agent.request("session/list", { cwd: "/elsewhere" })).sessions).toEqual([]);
  await agent.request("session/delete", { sessionId: started.sessionId });
  expect((await agent.request("session/list", {})).sessions.map((session) => session.sessionId)).toEqual([sessionId]);
  // Gone is gone: the SDK takes the protocol's "not found" for success.
  await agent.request("session/delete", { sessionId: started.sessionId });
  await scene.engine.ended(started.runId);
});

it("sets mode and options for everybody, and keeps them", async () => {
  const { agent } = client.connection;
  const other = await scene.open({ permission: keep });
  const id = await client.newSession();
  await agent.request("session/set_mode", { sessionId: id, modeId: "plan" });
  await agent.request("session/set_config_option", { sessionId: id, configId: "budget", value: "2" });
  const { configOptions } = await agent.request("session/set_config_option", {
    ...{ sessionId: id, configId: "changes", value: "keep" },
  });
  expect(configOptions.map((option) => option.currentValue)).toEqual(["plan", "scripted", "2", "keep"]);
  const params: ResumeSessionRequest = { sessionId: id, cwd: scene.engine.workspace };
  const resumed = await other.connection.agent.request("session/resume", params);
  expect(resumed.configOptions?.map((option) => option.currentValue)).toEqual(["plan", "scripted", "2", "keep"]);
  const back: SetSessionConfigOptionRequest = { sessionId: id, configId: "budget", value: "standard" };
  const reset = await agent.request("session/set_config_option", back);
  expect(reset.configOptions[2]).toMatchObject({ currentValue: "standard" });
  const updates = client.updates.flatMap((update) => (update.sessionUpdate === "current_mode_update" ? [update] : []));
  expect(updates).toMatchObject([{ currentModeId: "plan" }]);
});

it("offers its commands, and carries those out that start no run", async () => {
  const offered = await client.until(({ sessionUpdate }) => sessionUpdate === "available_commands_update");
  const names = "availableCommands" in offered ? offered.availableCommands.map(({ name }) => name) : [];
  expect(names).toEqual(["plan", "ask", "review", "diff", "accept", "discard", "undo", "resume"]);
  const id = await client.newSession();
  const said = async (text: string, session = id) => {
    const before = client.text().length;
    await client.prompt(session, text);
    return client.text().slice(before).trim();
  };
  expect(await said("/plan")).toBe("Write what you want behind it: /plan the goal");
  expect(await said("/accept")).toBe("No change waits in this session.");
  expect(await said("/undo")).toBe("Nothing was written in this session that could be put back.");
  await expect(client.prompt(id, "/resume")).rejects.toMatchObject({ data: { code: "run.not_resumable" } });
  expect(await said("/diff", sessionId)).toContain("/accept");
  expect(await said("/accept", sessionId)).toBe("Written.");
  expect(scene.engine.read("README.md")).toBe("# Notes\n");
  expect(await said("/undo", sessionId)).toBe("Put back: README.md");
  expect(scene.engine.read("README.md")).toBe("# Notse\n");
});

it("answers with the protocol's own errors", async () => {
  const { agent } = client.connection;
  const cwd = scene.engine.workspace;
  const prompt = [{ type: "text" as const, text: "Hello" }];
  const unknown = { code: -32002, data: { sessionId: "none" } };
  await expect(agent.request("session/prompt", { sessionId: "none", prompt })).rejects.toMatchObject(unknown);
  await expect(agent.request("session/load", { sessionId: "none", cwd, mcpServers: [] })).rejects.toMatchObject(
    unknown,
  );
  await expect(agent.request("session/set_mode", { sessionId, modeId: "wild" })).rejects.toMatchObject({
    code: -32602,
  });
  const option = { sessionId, configId: "budget", value: "-1" };
  await expect(agent.request("session/set_config_option", option)).rejects.toMatchObject({ code: -32602 });
  for (const bad of ["relative", `${cwd}/none`])
    await expect(agent.request("session/new", { cwd: bad, mcpServers: [] })).rejects.toMatchObject({ code: -32602 });
  const elsewhere = { sessionId, cwd: `${cwd}/folder`, mcpServers: [] };
  await expect(agent.request("session/load", elsewhere)).rejects.toMatchObject({ code: -32602 });
  await expect(agent.request("session/list", { cursor: "; DROP" })).rejects.toMatchObject({ code: -32602 });
  await expect(agent.request("session/prompt", { sessionId, prompt: [] })).rejects.toMatchObject({ code: -32602 });
  await expect(agent.request("no/such")).rejects.toMatchObject({ code: -32601 });
});

it("starts none of the servers that an editor names, and says which", async () => {
  const servers = ["mine", "theirs"].map((name) => ({ name, command: "/bin/touch", args: ["/tmp/never"], env: [] }));
  const other = await scene.open({ permission: keep }, { settings: { mcpServers: ["mine"] } });
  const id = await other.newSession({ mcpServers: servers });
  await other.prompt(id, "What is this project?");
  expect(other.text()).toMatch(/^Nexus does not start MCP servers that an editor names: “theirs”\./);
  expect(other.text()).toMatch(/A small project\.$/);
});

it("closes a session: nothing more is asked of it here, and it can be opened again", async () => {
  const { agent } = client.connection;
  const id = await client.newSession();
  await agent.request("session/close", { sessionId: id });
  await expect(client.prompt(id, "Hello")).rejects.toMatchObject({ code: -32002 });
  await agent.request("session/resume", { sessionId: id, cwd: scene.engine.workspace });
});
