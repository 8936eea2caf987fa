/** One HTTP request over a connection that somebody else made. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

export interface LocalRequest {
  readonly method: string;
  /** With its query; begins with a slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs: number;
  /** Of the answer's body; what is more is dropped. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface LocalAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly isCut: boolean;
}

/** Rejects with the signal's reason, and where the answer breaks off or takes too long. No redirect is followed. */
export function requestOver(socket: Socket, options: LocalRequest): Promise<LocalAnswer> {
  const { method, path, headers, body, timeoutMs, maxBytes, signal } = options;
  return new Promise((resolve, reject) => {
    const own = { connection: "close", ...headers };
    const request = httpRequest({ method, path, headers: own, createConnection: () => socket });
    const fail = (error: unknown) => {
      end();
      reject(signal.aborted ? signal.reason : error);
    };
    const timer = setTimeout(() => fail(new Error(`no answer in ${timeoutMs / 1000} s`)), timeoutMs);
    const abort = () => fail(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      request.destroy();
      socket.destroy();
    }
    request.on("error", fail);
    request.on("close", () => fail(new Error("the connection was closed without an answer")));
    // Whoever made the connection may have paused it.
    request.on("socket", () => socket.resume());
    request.on("response", (response) => {
      collect(response, maxBytes).then((read) => {
        const given = Object.entries(response.headers);
        const flat = given.map(([name, value]) => [name, [value ?? ""].flat().join(", ")] as const);
        end();
        resolve({ status: response.statusCode ?? 0, headers: flat, ...read });
      }, fail);
    });
    request.end(body);
  });
}

/** Resolves as soon as there is more than is kept. */
function collect(response: IncomingMessage, maxBytes: number): Promise<Pick<LocalAnswer, "body" | "isCut">> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = () => resolve({ body: Buffer.concat(chunks).subarray(0, maxBytes), isCut: size > maxBytes });
    response.on("data", (chunk: Buffer) => {
      if (size <= maxBytes) chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) finish();
    });
    response.on("end", finish);
    response.on("error", reject);
  });
}
