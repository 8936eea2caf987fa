/** The built daemon in a data folder of its own, as a client that has loaded everything already sees it. */
import { fileURLToPath } from "node:url";
import { connectToDaemon } from "../daemon/cli/connect.ts";
import { isProcessAlive, waitForChange } from "../daemon/host/spawn-daemon.ts";
import type { ClientConnection } from "../protocol/index.ts";

const MAIN = fileURLToPath(new URL("../dist/daemon/main.js", import.meta.url));

/** Answers once the daemon has proved who it is. */
export function startDaemon(home: string): Promise<ClientConnection> {
  const client = { name: "bench", version: "0.0.0", buildTime: 0 };
  const env = { ...process.env, NEXUS_HOME: home };
  return connectToDaemon({ home, startIfNeeded: true, client, main: MAIN, env });
}

/** Resolves when the process is gone. */
export async function stopDaemon(connection: ClientConnection, home: string): Promise<void> {
  const { pid } = connection.daemon;
  await connection.request("daemon/stop", { ifIdle: false });
  while (isProcessAlive(pid)) await waitForChange(home, 20);
}
