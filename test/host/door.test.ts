import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Door, listenDoor, loopbackDoor } from "../../daemon/host/door.ts";
import { requestOver } from "../../daemon/host/local-http.ts";

const { signal } = new AbortController();
const limits = { method: "GET", path: "/", headers: {}, timeoutMs: 5000, maxBytes: 10, signal };

async function openDoor(): Promise<{ door: Door; socketPath: string }> {
  const folder = mkdtempSync(join(tmpdir(), "nexus-door-"));
  const socketPath = join(folder, "door.sock");
  const door = await listenDoor(socketPath);
  onTestFinished(async () => {
    await door.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { door, socketPath };
}

/** What stands inside: takes the call, says whether the port did, and answers as a server would. */
function inside(socketPath: string, took: 0 | 1, answer: string): Socket {
  const socket = connect(socketPath);
  socket.once("data", () => {
    socket.write(Buffer.concat([Buffer.of(took), Buffer.from(answer)]));
    if (took === 0) socket.end();
  });
  onTestFinished(() => void socket.destroy());
  return socket;
}

describe.skipIf(process.platform === "win32")("a door", () => {
  it("hands out a connection to what is behind it, with nothing lost that came early", async () => {
    const { door, socketPath } = await openDoor();
    inside(socketPath, 1, "HTTP/1.1 200 OK\r\ncontent-length: 20\r\nx-own: yes\r\n\r\n01234567890123456789");
    const socket = await door.connect(signal);
    expect(socket).toBeDefined();
    const { status, body, isCut } = await requestOver(socket ?? never(), limits);
    expect([status, body.toString(), isCut]).toEqual([200, "0123456789", true]);
  });

  it("says that nothing listens behind it, and waits for whoever is to come", async () => {
    const { door, socketPath } = await openDoor();
    const asked = door.connect(signal);
    inside(socketPath, 0, "");
    expect(await asked).toBeUndefined();
  });

  it("ends a wait that is cancelled", async () => {
    const { door } = await openDoor();
    const stop = new AbortController();
    const asked = door.connect(stop.signal);
    stop.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
  });
});

it("reaches a server of this machine directly where there is no wall", async () => {
  const server = createServer((_, response) => void response.writeHead(204).end()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const door = loopbackDoor(port);
  const socket = await door.connect(signal);
  expect(await requestOver(socket ?? never(), limits)).toMatchObject({ status: 204, isCut: false });
  await new Promise((resolve) => server.close(resolve));
  expect(await door.connect(signal)).toBeUndefined();
});

it("gives up on a server that says nothing", async () => {
  const server = createServer(() => undefined).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const door = loopbackDoor(typeof address === "object" && address !== null ? address.port : 0);
  const socket = (await door.connect(signal)) ?? never();
  await expect(requestOver(socket, { ...limits, timeoutMs: 50 })).rejects.toThrow("no answer in 0.05 s");
  server.close();
});

function never(): never {
  throw new Error("there is no connection");
}
