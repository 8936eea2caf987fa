/** Approvals as requests: the first answer wins, and who is asked too late is told so. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Approval, CancelSignal, ReverseAnswer } from "../../../protocol/index.ts";
import { type AskedServer, startAskedServer } from "../../support/asked-server.ts";
import { created } from "../../support/fake-run-service.ts";

let server: AskedServer;
beforeEach(async () => {
  server = await startAskedServer();
  server.service.emit("run-1", created("Tidy up"));
});
afterEach(() => server.close());

function approval(approvalId = "a-1"): Approval {
  return {
    ...{
      approvalId,
      taskId: null,
      title: "Run a command",
      reason: "It installs.",
      subjectHash: `hash of ${approvalId}`,
    },
    subject: { kind: "command", command: "npm install", cwd: "/work" },
  };
}

const requested = (asked = approval()) => server.service.emit("run-1", { type: "approval.requested", approval: asked });
const answered = (approvalId = "a-1") =>
  server.service.emit("run-1", { type: "approval.answered", approvalId, decision: "approve", by: "somebody" });
const answers = () => server.service.calls.filter(({ name }) => name === "answer");
type Given = ReverseAnswer<"client/approval">;

/** A client whose person decides when the test says so. */
async function openPerson(name: string) {
  const client = await server.open(name, ["client/approval"]);
  const asked: { params: { approval: Approval; prompt: string }; signal: CancelSignal; give(answer: Given): void }[] =
    [];
  client.handle("client/approval", (params, { signal }) => {
    return new Promise<Given>((give) => asked.push({ params, signal, give }));
  });
  return { client, asked };
}

it("asks every client that offers it, and takes the first answer, with the hash of what was shown", async () => {
  const [one, two] = [await openPerson("one"), await openPerson("two")];
  requested();
  await vi.waitFor(() => expect([one.asked.length, two.asked.length]).toEqual([1, 1]));
  expect(one.asked[0]?.params).toMatchObject({
    runId: "run-1",
    workspace: "/work",
    prompt: "Tidy up",
    approval: approval(),
  });
  one.asked[0]?.give({ decision: "reject", subjectHash: "hash of a-1", feedback: "Use pnpm." });
  await vi.waitFor(() => expect(answers()).toHaveLength(1));
  expect(answers()[0]).toMatchObject({
    params: {
      runId: "run-1",
      approvalId: "a-1",
      subjectHash: "hash of a-1",
      decision: "reject",
      feedback: "Use pnpm.",
    },
    by: expect.stringMatching(/^one /),
  });
  answered();
  await vi.waitFor(() => expect(two.asked[0]?.signal.aborted).toBe(true));
  two.asked[0]?.give({ decision: "approve", subjectHash: "hash of a-1" });
  await two.client.request("run/list", {});
  expect(answers()).toHaveLength(1);
  for (const { client } of [one, two]) client.close();
});

it("withdraws the question when it is answered elsewhere, or the run ends", async () => {
  const person = await openPerson("one");
  requested();
  requested(approval("a-2"));
  await vi.waitFor(() => expect(person.asked).toHaveLength(2));
  answered("a-1");
  await vi.waitFor(() => expect(person.asked.map(({ signal }) => signal.aborted)).toEqual([true, false]));
  server.service.emit("run-1", { type: "run.finished", status: "cancelled", summary: "" });
  await vi.waitFor(() => expect(person.asked[1]?.signal.aborted).toBe(true));
  person.client.close();
});

it("asks who comes later what still waits, and nothing else", async () => {
  requested(approval("over"));
  answered("over");
  requested();
  const person = await openPerson("late");
  await vi.waitFor(() => expect(person.asked).toHaveLength(1));
  expect(person.asked[0]?.params.approval.approvalId).toBe("a-1");
  person.client.close();
});

it("leaves the question open where a person would rather answer later, or the client cannot", async () => {
  const person = await openPerson("one");
  const bad = await server.openRaw(["client/approval"], "human");
  requested();
  await vi.waitFor(() => expect(person.asked).toHaveLength(1));
  person.asked[0]?.give({ decision: "later", subjectHash: "hash of a-1" });
  const { id } = await bad.next();
  bad.send({ jsonrpc: "2.0", id, result: { decision: "yes please" } });
  bad.send({ jsonrpc: "2.0", id, result: { decision: "approve", subjectHash: "hash of a-1" } });
  bad.send({ jsonrpc: "2.0", id: 9, method: "run/list", params: {} });
  expect(await bad.next()).toMatchObject({ id: 9 });
  await person.client.request("run/list", {});
  expect(answers()).toEqual([]);
  bad.socket.destroy();
  person.client.close();
});

it("is pinged once however many ask, so that its questions are never crowded out", async () => {
  const silent = await server.openRaw(["client/ping"], "human");
  const asker = await server.open("asker", [], "agent");
  const answers = Array.from({ length: 10 }, () => asker.request("presence/list", { ping: true }));
  expect(await silent.next()).toMatchObject({ id: "daemon-1", method: "client/ping" });
  await asker.request("run/list", {});
  server.clock.advance(1000);
  await Promise.all(answers);
  expect(await silent.next()).toMatchObject({ method: "request/cancelled" });
  const again = asker.request("presence/list", { ping: true });
  expect(await silent.next()).toMatchObject({ id: "daemon-2", method: "client/ping" });
  server.clock.advance(1000);
  await again;
  silent.socket.destroy();
  asker.close();
});

it.each(["agent", "automation"] as const)("never asks a client in the role %s", async (role) => {
  const other = await server.openRaw(["client/approval", "client/applyEdit", "client/terminal"], role);
  requested();
  other.send({ jsonrpc: "2.0", id: 9, method: "run/list", params: {} });
  expect(await other.next()).toMatchObject({ id: 9 });
  other.socket.destroy();
});

it("is held up by nobody who never answers, however many questions there are", async () => {
  const silent = await server.openRaw(["client/approval"], "human");
  for (let count = 0; count < 50; count += 1) requested(approval(`q-${count}`));
  const person = await openPerson("quick");
  await vi.waitFor(() => expect(person.asked.length).toBe(20));
  person.asked[0]?.give({ decision: "approve", subjectHash: "hash of q-0" });
  await vi.waitFor(() => expect(answers()).toHaveLength(1));
  silent.socket.destroy();
  person.client.close();
});

it("tells who shows commands that one begins, if they watch the run", async () => {
  const shown: unknown[] = [];
  const [watching, other] = [await server.open("w", ["client/terminal"]), await server.open("o", ["client/terminal"])];
  for (const client of [watching, other])
    client.handle("client/terminal", (params) => {
      shown.push(params);
      return { shown: true };
    });
  await watching.request("run/watch", { runId: "run-1", after: 0 });
  const call = { taskId: "t", turn: 3, callId: "c", effect: "unknown" as const };
  const ask = (tool: string, input: string) =>
    server.service.emit("run-1", { type: "tool.requested", key: "tool/t/3/1", ...call, tool, input });
  ask("read_file", '{"path":"a"}');
  ask("run_command", '{"command":"npm test"}');
  ask("run_command", '{"command":"npm tes');
  await vi.waitFor(() => expect(shown).toHaveLength(2));
  const at = { runId: "run-1", taskId: "t", turn: 3, call: 1 };
  expect(shown).toEqual([
    { ...at, command: "npm test" },
    { ...at, command: '{"command":"npm tes' },
  ]);
  for (const client of [watching, other]) client.close();
});
