/** The servers of one workspace. */
import type { McpAnswer } from "./answer.ts";
import type { FoundServers } from "./config.ts";
import { type ServerLife, type ServerPorts, type ServerView, startServer } from "./server.ts";

export interface McpHub {
  /** Every server with its state and tools, those that cannot be used too. */
  servers(): readonly ServerView[];
  /** Resolves when each server is ready or has failed, or this time is over: a hung one keeps nobody. */
  settled(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Rejects when the server is unknown or gone, took too long, or the signal aborted. */
  call(server: string, tool: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<McpAnswer>;
  close(): Promise<void>;
}

/** Starts all of them side by side, in the background. */
export function createMcpHub({ servers, problems }: FoundServers, ports: ServerPorts): McpHub {
  const lives = new Map<string, ServerLife>(servers.map((server) => [server.name, startServer(server, ports)]));
  const useless: ServerView[] = problems.map(({ name, source, problem }) => ({
    name,
    source,
    target: "",
    timeoutMs: 0,
    status: { state: "failed", problem },
    definitions: { tools: [], refused: [] },
  }));
  return {
    servers: () => [...[...lives.values()].map((life) => life.view()), ...useless],
    async settled(milliseconds, signal) {
      const all = Promise.all([...lives.values()].map((life) => life.settled()));
      const over = new AbortController();
      const time = ports.clock.sleep(milliseconds, AbortSignal.any([signal, over.signal])).catch(() => undefined);
      await Promise.race([all, time]);
      over.abort();
    },
    async call(server, tool, input, signal) {
      const life = lives.get(server);
      if (life === undefined) throw new Error(`There is no MCP server ${server}.`);
      return life.call(tool, input, signal);
    },
    async close() {
      await Promise.all([...lives.values()].map((life) => life.close()));
    },
  };
}
