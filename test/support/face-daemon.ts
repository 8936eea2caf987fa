/** A daemon for faces: the real Nexus protocol over a socket, with runs and code memory that tests choose. */
import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../daemon/host/clock.ts";
import { silentLog } from "../../daemon/observability/log-file.ts";
import { type Folders, openFolders } from "../../daemon/server/mcp/folders.ts";
import type { McpOptions } from "../../daemon/server/mcp/serve.ts";
import type { Allowance } from "../../daemon/server/mcp/tools/tool.ts";
import { createHandlers } from "../../daemon/server/rpc/handlers.ts";
import { startRpcServer } from "../../daemon/server/rpc/server.ts";
import type { RunEventBody } from "../../protocol/index.ts";
import { fakeControl } from "./fake-control.ts";
import { createFakeMemory, type FakeMemory } from "./fake-memory.ts";
import { created, createFakeRunService, type FakeRunService } from "./fake-run-service.ts";
import { removeFolder } from "./remove.ts";
import { openClient } from "./rpc-client.ts";

const TOKEN = "5e".repeat(32);

export interface FaceDaemon {
  /** The folder that assistants may ask about. */
  readonly repo: string;
  readonly service: FakeRunService;
  readonly memory: FakeMemory;
  readonly folders: Folders;
  /** Who connected, in order. */
  readonly connected: string[];
  options(allowed?: readonly Allowance[]): McpOptions;
  /** Begins a run of the folder. */
  begin(runId: string, prompt?: string): void;
  emit(runId: string, body: RunEventBody): void;
  /** Ends all connections. */
  drop(): Promise<void>;
  close(): Promise<void>;
}

export async function startFaceDaemon(): Promise<FaceDaemon> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "nexus-face-")));
  const service = createFakeRunService();
  const memory = createFakeMemory();
  const connected: string[] = [];
  const address = join(root, "d.sock");
  const folders = await openFolders([root], null);
  const open = () =>
    startRpcServer({
      address,
      identity: { token: TOKEN, version: "1.2.3", buildTime: 42, pid: 7 },
      service,
      memory,
      handlers: createHandlers(service, memory, fakeControl()),
      clock: systemClock,
      log: silentLog,
      onRefused: () => undefined,
    });
  let server = await open();
  return {
    repo: root,
    service,
    memory,
    folders,
    connected,
    options: (allowed = []) => ({
      allowed: new Set(allowed),
      clock: systemClock,
      version: "1.2.3",
      folders,
      runDefaults: { budgetUsd: 5 },
      async connect(role, title) {
        connected.push(`${role} ${title}`);
        return openClient(address, TOKEN, "mcp", role);
      },
    }),
    begin: (runId, prompt = "do it") => {
      service.emit(runId, { ...created(prompt), workspace: root } as RunEventBody);
    },
    emit: (runId, body) => {
      service.emit(runId, body);
    },
    async drop() {
      await server.close();
      server = await open();
    },
    async close() {
      await server.close();
      await removeFolder(root);
    },
  };
}
