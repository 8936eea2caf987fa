/** A request to the daemon and back, beside a bare vscode-jsonrpc echo of the same answer over the same kind of socket. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import type { ClientConnection } from "../protocol/index.ts";
import { type Figure, repeat, sideBySide } from "./measure.ts";

const ROUNDS = 20;
const REQUESTS = 100;

export async function measureRoundTrip(daemon: ClientConnection, folder: string): Promise<Figure[]> {
  const status = await daemon.request("daemon/status", {});
  const echo = await startEcho(folder);
  try {
    const times = await sideBySide(
      ROUNDS,
      () => repeat(REQUESTS, () => daemon.request("daemon/status", {})),
      () => repeat(REQUESTS, () => echo.request(status)),
    );
    return [
      {
        name: "request round trip ÷ vscode-jsonrpc echo, p50",
        value: times.first / times.second,
        limit: 2.5,
        unit: "×",
      },
      { name: "  request round trip, p50", value: times.first, unit: "ms" },
      { name: "  vscode-jsonrpc echo, p50", value: times.second, unit: "ms" },
    ];
  } finally {
    echo.stop();
  }
}

async function startEcho(folder: string) {
  const windows = process.platform === "win32";
  const address = windows ? `\\\\.\\pipe\\nexus-bench-${process.pid}` : join(folder, "echo.sock");
  const server = fileURLToPath(new URL("./echo-server.ts", import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [server, address], { stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout !== null) await once(child.stdout, "data");
  const socket = connect(address);
  await once(socket, "connect");
  const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  connection.listen();
  return {
    request: (value: unknown) => connection.sendRequest("echo", value),
    stop() {
      connection.dispose();
      socket.destroy();
      child.kill();
    },
  };
}
