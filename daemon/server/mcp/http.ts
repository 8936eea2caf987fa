/** MCP over Streamable HTTP on the loopback interface, for whoever has the token: both revisions at one address. */
import { createMcpHandler, isLegacyRequest, type McpHttpHandler } from "@modelcontextprotocol/server";
import { type HttpReply, type HttpRequest, listenHttp } from "../../host/http-server.ts";
import type { Log } from "../../observability/log.ts";
import { refusalOf } from "../http/bearer.ts";
import { isTooDeep } from "../nesting.ts";
import type { Desk } from "./desk.ts";
import { listenedUris } from "./overheard.ts";
import { createMcpServer, type ServerOptions } from "./server.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createSubscriptions, type Subscriptions } from "./subscriptions.ts";

export interface McpHttpOptions {
  readonly server: ServerOptions;
  /** 0: any free one. */
  readonly port: number;
  readonly token: string;
  readonly log: Log;
}

export interface McpHttp {
  /** `http://127.0.0.1:PORT/mcp`. */
  readonly url: string;
  close(): Promise<void>;
}

const ENDPOINT = "/mcp";
const MOST_BODY_BYTES = 1024 * 1024;
const MOST_LISTENING = 100;

interface Parts {
  readonly modern: McpHttpHandler;
  readonly sessions: Sessions;
  readonly subscriptions: Subscriptions;
}

/** Rejects with the system's error when the port is taken. */
export async function startMcpHttp({ server: options, port: wanted, token, log }: McpHttpOptions): Promise<McpHttp> {
  const onerror = (error: Error) => log.write("debug", "an MCP request was refused", { error });
  const modern = createMcpHandler(() => createMcpServer(options, "modern", { lasting: false }).server, {
    legacy: "reject",
    maxSubscriptions: MOST_LISTENING,
    onerror,
  });
  const desk: Desk = { ...options, folders: () => options.folders, asksPerson: options.allowed.has("approvals") };
  const subscriptions = createSubscriptions(desk, {
    resource: (uri) => modern.notify.resourceUpdated(uri),
    list: () => modern.notify.resourcesChanged(),
  });
  const sessions = createSessions(options, onerror);
  const parts = { modern, sessions, subscriptions };
  let port = wanted;
  const server = await listenHttp({
    port,
    maxBodyBytes: MOST_BODY_BYTES,
    admit: (request) => refusalOf(request, { token, port, page: "docs/mcp-server.md", allowsOwnOrigin: true }),
    handle: (request) => route(parts, `http://127.0.0.1:${port}`, request),
    onError: (error) => log.write("error", "an MCP request failed inside Nexus", { error }),
  });
  port = server.port;
  return {
    url: `http://127.0.0.1:${port}${ENDPOINT}`,
    async close() {
      subscriptions.close();
      await Promise.all([modern.close(), sessions.close()]);
      await server.close();
    },
  };
}

async function route(parts: Parts, base: string, request: HttpRequest): Promise<HttpReply> {
  const path = request.target.split("?", 1)[0] ?? "";
  if (path !== ENDPOINT) return { status: 404, body: `MCP is at ${ENDPOINT}.\n` };
  if (!["GET", "POST", "DELETE"].includes(request.method))
    return { status: 405, headers: { allow: "GET, POST, DELETE" }, body: "" };
  const isPost = request.method === "POST";
  const body = isPost ? parsedBody(request.body) : { value: undefined };
  if (body === undefined) return failed(-32700, "This is not JSON, or it is nested too deeply.");
  const asked = new Request(`${base}${request.target}`, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    ...(isPost ? { body: request.body } : {}),
  });
  const options = isPost ? { parsedBody: body.value } : {};
  if (await isLegacyRequest(asked, body.value))
    return replyOf(await parts.sessions.handle(asked, options), request.signal);
  listen(parts.subscriptions, body.value, request.signal);
  return replyOf(await parts.modern.fetch(asked, options), request.signal);
}

function parsedBody(text: string): { readonly value: unknown } | undefined {
  if (isTooDeep(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** As long as the client listens, the runs that it wants to hear of are watched. */
function listen(subscriptions: Subscriptions, message: unknown, signal: AbortSignal): void {
  const listened = listenedUris(message);
  if (listened === undefined) return;
  const key = Symbol("listening");
  subscriptions.add(key, listened.uris, { wasToldBefore: true }).catch(() => undefined);
  signal.addEventListener("abort", () => subscriptions.remove(key), { once: true });
}

async function replyOf(response: Response, signal: AbortSignal): Promise<HttpReply> {
  const { status, body } = response;
  const headers = Object.fromEntries(response.headers);
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (body === null || !isStream) return { status, headers, body: await response.text() };
  return { status, headers, stream: pieces(body, signal) };
}

/** Ends as soon as the client has gone, not with the next piece. */
async function* pieces(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const cancel = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

function failed(code: number, message: string): HttpReply {
  const body = JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message } });
  return { status: 400, headers: { "content-type": "application/json" }, body };
}
