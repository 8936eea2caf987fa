/** The Nexus protocol's server over fakes, at a socket of its own. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../daemon/observability/log-file.ts";
import type { Refusal } from "../../daemon/server/refusals.ts";
import { type ClientDirectory, createClients } from "../../daemon/server/rpc/clients.ts";
import { createHandlers } from "../../daemon/server/rpc/handlers.ts";
import { type RpcServer, type RpcServerOptions, startRpcServer } from "../../daemon/server/rpc/server.ts";
import { fakeControl } from "./fake-control.ts";
import { createFakeMemory } from "./fake-memory.ts";
import { createFakeRunService, type FakeRunService } from "./fake-run-service.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";
import { removeFolder } from "./remove.ts";

export const TOKEN = "ad".repeat(32);

export interface TestServer {
  readonly address: string;
  readonly clients: ClientDirectory;
  readonly clock: ManualClock;
  readonly service: FakeRunService;
  readonly server: RpcServer;
  readonly refused: readonly Refusal[];
  close(): Promise<void>;
}

export async function startTestServer(options: Partial<RpcServerOptions> = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "nexus-server-"));
  const address = join(folder, "d.sock");
  const [service, memory, clock, clients] = [
    createFakeRunService(),
    createFakeMemory(),
    createManualClock(),
    createClients(),
  ];
  const refused: Refusal[] = [];
  const server = await startRpcServer({
    ...{ address, clients, clock, log: silentLog, service, memory },
    identity: { token: TOKEN, version: "1.2.3", buildTime: 42, pid: 7 },
    handlers: createHandlers(service, memory, fakeControl()),
    onRefused: (refusal) => refused.push(refusal),
    ...options,
  });
  return {
    ...{ address, clients, clock, service, server, refused },
    async close() {
      await server.close();
      await removeFolder(folder);
    },
  };
}
