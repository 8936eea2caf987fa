/** Who is let in: each side proves that it knows the token, in time and once. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { helloParams, openClient, openRaw, proofOf, request } from "../../support/rpc-client.ts";
import { startTestServer, type TestServer, TOKEN } from "../../support/rpc-server.ts";

let test: TestServer;

beforeEach(async () => {
  test = await startTestServer();
});
afterEach(() => test.close());

const hello = (params: object = {}) => request(1, "handshake/hello", { ...helloParams(), ...params });

describe("the handshake", () => {
  it("lets in who knows the token, and says which daemon it is", async () => {
    const client = await openClient(test.address, TOKEN);
    expect(client.daemon).toEqual({ version: "1.2.3", buildTime: 42, pid: 7 });
    expect(test.server.connectionCount()).toBe(1);
    client.close();
  });

  it("is refused by a client whose token is another: the daemon proves itself first", async () => {
    await expect(openClient(test.address, "00".repeat(32))).rejects.toMatchObject({
      value: { code: "handshake.impostor" },
    });
  });

  it("answers nothing before it", async () => {
    const raw = await openRaw(test.address);
    raw.send(request(1, "run/list"));
    expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
    await raw.closed;
    expect(test.service.calls).toEqual([]);
  });

  it("refuses a wrong proof", async () => {
    const raw = await openRaw(test.address);
    raw.send(hello());
    await raw.next();
    raw.send(request(2, "handshake/prove", { proof: "00".repeat(32) }));
    expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
    await raw.closed;
  });

  it("refuses a proof that was right for another connection", async () => {
    const first = await openRaw(test.address);
    first.send(hello());
    const proof = proofOf(TOKEN, helloParams().nonce, String((await first.next()).result?.["nonce"]));
    const second = await openRaw(test.address);
    second.send(hello());
    await second.next();
    second.send(request(2, "handshake/prove", { proof }));
    expect((await second.next()).error?.data?.code).toBe("handshake.refused");
    first.send(request(2, "handshake/prove", { proof }));
    expect((await first.next()).result).toHaveProperty("connectionId");
    first.socket.destroy();
  });

  it("refuses the daemon's own proof sent back", async () => {
    const raw = await openRaw(test.address);
    raw.send(hello());
    const { result } = await raw.next();
    raw.send(request(2, "handshake/prove", { proof: result?.["proof"] }));
    expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
  });

  it("says which versions do not fit", async () => {
    const raw = await openRaw(test.address);
    raw.send(request(1, "handshake/hello", { protocolVersion: 99 }));
    const { error } = await raw.next();
    expect(error?.data).toMatchObject({ code: "handshake.version", message: expect.stringContaining("99") });
    await raw.closed;
  });

  it.each([
    ["a second hello", [hello(), hello()]],
    ["a proof before hello", [request(1, "handshake/prove", { proof: "00" })]],
  ])("refuses %s", async (_name, messages) => {
    const raw = await openRaw(test.address);
    for (const message of messages) raw.send(message);
    await raw.closed;
    expect(test.server.connectionCount()).toBe(0);
  });

  it("ends connections that do not finish it in time", async () => {
    const raw = await openRaw(test.address);
    await vi.waitFor(() => expect(test.clock.pendingTimers).toBe(1));
    test.clock.advance(10_001);
    expect((await raw.next()).error?.data?.code).toBe("handshake.refused");
    await raw.closed;
  });

  it("holds back refusals after five wrong proofs in a minute, and never a right one", async () => {
    const wrong = async () => {
      const raw = await openRaw(test.address);
      raw.send(hello());
      await raw.next();
      raw.send(request(2, "handshake/prove", { proof: "00".repeat(32) }));
      return raw;
    };
    for (let count = 0; count < 5; count += 1) await (await wrong()).closed;
    const sixth = await wrong();
    let refused = false;
    void sixth.next().then(() => {
      refused = true;
    });
    const client = await openClient(test.address, TOKEN);
    client.close();
    expect(refused).toBe(false);
    test.clock.advance(1001);
    await sixth.closed;
  });
});
