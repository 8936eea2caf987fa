/** Nexus as an A2A agent: its cards, and JSON-RPC, on the loopback interface, for whoever has the token. */
import type { AgentCard } from "../../../../protocol/index.ts";
import { validate } from "../../../../protocol/validate.ts";
import type { Clock } from "../../../host/clock.ts";
import { type HttpReply, type HttpRequest, listenHttp } from "../../../host/http-server.ts";
import type { Log } from "../../../observability/log.ts";
import type { AgentDirectory } from "../../../orchestration/agent-directory.ts";
import type { RunService } from "../../../orchestration/run-service.ts";
import { refusalOf } from "../bearer.ts";
import { Envelope, FAULTS, OLD_NAMES } from "./messages.ts";
import { type Call, createMethods, faultOf, type Methods } from "./methods.ts";

export interface A2aOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly token: string;
  readonly workspace: string;
  readonly version: string;
  readonly agents: Pick<AgentDirectory, "cards">;
  readonly service: RunService;
  readonly isOwn: (runId: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface A2aServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 512 * 1024;
const CARD = "/.well-known/agent-card.json";
const ONE_CARD = /^\/agents\/([a-z][a-z0-9-]{0,59})\/agent-card\.json$/;
const ENDPOINT = "/a2a";
const JSON_TYPE = { "content-type": "application/json" };

/** Rejects with the system's error when the port is taken. */
export async function startA2a(options: A2aOptions): Promise<A2aServer> {
  const methods = createMethods(options);
  let port = options.port;
  const server = await listenHttp({
    port,
    maxBodyBytes: MAX_BODY_BYTES,
    admit: (request) => refusalOf(request, { token: options.token, port, page: "docs/a2a.md", allowsOwnOrigin: false }),
    handle: (request) => route(options, methods, `http://127.0.0.1:${port}`, request),
    onError: (error) => options.log.write("error", "an A2A request failed inside Nexus", { error }),
  });
  port = server.port;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function route(options: A2aOptions, methods: Methods, url: string, request: HttpRequest): Promise<HttpReply> {
  const path = request.target.split("?", 1)[0] ?? "";
  if (request.method === "GET" || request.method === "HEAD") return cardReply(options, url, path);
  if (request.method !== "POST") return { status: 405, headers: { allow: "GET, POST" }, body: "" };
  if (path !== ENDPOINT && path !== "/") return { status: 404, body: `JSON-RPC is at ${ENDPOINT}.\n` };
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") return { status: 415, body: "The body must be application/json.\n" };
  return rpcReply(options, methods, request);
}

async function cardReply(options: A2aOptions, url: string, path: string): Promise<HttpReply> {
  const name = ONE_CARD.exec(path)?.[1];
  if (path !== CARD && name === undefined) return { status: 404, body: `The card is at ${CARD}.\n` };
  const { workspace, version } = options;
  const cards = await options.agents.cards(workspace, { version, url: `${url}${ENDPOINT}` });
  const card: AgentCard | undefined = name === undefined ? cards.all : cards.of(name);
  if (card === undefined) return { status: 404, body: "There is no such agent.\n" };
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(card) };
}

type Id = Envelope["id"];

async function rpcReply(options: A2aOptions, methods: Methods, request: HttpRequest): Promise<HttpReply> {
  let value: unknown;
  try {
    value = JSON.parse(request.body);
  } catch {
    return failed(null, FAULTS.parse);
  }
  const envelope = validate(Envelope, value);
  if (!envelope.ok) return failed(null, FAULTS.invalid);
  const { id = null, method, params } = envelope.value;
  const name = OLD_NAMES[method] ?? method;
  const call: Call = { params, dialect: name === method ? "1.0" : "0.3", signal: request.signal };
  try {
    if (name === "SendStreamingMessage" || name === "SubscribeToTask") {
      const results = await methods.stream(name, call);
      const headers = { "content-type": "text/event-stream; charset=utf-8" };
      return { status: 200, headers, stream: eventsOf(results, id) };
    }
    const known = Object.hasOwn(methods.answer, name) ? methods.answer[name] : undefined;
    if (known === undefined) return failed(id, FAULTS.unknownMethod);
    return answered({ jsonrpc: "2.0", id, result: await known(call) });
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) options.log.write("error", "an A2A request failed inside Nexus", { error });
    return failed(id, fault ?? FAULTS.internal);
  }
}

async function* eventsOf(results: AsyncIterable<unknown>, id: Id): AsyncGenerator<string> {
  for await (const result of results) yield `data: ${JSON.stringify({ jsonrpc: "2.0", id, result })}\n\n`;
}

/** JSON-RPC tells of failures in the body; the request itself was served. */
function failed(id: Id, error: { readonly code: number; readonly message: string }): HttpReply {
  return answered({ jsonrpc: "2.0", id, error });
}

function answered(value: object): HttpReply {
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(value) };
}
