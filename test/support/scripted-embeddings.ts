/**
 * A server of embeddings, over real HTTP on the loopback address: OpenAI's /v1/embeddings and Ollama's /api/embed. Equal
 * texts get equal vectors, texts that share words near ones. It misbehaves when told so, one fault a request.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type EmbeddingsFault =
  | { readonly status: number; readonly retryAfter?: string; readonly message?: string }
  | {
      readonly answer:
        | "nan"
        | "null"
        | "huge number"
        | "short vector"
        | "one too few"
        | "one too many"
        | "twice the same index"
        | "index out of range"
        | "strings"
        | "no list"
        | "truncated"
        | "web page"
        | "empty";
    }
  | { readonly connection: "hang" | "close" | "cut" };

export interface ScriptedEmbeddingsOptions {
  readonly dimensions?: number;
  readonly apiKey?: string;
  readonly models?: readonly string[];
  /** Sends the vectors in another order than the texts, as the protocol allows. */
  readonly shuffled?: boolean;
}

export interface ScriptedEmbeddings {
  /** For OpenAI's protocol. */
  readonly url: string;
  readonly ollamaUrl: string;
  /** Texts of each request, in order of arrival. */
  readonly requests: readonly { readonly texts: readonly string[]; readonly path: string }[];
  /** Faults of the next requests, first come first served. */
  readonly faults: EmbeddingsFault[];
  /** Called when a request has come, before it is answered. */
  onRequest: (() => void) | undefined;
  onHeaders: ((headers: IncomingHttpHeaders) => void) | undefined;
  /** Requests are answered when this is resolved. */
  gate: Promise<void> | undefined;
  /** Resolves when a client has hung up on an unanswered request. */
  readonly hungUp: Promise<void>;
  close(): Promise<void>;
}

export async function startScriptedEmbeddings(options: ScriptedEmbeddingsOptions = {}): Promise<ScriptedEmbeddings> {
  const requests: { texts: readonly string[]; path: string }[] = [];
  const faults: EmbeddingsFault[] = [];
  const hungUp = Promise.withResolvers<void>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const path = request.url ?? "";
    const texts: string[] = Array.isArray(body.input) ? body.input : [body.input];
    requests.push({ texts, path });
    response.on("close", () => {
      if (!response.writableFinished) hungUp.resolve();
    });
    server.onHeaders?.(request.headers);
    server.onRequest?.();
    const fault = faults.shift();
    await server.gate;
    if (fault !== undefined && "connection" in fault) return misconnect(fault.connection, response);
    if (fault !== undefined && "status" in fault) return refuse(response, fault);
    if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`)
      return refuse(response, { status: 401, message: `Incorrect API key provided: ${request.headers.authorization}` });
    if (options.models?.includes(body.model) === false)
      return refuse(response, { status: 404, message: `model "${body.model}" not found` });
    const size = body.dimensions ?? options.dimensions ?? 8;
    sendVectors(
      response,
      texts.map((text) => vectorOf(text, size)),
      { isOllama: path === "/api/embed", fault: fault?.answer, shuffled: options.shuffled === true },
    );
  }

  const http = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: ScriptedEmbeddings = {
    url: `${address}/v1`,
    ollamaUrl: address,
    requests,
    faults,
    onRequest: undefined,
    onHeaders: undefined,
    gate: undefined,
    hungUp: hungUp.promise,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

/** The sum of one pseudo-random direction a word; not of unit length. */
export function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? ["nothing"]) {
    const bytes = createHash("sha256").update(word).digest();
    for (let index = 0; index < dimensions; index++)
      vector[index] = (vector[index] ?? 0) + ((bytes[index % 32] ?? 0) - 127.5) / 127.5;
  }
  return vector;
}

function misconnect(kind: "hang" | "close" | "cut", response: ServerResponse): void {
  if (kind === "close") response.destroy();
  if (kind !== "cut") return;
  response.writeHead(200, { "content-type": "application/json", "content-length": "5000" });
  response.write('{"data": [', () => response.destroy());
}

function refuse(response: ServerResponse, fault: { status: number; retryAfter?: string; message?: string }): void {
  const headers = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
  response.writeHead(fault.status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ error: { message: fault.message ?? "scripted failure", type: "scripted" } }));
}

interface Sending {
  readonly isOllama: boolean;
  readonly shuffled: boolean;
  readonly fault: string | undefined;
}

function sendVectors(response: ServerResponse, vectors: number[][], { isOllama, shuffled, fault }: Sending): void {
  const damaged = damage(vectors, fault);
  const entries = damaged.map((embedding, index) => ({ object: "embedding", index, embedding }));
  const [first] = entries;
  if (fault === "twice the same index") for (const entry of entries) entry.index = 0;
  if (fault === "index out of range" && first !== undefined) first.index = 99;
  if (shuffled) entries.reverse();
  const answer = isOllama
    ? { model: "scripted", embeddings: damaged }
    : { object: "list", data: entries, usage: { prompt_tokens: 1, total_tokens: 1 } };
  const text = fault === "no list" ? '{"data": 3, "embeddings": 3}' : JSON.stringify(answer);
  response.writeHead(200, { "content-type": fault === "web page" ? "text/html" : "application/json" });
  if (fault === "web page") response.end("<!doctype html><html>Sign in</html>");
  else if (fault === "empty") response.end("");
  else if (fault === "truncated") response.end(text.slice(0, text.length / 2));
  // What Python's json writes for a number that is none.
  else if (fault === "nan") response.end(text.replace(/-?\d+\.\d+/, "NaN"));
  else response.end(text);
}

function damage(vectors: number[][], fault: string | undefined): unknown[] {
  const [first = [], ...rest] = vectors;
  if (fault === "null") return [[null, ...first.slice(1)], ...rest];
  if (fault === "huge number") return [[1e308, ...first.slice(1)], ...rest];
  if (fault === "short vector") return [first.slice(1), ...rest];
  if (fault === "one too few") return rest;
  if (fault === "one too many") return [first, ...vectors];
  if (fault === "strings") return [first.map(String), ...rest];
  return vectors;
}
