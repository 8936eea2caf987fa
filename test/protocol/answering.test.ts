/** The client's end of requests that the daemon sends. */
import { expect, it } from "vitest";
import { createAnswering } from "../../protocol/answering.ts";

function connected(declared: readonly string[]) {
  const sent: object[] = [];
  return { sent, answering: createAnswering((message) => sent.push(message), declared) };
}

it("answers unknown methods with JSON-RPC's own error", () => {
  const { sent, answering } = connected(["client/ping"]);
  answering.receive("1", "client/dance", {});
  expect(sent).toMatchObject([{ id: "1", error: { code: -32601 } }]);
});

it("keeps what is asked before there is a handler, and forgets it when it is given up", async () => {
  const { sent, answering } = connected(["client/ping"]);
  answering.receive("1", "client/ping", {});
  answering.receive("2", "client/ping", {});
  answering.cancelled("1");
  answering.handle("client/ping", () => ({}));
  await Promise.resolve();
  await Promise.resolve();
  expect(sent).toEqual([{ jsonrpc: "2.0", id: "2", result: {} }]);
});

it("holds a bounded number of questions", () => {
  const { sent, answering } = connected(["client/ping"]);
  for (let id = 0; id < 65; id += 1) answering.receive(id, "client/ping", {});
  expect(sent).toMatchObject([{ id: 64, error: { code: -32603 } }]);
});
