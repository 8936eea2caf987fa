/** What the daemon asks of its clients, over a real socket. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ConnectedClient } from "../../daemon/server/rpc/clients.ts";
import { type CancelSignal, nexusError } from "../../protocol/index.ts";
import { helloParams, openClient, openRaw, proofOf, type RawClient } from "../support/rpc-client.ts";
import { startTestServer, type TestServer, TOKEN } from "../support/rpc-server.ts";

const patiently = { timeoutMs: 1000 };

let test: TestServer;

beforeEach(async () => {
  test = await startTestServer({ limits: { maxPendingRequests: 2 } });
});
afterEach(() => test.close());

function only(): ConnectedClient {
  const [client] = test.clients.list();
  if (client === undefined || test.clients.list().length > 1) throw new Error("one client was expected");
  return client;
}

/** A client that answers what it is told to, or nothing. */
async function openSilent(requests: readonly string[]): Promise<RawClient> {
  const raw = await openRaw(test.address);
  const params = { ...helloParams(), capabilities: { requests } };
  raw.send({ jsonrpc: "2.0", id: 1, method: "handshake/hello", params });
  const hello = await raw.next();
  const proof = proofOf(TOKEN, params.nonce, String(hello.result?.["nonce"]));
  raw.send({ jsonrpc: "2.0", id: 2, method: "handshake/prove", params: { proof } });
  await raw.next();
  return raw;
}

it("asks a client and gets its answer; it is gone from the list when it leaves", async () => {
  const client = await openClient(test.address, TOKEN, "editor");
  expect(client.capabilities?.requests).toContain("client/ping");
  expect(only()).toMatchObject({ name: "editor", title: null, face: "program", role: "human" });
  expect(test.clients.able("client/ping")).toHaveLength(1);
  expect(await only().ask("client/ping", {}, patiently)).toEqual({});
  const { closed, connectionId } = only();
  expect(test.clients.find(connectionId)).toBe(only());
  client.close();
  await vi.waitFor(() => expect(closed.aborted).toBe(true));
  expect(test.clients.list()).toEqual([]);
});

it("asks nothing that the client did not offer", async () => {
  const raw = await openSilent([]);
  expect(test.clients.able("client/ping")).toEqual([]);
  await expect(only().ask("client/ping", {}, patiently)).rejects.toMatchObject({ value: { code: "client.incapable" } });
  raw.socket.destroy();
});

it("gives up after the time, tells the client so, and takes a late answer for nothing", async () => {
  const raw = await openSilent(["client/ping"]);
  const asked = only().ask("client/ping", {}, patiently);
  const { id, method } = (await raw.next()) as { id: string; method: string };
  expect(method).toBe("client/ping");
  test.clock.advance(1001);
  await expect(asked).rejects.toMatchObject({ value: { code: "client.timeout" } });
  expect(await raw.next()).toMatchObject({ method: "request/cancelled", params: { id } });
  raw.send({ jsonrpc: "2.0", id, result: {} });
  const again = only().ask("client/ping", {}, patiently);
  raw.send({ jsonrpc: "2.0", id: (await raw.next()).id, result: {} });
  expect(await again).toEqual({});
  raw.socket.destroy();
});

it("rejects when the signal aborts, and when the client goes", async () => {
  const raw = await openSilent(["client/ping"]);
  const abort = new AbortController();
  const [cancelled, lost] = [{ ...patiently, signal: abort.signal }, patiently].map((options) =>
    only().ask("client/ping", {}, options),
  );
  abort.abort();
  await expect(cancelled).rejects.toMatchObject({ value: { code: "request.cancelled" } });
  const { ask } = only();
  raw.socket.destroy();
  await expect(lost).rejects.toMatchObject({ value: { code: "client.gone" } });
  await expect(ask("client/ping", {}, patiently)).rejects.toMatchObject({ value: { code: "client.gone" } });
});

it("asks a bounded number at a time", async () => {
  const raw = await openSilent(["client/ping"]);
  const asked = Array.from({ length: 33 }, () => only().ask("client/ping", {}, patiently));
  await expect(asked[32]).rejects.toMatchObject({ value: { code: "client.busy" } });
  for (let count = 0; count < 32; count += 1) raw.send({ jsonrpc: "2.0", id: (await raw.next()).id, result: {} });
  await Promise.all(asked.slice(0, 32));
  raw.socket.destroy();
});

it.each([
  ["a result of another shape", { result: [] }, "client.failed"],
  ["its own words", { error: { code: -32603, message: "no terminal here" } }, "client.failed"],
  ["an error of no shape", { error: "no" }, "client.failed"],
  [
    "one of our errors",
    { error: { code: -32000, message: "", data: nexusError("model.refused").value } },
    "model.refused",
  ],
  ["a code of its own", { error: { data: { code: "other", message: "m", hint: "h" }, message: "m" } }, "client.failed"],
])("turns %s into an error", async (_name, answer, code) => {
  const raw = await openSilent(["client/ping"]);
  const asked = only().ask("client/ping", {}, patiently);
  raw.send({ jsonrpc: "2.0", id: (await raw.next()).id, ...answer });
  await expect(asked).rejects.toMatchObject({ value: { code } });
  raw.socket.destroy();
});

it("lets a handler of the client fail, and be cancelled", async () => {
  const client = await openClient(test.address, TOKEN);
  client.handle("client/ping", () => {
    throw nexusError("tool.failed", "not today");
  });
  await expect(only().ask("client/ping", {}, patiently)).rejects.toMatchObject({ value: { code: "tool.failed" } });
  const seen: CancelSignal[] = [];
  client.handle("client/ping", (_params, { signal }) => {
    seen.push(signal);
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve({})));
  });
  const abort = new AbortController();
  const asked = only().ask("client/ping", {}, { ...patiently, signal: abort.signal });
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  abort.abort();
  await expect(asked).rejects.toMatchObject({ value: { code: "request.cancelled" } });
  await vi.waitFor(() => expect(seen[0]?.aborted).toBe(true));
  client.close();
});

it("hears an answer while all of the client's requests wait for it", async () => {
  const raw = await openSilent(["client/ping"]);
  test.service.answers["show"] = () => only().ask("client/ping", {}, patiently);
  for (const id of [5, 6, 7, 8]) raw.send({ jsonrpc: "2.0", id, method: "run/show", params: { runId: "r" } });
  const [first, second] = [await raw.next(), await raw.next()];
  for (const { id } of [first, second]) raw.send({ jsonrpc: "2.0", id, result: {} });
  const rest = [await raw.next(), await raw.next(), await raw.next(), await raw.next()];
  expect(rest.filter(({ method }) => method === "client/ping")).toHaveLength(2);
  expect(rest.filter(({ method }) => method === undefined).map(({ id }) => id)).toEqual([5, 6]);
  raw.socket.destroy();
});
