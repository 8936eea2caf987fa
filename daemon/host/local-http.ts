/** One HTTP request over a connection that somebody else made. */
import { request as httpRequest } from "node:http";
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
    const end = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const request = httpRequest(
      { method, path, headers: { connection: "close", ...headers }, createConnection: () => socket, signal: end },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const finish = () => {
          const given = Object.entries(response.headers);
          const flat = given.map(
            ([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")] as const,
          );
          socket.destroy();
          const whole = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: flat,
            body: whole.subarray(0, maxBytes),
            isCut: size > maxBytes,
          });
        };
        response.on("data", (chunk: Buffer) => {
          if (size <= maxBytes) chunks.push(chunk);
          size += chunk.length;
          if (size > maxBytes) finish();
        });
        response.on("end", finish);
        response.on("error", reject);
      },
    );
    // Whoever made the connection may have paused it.
    request.on("socket", () => socket.resume());
    request.on("error", (error) => {
      socket.destroy();
      if (signal.aborted) reject(signal.reason);
      else reject(end.aborted ? new Error(`no answer in ${timeoutMs / 1000} s`) : error);
    });
    request.end(body);
  });
}
