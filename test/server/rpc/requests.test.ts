/** Requests of good clients over a real socket. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import { errorValue, NexusError } from "../../../protocol/index.ts";
import { created, notice } from "../../support/fake-run-service.ts";
import { openClient } from "../../support/rpc-client.ts";
import { startTestServer, type TestServer, TOKEN } from "../../support/rpc-server.ts";

let test: TestServer;

beforeEach(async () => {
  test = await startTestServer();
});
afterEach(() => test.close());

describe("requests", () => {
  it("reach the service with who asks", async () => {
    const client = await openClient(test.address, TOKEN, "editor");
    await client.request("run/cancel", { runId: "r" });
    expect(test.service.calls).toEqual([
      { name: "cancel", params: { runId: "r" }, by: expect.stringMatching(/^editor /) },
    ]);
    client.close();
  });

  it("keep a page of events within one line", async () => {
    test.service.emit("r", created());
    for (let count = 0; count < 20; count += 1) test.service.emit("r", notice("x".repeat(100_000)));
    const client = await openClient(test.address, TOKEN);
    const first = await client.request("run/events", { runId: "r" });
    expect(first.lastSeq).toBe(21);
    expect(first.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    const last = await client.request("run/events", { runId: "r", before: 22 });
    expect(last.events.map(({ seq }) => seq)).toEqual([17, 18, 19, 20, 21]);
    client.close();
  });

  it("fail with the daemon's own error", async () => {
    const client = await openClient(test.address, TOKEN);
    await expect(client.request("run/watch", { runId: "nope", after: 0 })).rejects.toMatchObject({
      value: { code: "run.unknown" },
    });
    client.close();
  });

  it("fail with everything that the daemon says: what is wrong, and the command that a client may offer", async () => {
    const error = errorValue("budget.exceeded", "It costs more.");
    test.service.answers["list"] = () => {
      throw new NexusError(error);
    };
    const client = await openClient(test.address, TOKEN);
    await expect(client.request("run/list", {})).rejects.toMatchObject({ value: error });
    client.close();
  });
});

it("works with the system's clock too", async () => {
  await test.close();
  test = await startTestServer({ clock: systemClock });
  const client = await openClient(test.address, TOKEN);
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  test.server.broadcast("daemon/draining", { reason: "test" });
  await test.server.close();
  await closed;
});
