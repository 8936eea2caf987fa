/** The HTTP half of both scripted servers: reads requests, sends whole answers or events, and misbehaves on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Conversation,
  contentHash,
  createScriptPlayer,
  faultsOf,
  type Misbehaviour,
  type PlannedReply,
  plannedReply,
  type Script,
  type ScriptTurn,
} from "./script.ts";

export type JsonObject = Record<string, unknown>;

/** What distinguishes the providers. */
export interface Wire {
  /** Path of the request that is answered by the script, such as /v1/messages. */
  readonly path: string;
  /** What is appended to the server's address to get the base URL that clients are given. */
  readonly basePath: string;
  readonly idPrefix: string;
  conversationOf(body: JsonObject): Conversation;
  /** The stream: one entry an event, as it goes over the wire. */
  events(reply: PlannedReply, body: JsonObject, faults: Misbehaviour, hash: string): string[];
  /** The answer to a request that asks for no stream. */
  whole(reply: PlannedReply, body: JsonObject, faults: Misbehaviour, hash: string): JsonObject;
  error(status: number | undefined, message: string, type: string | undefined): JsonObject;
  /** An error inside a stream, as it goes over the wire. */
  errorEvent(message: string, type: string | undefined): string;
  isAuthorized(request: IncomingMessage, apiKey: string): boolean;
  models(names: readonly string[]): JsonObject;
}

interface RecordedRequest {
  /** SHA-256 of the body's content. */
  readonly hash: string;
  readonly body: JsonObject;
  readonly headers: IncomingMessage["headers"];
  /** 1, 2, 3 … over all requests. */
  readonly count: number;
  /** Index of the script's turn that answered; -1 when none fitted. */
  readonly turn: number;
  /** Bytes of the answer's body so far. */
  sentBytes: number;
  /** True once the client has hung up before the end. */
  aborted: boolean;
}

export interface ScriptedOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** When given, requests without this key are refused with 401. */
  readonly apiKey?: string;
  /** When given, other models are refused with 404. */
  readonly models?: readonly string[];
  /** Awaited before a request is answered, once it is counted. */
  readonly hold?: (conversation: Conversation) => Promise<void> | undefined;
  /** Milliseconds between events of every reply, so that a person can watch. */
  readonly eventDelayMs?: number;
}

