/** A request to the daemon and back, beside a bare vscode-jsonrpc echo of the same answer over the same kind of socket. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import type { ClientConnection } from "../protocol/index.ts";
import { type Figure, repeat, sideBySide } from "./measure.ts";

const ROUNDS = 20;
const REQUESTS = 100;

/** `connect` makes a new connection to a daemon that runs: the daemon lets each ask 200 times a second in the long run. */
export async function measureRoundTrip(connect: () => Promise<ClientConnection>, folder: string): Promise<Figure[]> {
  const ask = async (count: number) => {
    const daemon = await connect();
    const times = await repeat(count, () => daemon.request("daemon/status", {}));
    const status = await daemon.request("daemon/status", {});
    daemon.close();
    return { times, status };
  };
  const { status } = await ask(1);
  const echo = await startEcho(folder);
  try {
    const times = await sideBySide(
      ROUNDS,
      async () => (await ask(REQUESTS)).times,
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

/** A process that only answers, over the same kind of socket. */
export async function startEcho(folder: string) {
  const windows = process.platform === "win32";
  const address = windows ? `\\\\.\\pipe\\nexus-bench-${process.pid}` : join(folder, "echo.sock");
  const server = fileURLToPath(new URL("./echo-server.ts", import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [server, address], { stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout !== null) await once(child.stdout, "data");
  const socket = connectSocket(address);
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
