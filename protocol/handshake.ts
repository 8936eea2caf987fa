/**
 * The handshake: the daemon proves first that it knows the token, then the client does, so that neither a stranger's
 * socket nor a stranger's client gets a word of the protocol. HMAC-SHA-256 over the other side's nonce.
 */
import * as z from "zod/mini";
import { request } from "./message.ts";

export const PROTOCOL_VERSION = 1;

export const Client = z.object({ name: z.string().check(z.maxLength(80)), version: z.string(), buildTime: z.int() });
/** `buildTime` (ms since 1970) orders builds: a newer client may replace an idle older daemon, never the reverse. */
export type Client = z.infer<typeof Client>;

const nonce = z.string().check(z.regex(/^[0-9a-f]{32,128}$/, "a nonce is 32 to 128 hexadecimal digits"));

export const handshakeHello = request(
  "handshake/hello",
  "First message of a connection: the client says who it is and challenges the daemon.",
  z.object({ protocolVersion: z.int(), client: Client, nonce }),
  z.object({ nonce, proof: z.string(), version: z.string(), buildTime: z.int(), pid: z.int() }),
);

export const handshakeProve = request(
  "handshake/prove",
  "Second message: the client answers the daemon's challenge. Everything else is refused before it.",
  z.object({ proof: z.string() }),
  z.object({ connectionId: z.string() }),
);

/** The bytes that each side signs; the label keeps one side's proof from being replayed as the other's. */
export function proofText(side: "daemon" | "client", clientNonce: string, daemonNonce: string): string {
  return `nexus/${PROTOCOL_VERSION}/${side}/${clientNonce}/${daemonNonce}`;
}
