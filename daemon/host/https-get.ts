/** One GET over TLS from an address that somebody looked at before, with a cap on bytes and time. */
import { request } from "node:https";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

export interface HttpsGet {
  readonly url: URL;
  /** Where to connect; the name in the URL is what the certificate must be for. */
  readonly address: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the whole answer, from the first byte sent to the last received. */
  readonly timeoutMs: number;
  /** Of the body, after it was unpacked. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** For tests: a certificate authority of their own. */
  readonly ca?: string;
}

export interface HttpsAnswer {
  readonly status: number;
  readonly type: string;
  readonly location: string | undefined;
  readonly body: Buffer;
}

/** Resolves with the answer, redirects included. Rejects when it is too large, too slow, cut off or cancelled. */
export function httpsGet(get: HttpsGet): Promise<HttpsAnswer> {
  const { url, address, port, headers, timeoutMs, signal, ca } = get;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      method: "GET",
      host: address,
      port,
      path: url.pathname + url.search,
      servername: url.hostname,
      headers: { ...headers, host: url.host, "accept-encoding": "gzip, br" },
      agent: false,
      signal,
      ...(ca === undefined ? {} : { ca }),
    });
    const timer = setTimeout(() => fail(new Error(`no whole answer in ${timeoutMs} ms`)), timeoutMs);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      outgoing.destroy();
      reject(signal.aborted ? signal.reason : error);
    };
    outgoing.on("error", fail);
    outgoing.on("response", (response) => {
      const { statusCode: status = 0, headers: received } = response;
      const facts = { status, type: received["content-type"] ?? "", location: received.location };
      const declared = Number(received["content-length"] ?? 0);
      if (declared > get.maxBytes) return fail(tooLarge(get.maxBytes));
      const body = unpacked(response, received["content-encoding"]);
      response.on("error", fail);
      // A connection that ends early is no error of the stream behind it.
      response.on("aborted", () => fail(new Error("the answer was cut off")));
      collect(body, response, get.maxBytes).then((bytes) => {
        clearTimeout(timer);
        outgoing.destroy();
        resolve({ ...facts, body: bytes });
      }, fail);
    });
    outgoing.end();
  });
}

function unpacked(response: Readable, encoding: string | undefined): Readable {
  switch (encoding?.toLowerCase()) {
    case undefined:
    case "identity":
      return response;
    case "gzip":
    case "x-gzip":
      return response.pipe(createGunzip());
    case "br":
      return response.pipe(createBrotliDecompress());
    case "deflate":
      return response.pipe(createInflate());
    default:
      response.destroy(new Error(`the encoding ${encoding?.slice(0, 40)} is not known`));
      return response;
  }
}

function collect(body: Readable, packed: Readable, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let packedLength = 0;
    if (packed !== body)
      packed.on("data", (chunk: Buffer) => {
        packedLength += chunk.length;
        if (packedLength > maxBytes) reject(tooLarge(maxBytes));
      });
    body.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        body.destroy();
        reject(tooLarge(maxBytes));
      } else chunks.push(chunk);
    });
    body.on("end", () => resolve(Buffer.concat(chunks)));
    body.on("error", reject);
  });
}

function tooLarge(maxBytes: number): Error {
  return new Error(`the answer has more than ${maxBytes} bytes`);
}
