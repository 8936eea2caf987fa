/** Hubs over real processes and sockets, with their end at the end of the test. */
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type FoundServers, findServers } from "../../../daemon/connectors/mcp/config.ts";
import { createMcpHub, type McpHub } from "../../../daemon/connectors/mcp/hub.ts";
import type { ServerPorts, ServerView } from "../../../daemon/connectors/mcp/server.ts";
import { type Clock, systemClock } from "../../../daemon/host/clock.ts";
import { httpFetch } from "../../../daemon/host/http.ts";
import { createRedactor } from "../../../daemon/security/secrets/secrets.ts";

const program = fileURLToPath(new URL("../../support/mcp/stdio.ts", import.meta.url));

/** An entry of `mcpServers` for the test server in one of its ways. */
export function stdioEntry(mode: string, more: object = {}) {
  return { command: process.execPath, args: [program, mode], ...more };
}

export interface TestHub extends McpHub {
  /** Resolves when the server is in this state. */
  until(name: string, state: ServerView["status"]["state"]): Promise<ServerView>;
  view(name: string): ServerView;
  readonly disposed: () => number;
}

export function startHub(servers: object, more: Partial<ServerPorts> & { workspace?: object } = {}): TestHub {
  const user: FoundServers = findServers({}, {}, {});
  expectNone(user);
  const found = findServers(JSON.parse(JSON.stringify(servers)), more.workspace ?? {}, process.env);
  const changes = new EventEmitter();
  let disposed = 0;
  const clock: Clock = more.clock ?? systemClock;
  const hub = createMcpHub(found, {
    clock,
    network: { fetch: httpFetch, resolve: async () => ["93.184.216.34"] },
    version: "1.0.0",
    redact: createRedactor().redact,
    program: async (server) => ({
      argv: server.argv,
      env: { PATH: process.env["PATH"] ?? "", ...server.env },
      cwd: process.cwd(),
      dispose: async () => void disposed++,
    }),
    onChange: () => changes.emit("change"),
    ...more,
  });
  onTestFinished(() => hub.close());
  const view = (name: string) => {
    const found = hub.servers().find((server) => server.name === name);
    if (found === undefined) throw new Error(`no server ${name}`);
    return found;
  };
  return {
    ...hub,
    view,
    disposed: () => disposed,
    async until(name, state) {
      while (view(name).status.state !== state) await once(changes, "change");
      return view(name);
    },
  };
}

function expectNone({ servers, problems }: FoundServers): void {
  if (servers.length + problems.length > 0) throw new Error("there are servers without configuration");
}

export const never = new AbortController().signal;
