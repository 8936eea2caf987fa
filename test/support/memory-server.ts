/** The real protocol server with a fake code memory behind it, and a workspace of a few files. */

import { mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../daemon/observability/log-file.ts";
import { createHandlers } from "../../daemon/server/rpc/handlers.ts";
import { startRpcServer } from "../../daemon/server/rpc/server.ts";
import type { ClientConnection } from "../../protocol/index.ts";
import { fakeControl } from "./fake-control.ts";
import { createFakeMemory, type FakeMemory } from "./fake-memory.ts";
import { createFakeRunService } from "./fake-run-service.ts";
import { createManualClock } from "./manual-clock.ts";
import { removeFolder } from "./remove.ts";
import { openClient } from "./rpc-client.ts";

const TOKEN = "5e".repeat(32);

export interface MemoryServer {
  readonly memory: FakeMemory;
  /** Holds the workspace and nothing else of interest. */
  readonly folder: string;
  /** Real path of a folder with src/cart.ts in it. */
  readonly workspace: string;
  connect(): Promise<ClientConnection>;
  close(): Promise<void>;
}

export async function startMemoryServer(): Promise<MemoryServer> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "nexus-memory-")));
  const workspace = join(folder, "project");
  await mkdir(join(workspace, "src"), { recursive: true });
  await writeFile(join(workspace, "src/cart.ts"), "export class Cart {}\n");
  const address = join(folder, "d.sock");
  const memory = createFakeMemory();
  const service = createFakeRunService();
  const handlers = createHandlers(service, memory, fakeControl(folder));
  const identity = { token: TOKEN, version: "1.2.3", buildTime: 42, pid: 7 };
  const clock = createManualClock();
  const server = await startRpcServer({ address, identity, service, memory, handlers, clock, log: silentLog });
  return {
    memory,
    folder,
    workspace,
    connect: () => openClient(address, TOKEN),
    async close() {
      await server.close();
      await removeFolder(folder);
    },
  };
}
