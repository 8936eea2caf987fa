/** A real server of the protocol over fake runs, and clients of it that answer as they are told. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../daemon/observability/log-file.ts";
import { type AskedClients, createAskedClients } from "../../daemon/server/clients/asked.ts";
import { createClients } from "../../daemon/server/rpc/clients.ts";
import type { DaemonControl } from "../../daemon/server/rpc/daemon.ts";
import { createHandlers } from "../../daemon/server/rpc/handlers.ts";
import { startRpcServer } from "../../daemon/server/rpc/server.ts";
import type { ClientConnection, ClientRole, ReverseName } from "../../protocol/index.ts";
import { noAgents } from "./agents.ts";
import { createFakeMemory } from "./fake-memory.ts";
import { createFakeRunService, type FakeRunService } from "./fake-run-service.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";
import { removeFolder } from "./remove.ts";
import { helloParams, openClient, openRaw, proofOf, type RawClient } from "./rpc-client.ts";

const TOKEN = "c3".repeat(32);
/** Nothing here asks for it. */
const CONTROL = { agents: noAgents } as unknown as DaemonControl;

export interface AskedServer {
  readonly service: FakeRunService;
  readonly asked: AskedClients;
  readonly clock: ManualClock;
  /** A client that offers these; it is to handle them. */
  open(name: string, offers: readonly ReverseName[], role?: ClientRole): Promise<ClientConnection>;
  /** One that offers these and does only what the test sends. */
  openRaw(offers: readonly ReverseName[], role?: ClientRole): Promise<RawClient>;
  close(): Promise<void>;
}

export async function startAskedServer(): Promise<AskedServer> {
  const folder = await mkdtemp(join(tmpdir(), "nexus-asked-"));
  const address = join(folder, "d.sock");
  const clock = createManualClock();
  const service = createFakeRunService();
  const memory = createFakeMemory();
  const clients = createClients();
  let calls = 0;
  const newId = () => {
    calls += 1;
    return `call-${calls}`;
  };
  const asked = createAskedClients(clients, { clock, newId });
  const stop = asked.follow(service, silentLog);
  const server = await startRpcServer({
    ...{ address, clients, clock, log: silentLog, service, memory },
    identity: { token: TOKEN, version: "1", buildTime: 1, pid: 1 },
    handlers: createHandlers(service, memory, CONTROL, asked),
  });
  return {
    ...{ service, asked, clock },
    open: (name, offers, role = "human") => openClient(address, TOKEN, name, role, { requests: [...offers] }),
    async openRaw(offers, role) {
      const raw = await openRaw(address);
      const { client, ...hello } = helloParams();
      const who = role === undefined ? client : { ...client, role };
      const params = { ...hello, client: who, capabilities: { requests: offers } };
      raw.send({ jsonrpc: "2.0", id: 1, method: "handshake/hello", params });
      const answer = await raw.next();
      const nonce = String(answer.result?.["nonce"]);
      const side = role === undefined ? "client" : `client:${role}`;
      raw.send({
        jsonrpc: "2.0",
        id: 2,
        method: "handshake/prove",
        params: { proof: proofOf(TOKEN, hello.nonce, nonce, side) },
      });
      await raw.next();
      return raw;
    },
    async close() {
      stop();
      await server.close();
      await removeFolder(folder);
    },
  };
}
