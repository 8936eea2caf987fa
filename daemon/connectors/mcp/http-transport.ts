/** Talks to a server over HTTP: https or this machine, never an address of the network around it, no redirect to another origin. */
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Resolve } from "../../host/dns.ts";
import type { HttpFetch } from "../../host/http.ts";
import { isPublicAddress } from "../../security/addresses.ts";
import { type HttpServer, isLoopback } from "./config.ts";

const MAX_BODY_BYTES = 8 * 1024 * 1024;

export interface Network {
  readonly fetch: HttpFetch;
  readonly resolve: Resolve;
}

export function createHttpTransport({ url, headers }: HttpServer, network: Network): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers } },
    fetch: guardedFetch(new URL(url), network),
    reconnectionOptions: {
      initialReconnectionDelay: 1000,
      maxReconnectionDelay: 30_000,
      reconnectionDelayGrowFactor: 2,
      maxRetries: 3,
    },
  });
}

/** Only to the origin that was configured, only while it is where it may be, and only answers of a bounded size. */
function guardedFetch(base: URL, { fetch: request, resolve }: Network): FetchLike {
  return async (target, init) => {
    const url = new URL(target);
    if (url.origin !== base.origin) throw new Error(`${url.origin} is not the configured ${base.origin}.`);
    if (!isLoopback(url)) await checkAddresses(url, resolve);
    return bounded(await request(url.href, init ?? {}));
  };
}

/**
 * A name could still point elsewhere a moment later; then the certificate, which is for the name, does not fit, because
 * only https gets here.
 */
async function checkAddresses({ hostname }: URL, resolve: Resolve): Promise<void> {
  const literal = hostname.replace(/^\[|\]$/g, "");
  const isLiteral = hostname.startsWith("[") || /^[\d.]+$/.test(hostname);
  const addresses = isLiteral ? [literal] : await resolve(hostname);
  const own = addresses.find((address) => !isPublicAddress(address));
  if (own !== undefined || addresses.length === 0)
    throw new Error(`${hostname} leads to ${own ?? "nothing"}, which is not an address of the internet.`);
}

/** At most so many bytes in one answer; of a stream of events, which may go on for hours, in one event. */
function bounded(response: Response): Response {
  if (response.body === null || [204, 205, 304].includes(response.status)) return response;
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  let bytes = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) controller.error(new Error(`It answered with more than ${MAX_BODY_BYTES} bytes.`));
      else controller.enqueue(chunk);
      if (isStream && endsEvent(chunk)) bytes = 0;
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(limit), { status, statusText, headers });
}

function endsEvent(chunk: Uint8Array): boolean {
  const text = Buffer.from(chunk).toString("latin1");
  return text.endsWith("\n\n") || text.endsWith("\r\n\r\n") || text.endsWith("\r\r");
}
