/** What each role may do. */
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { helloParams, openClient, openRaw, openRawProven, proofOf, request } from "../../support/rpc-client.ts";
import { startTestServer, type TestServer, TOKEN } from "../../support/rpc-server.ts";

let test: TestServer;

beforeEach(async () => {
  test = await startTestServer();
});
afterEach(() => test.close());

const hello = (params: object = {}) => request(1, "handshake/hello", { ...helloParams(), ...params });

describe("roles", () => {
  const answer = { runId: "r", approvalId: "a", subjectHash: "h", decision: "approve" as const };

  it("let only a person decide, and an agent's command only look", async () => {
    const folder = dirname(test.address);
    const [human, script, agent] = await Promise.all(
      (["human", "automation", "agent"] as const).map((role) => openClient(test.address, TOKEN, role, role)),
    );
    await human?.request("approval/answer", answer);
    await expect(script?.request("approval/answer", answer)).rejects.toMatchObject({
      value: { code: "connection.not_human" },
    });
    await expect(script?.request("workspace/setTrust", { workspace: folder, trusted: true })).rejects.toMatchObject({
      value: { code: "connection.not_human" },
    });
    await script?.request("run/cancel", { runId: "r" });
    await agent?.request("run/list", {});
    await agent?.request("approval/list", {});
    await agent?.request("memory/facts", { workspace: folder });
    for (const name of [
      "approval/answer",
      "run/cancel",
      "changes/accept",
      "daemon/stop",
      "model/configure",
      "audit/list",
      "memory/factAdd",
      "memory/factsImport",
      "run/start",
    ] as const)
      await expect(agent?.request(name, answer as never)).rejects.toMatchObject({
        value: { code: "connection.read_only" },
      });
    expect(test.service.calls.map(({ name, by }) => [name, by?.split(" ")[0]])).toEqual([
      ["answer", "human"],
      ["cancel", "automation"],
      ["list", undefined],
    ]);
    expect(test.refused.map(({ client, action }) => `${client.split(" ")[0]} ${action}`)).toContain(
      "agent daemon/stop",
    );
    for (const client of [human, script, agent]) client?.close();
  });

  it("are nothing that can be declared and not signed", async () => {
    const raw = await openRaw(test.address);
    const nonce = "ab".repeat(32);
    const client = { name: "raw", version: "1.0.0", buildTime: 1, role: "human" };
    raw.send(hello({ client, nonce }));
    const { result } = await raw.next();
    raw.send(request(2, "handshake/prove", { proof: proofOf(TOKEN, nonce, String(result?.["nonce"])) }));
    expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
    expect(test.refused).toMatchObject([{ action: "handshake/prove" }]);
    await raw.closed;
  });

  it("are automation for a client that declares none", async () => {
    const raw = await openRawProven(test.address, TOKEN);
    raw.send(request(3, "approval/answer", answer));
    expect((await raw.next()).error?.data?.code).toBe("connection.not_human");
    raw.socket.destroy();
  });
});