export interface ScriptedServer {
  /** Base URL for clients. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** How often each content was asked for. */
  countByHash(): Map<string, number>;
  /** Turns of the script that nobody asked for. */
  unused(): ScriptTurn[];
  /** Resolves when so many requests have come. */
  waitForRequests(count: number): Promise<void>;
  /** Resolves when a client has hung up on the request with this count. */
  waitForAbort(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function startScriptedServer(
  wire: Wire,
  script: Script,
  options: ScriptedOptions,
): Promise<ScriptedServer> {
  const player = createScriptPlayer(script);
  const requests: RecordedRequest[] = [];
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const check of waiting) check();
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET") return sendJson(response, 200, wire.models(options.models ?? ["scripted"]));
    const text = await bodyOf(request);
    const body: JsonObject = JSON.parse(text);
    if (request.url?.split("?")[0] !== wire.path)
      return sendJson(response, 404, wire.error(404, "Not found", undefined));
    if (options.apiKey !== undefined && !wire.isAuthorized(request, options.apiKey))
      return sendJson(response, 401, wire.error(401, `Incorrect API key provided: ${keyIn(request)}.`, undefined));
    if (options.models !== undefined && !options.models.includes(String(body["model"])))
      return sendJson(response, 404, wire.error(404, `model: ${String(body["model"])} does not exist`, undefined));
    const hash = contentHash(body);
    const picked = player.pick(hash, wire.conversationOf(body));
    const entry = { hash, body, headers: request.headers, count: requests.length + 1, turn: picked?.index ?? -1 };
    const recorded: RecordedRequest = { ...entry, sentBytes: 0, aborted: false };
    requests.push(recorded);
    changed();
    response.on("close", () => {
      recorded.aborted = !response.writableFinished;
      changed();
    });
    await options.hold?.(wire.conversationOf(body));
    if (picked === undefined) {
      const last = wire.conversationOf(body).messages.at(-1)?.text.slice(0, 200);
      return sendJson(
        response,
        400,
        wire.error(400, `the script has no turn for this request (last message: ${last})`, undefined),
      );
    }
    const faults = { eventDelayMs: options.eventDelayMs ?? 0, ...faultsOf(picked) };
    const reply = plannedReply(picked, hash, text.length, wire.idPrefix);
    if (refuse(wire, response, faults, body)) return;
    if (body["stream"] !== true) return sendJson(response, 200, wire.whole(reply, body, faults, hash));
    await sendEvents(response, wire.events(reply, body, faults, hash), { wire, faults, recorded });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendJson(response, 500, wire.error(500, String(error), undefined));
      else response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  function waitFor(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  }

  return {
    url: `http://127.0.0.1:${port}${wire.basePath}`,
    requests,
    countByHash: () =>
      requests.reduce((counts, { hash }) => counts.set(hash, (counts.get(hash) ?? 0) + 1), new Map<string, number>()),
    unused: player.unused,
    waitForRequests: (count) => waitFor(() => requests.length >= count),
    waitForAbort: (count) => waitFor(() => requests[count - 1]?.aborted === true),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function keyIn(request: IncomingMessage): string {
  return String(request.headers["x-api-key"] ?? request.headers.authorization?.replace("Bearer ", "") ?? "");
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: JsonObject,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

/** Answers in a way that is no answer; false when nothing of the kind is wanted. */
function refuse(wire: Wire, response: ServerResponse, faults: Misbehaviour, body: JsonObject): boolean {
  const { status, message = "scripted failure", errorType, retryAfter, rejectParameter } = faults;
  const headers = { ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }), ...faults.headers };
  if (faults.closeConnection === true) response.destroy();
  else if (faults.garbage === true) response.socket?.end("\u0000\u0001 this is no HTTP\r\n\r\n");
  else if (faults.html === true)
    response.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><html><body>Sign in</body></html>");
  else if (rejectParameter !== undefined && rejectParameter in body)
    sendJson(
      response,
      400,
      wire.error(400, `Unsupported parameter: '${rejectParameter}' is not supported.`, undefined),
    );
  else if (status !== undefined && faults.body !== undefined) response.writeHead(status, headers).end(faults.body);
  else if (status !== undefined) sendJson(response, status, wire.error(status, message, errorType), headers);
  else return false;
  return true;
}

interface EventsContext {
  readonly wire: Wire;
  readonly faults: Misbehaviour;
  readonly recorded: RecordedRequest;
}

async function sendEvents(response: ServerResponse, planned: string[], context: EventsContext): Promise<void> {
  const { faults, recorded } = context;
  const { stallAfterEvents, cutAfterEvents, cutAfterBytes = Number.POSITIVE_INFINITY } = faults;
  if (stallAfterEvents === 0) return;
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  response.flushHeaders();
  for (const [index, event] of eventsToSend(planned, context).entries()) {
    if (index === stallAfterEvents) return;
    if (index === cutAfterEvents) return cut(response, faults);
    const bytes = Buffer.from(event);
    const room = cutAfterBytes - recorded.sentBytes;
    await write(response, bytes.subarray(0, Math.min(bytes.length, room)));
    recorded.sentBytes += Math.min(bytes.length, room);
    if (bytes.length >= room) return cut(response, faults);
    if ((faults.eventDelayMs ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, faults.eventDelayMs));
    if (response.destroyed) return;
  }
  if (faults.keepOpen !== true) response.end();
}

function eventsToSend(planned: string[], { wire, faults }: EventsContext): string[] {
  const { errorAfterEvents, message = "Overloaded", errorType } = faults;
  const events =
    errorAfterEvents === undefined
      ? planned
      : [...planned.slice(0, errorAfterEvents), wire.errorEvent(message, errorType)];
  const damaged = faults.malformedEvent === true ? events.toSpliced(1, 0, 'data: {"broken": \n\n') : events;
  return faults.duplicateEvents === true ? damaged.flatMap((event) => [event, event]) : damaged;
}

function cut(response: ServerResponse, faults: Misbehaviour): void {
  if (faults.reset === true) response.destroy();
  else response.end();
}

function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (response.destroyed || bytes.length === 0) return Promise.resolve();
  return new Promise((resolve) => {
    response.write(bytes, () => resolve());
  });
}
