/** Clients of the older revision over HTTP: each has a session, whose id its requests carry. Bounded, and ended when idle. */
import { randomUUID } from "node:crypto";
import { isInitializeRequest, WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { type ClientServer, createMcpServer, type ServerOptions } from "./server.ts";

export interface Sessions {
  handle(request: Request, options: { readonly parsedBody?: unknown }): Promise<Response>;
  close(): Promise<void>;
}

interface Session {
  readonly client: ClientServer;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  lastUsed: number;
  /** Requests under way, open streams among them. */
  open: number;
}

const MOST_SESSIONS = 32;
const IDLE_MS = 30 * 60_000;
const LOOK_MS = 60_000;

export function createSessions(options: ServerOptions, onerror: (error: Error) => void): Sessions {
  const { clock } = options;
  const sessions = new Map<string, Session>();
  let stopLooking: () => void = () => undefined;

  function look(): void {
    for (const [id, { open, lastUsed }] of sessions) if (open === 0 && clock.monotonic() - lastUsed > IDLE_MS) drop(id);
    stopLooking = sessions.size === 0 ? () => undefined : clock.timer(LOOK_MS, look);
  }

  function drop(id: string): void {
    const session = sessions.get(id);
    sessions.delete(id);
    session?.client.close();
    session?.client.server.close().catch(() => undefined);
  }

  /** Of the sessions that nobody uses right now, the one that was used longest ago makes room. */
  function makeRoom(): boolean {
    if (sessions.size < MOST_SESSIONS) return true;
    const idle = [...sessions].filter(([, { open }]) => open === 0).toSorted(([, a], [, b]) => a.lastUsed - b.lastUsed);
    const [oldest] = idle;
    if (oldest === undefined) return false;
    drop(oldest[0]);
    return true;
  }

  async function begin(): Promise<Session> {
    const client = createMcpServer(options, "legacy", { lasting: true });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized(id) {
        sessions.set(id, session);
        stopLooking();
        look();
      },
      onsessionclosed: drop,
    });
    const session: Session = { client, transport, lastUsed: clock.monotonic(), open: 0 };
    client.server.server.onerror = onerror;
    await client.server.connect(transport);
    return session;
  }

  async function sessionFor(request: Request, body: unknown): Promise<Session | Response> {
    const id = request.headers.get("mcp-session-id");
    const known = id === null ? undefined : sessions.get(id);
    if (known !== undefined) return known;
    if (id !== null) return failed(404, "There is no such session, or it has ended. Begin a new one.");
    const begins = request.method === "POST" && [body].flat().some((message) => isInitializeRequest(message));
    if (!begins) return failed(400, "A session begins with initialize.");
    return makeRoom() ? begin() : failed(503, "Too many sessions are in use.");
  }

  return {
    async handle(request, handling) {
      const session = await sessionFor(request, handling.parsedBody);
      if (session instanceof Response) return session;
      session.open += 1;
      const done = () => {
        session.open -= 1;
        session.lastUsed = clock.monotonic();
      };
      request.signal.addEventListener("abort", done, { once: true });
      const response = await session.transport.handleRequest(request, handling);
      // A first message that the transport refused has begun no session.
      if (session.transport.sessionId === undefined) session.client.close();
      return response;
    },
    async close() {
      stopLooking();
      for (const id of [...sessions.keys()]) drop(id);
    },
  };
}

function failed(status: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", id: null, error: { code: -32000, message } }, { status });
}
