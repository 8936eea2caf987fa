/** One server through its life: started in the background, started again when it breaks, left alone when it keeps breaking. */
import type { Clock } from "../../host/clock.ts";
import type { McpAnswer } from "./answer.ts";
import type { McpServer, ServerSource } from "./config.ts";
import type { Definitions } from "./definition.ts";
import type { LinkPorts, McpLink } from "./link.ts";

export type ServerState =
  | { readonly state: "connecting" | "ready" }
  /** It is started again after a while; or, when it failed too often, no more. */
  | { readonly state: "waiting" | "failed"; readonly problem: string };

export interface ServerView {
  readonly name: string;
  readonly source: ServerSource;
  /** What it is: the command in full, or the address. */
  readonly target: string;
  /** Of one call. */
  readonly timeoutMs: number;
  readonly status: ServerState;
  readonly definitions: Definitions;
}

export interface ServerLife {
  view(): ServerView;
  /** Resolves when it is ready or has failed once. */
  settled(): Promise<void>;
  call(tool: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<McpAnswer>;
  close(): Promise<void>;
}

export type OpenLink = (server: McpServer, ports: LinkPorts, signal: AbortSignal) => Promise<McpLink>;

export interface ServerPorts extends Omit<LinkPorts, "clock" | "onClosed"> {
  readonly clock: Clock;
  readonly redact: (text: string) => string;
  /** A server's state is another now. */
  readonly onChange?: () => void;
}

const FIRST_DELAY_MS = 1000;
const MOST_TRIES = 5;
/** One that ran so long before it broke begins its tries anew. */
const STEADY_MS = 60_000;
const NOTHING: Definitions = { tools: [], refused: [] };
/** Of a program's own words. */
const MAX_PROBLEM = 500;

export function startServer(server: McpServer, ports: ServerPorts): ServerLife {
  const { clock } = ports;
  const stop = new AbortController();
  const first = Promise.withResolvers<void>();
  let link: McpLink | undefined;
  let status: ServerState = { state: "connecting" };
  let tries = 0;
  let readyAt = 0;
  let cancelTimer = () => {};

  function become(next: ServerState): void {
    status = next;
    ports.onChange?.();
  }

  async function connect(): Promise<void> {
    status = { state: "connecting" };
    try {
      // The SDK is loaded when the first server is.
      const { openLink } = await import("./link.ts");
      const opened = await openLink(server, { ...ports, onClosed: broke }, stop.signal);
      if (stop.signal.aborted) return await opened.close();
      link = opened;
      readyAt = clock.monotonic();
      become({ state: "ready" });
    } catch (error) {
      broke(error instanceof Error ? error.message : String(error));
    } finally {
      first.resolve();
    }
  }

  function broke(problem: string): void {
    if (stop.signal.aborted) return;
    if (link !== undefined && clock.monotonic() - readyAt > STEADY_MS) tries = 0;
    link = undefined;
    tries++;
    const told = ports.redact(problem).trim().slice(-MAX_PROBLEM);
    if (tries < MOST_TRIES) cancelTimer = clock.timer(FIRST_DELAY_MS * 2 ** (tries - 1), again);
    become({ state: tries < MOST_TRIES ? "waiting" : "failed", problem: told });
  }

  function again(): void {
    working = connect();
  }

  let working = connect();
  return {
    view: () => ({ ...viewOf(server), status, definitions: link?.definitions() ?? NOTHING }),
    settled: () => first.promise,
    async call(tool, input, signal) {
      if (link === undefined) throw new Error(`The MCP server ${server.name} does not run${whyNot(status)}.`);
      return link.call(tool, input, AbortSignal.any([signal, stop.signal]));
    },
    async close() {
      stop.abort(new Error("The server was stopped."));
      cancelTimer();
      await working;
      await link?.close();
    },
  };
}

function viewOf(server: McpServer): Pick<ServerView, "name" | "source" | "target" | "timeoutMs"> {
  const { name, source, timeoutMs } = server;
  return { name, source, timeoutMs, target: server.kind === "http" ? server.url : JSON.stringify(server.argv) };
}

function whyNot(status: ServerState): string {
  return "problem" in status ? `: ${status.problem}` : " yet";
}
