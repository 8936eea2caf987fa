/**
 * The handshake: the daemon proves first that it knows the token, then the client does, so that neither a stranger's
 * socket nor a stranger's client gets a word of the protocol. HMAC-SHA-256 over the other side's nonce.
 */
import * as z from "zod/mini";
import { request } from "./message.ts";

export const PROTOCOL_VERSION = 1;

export const ClientRole = z.enum(["human", "automation", "agent"]);
/**
 * Who is behind a connection. human: a person at an editor or a terminal, or a command that is itself a decision; only this
 * one may answer approvals. automation: a script. agent: a command that an agent started, which may only look.
 */
export type ClientRole = z.infer<typeof ClientRole>;

export const ClientFace = z.enum(["vscode", "terminal", "lsp", "acp", "mcp", "program"]);
/** How a client reaches the daemon: the editor's extension, the command line, a face, or a program of its own. */
export type ClientFace = z.infer<typeof ClientFace>;

export const Client = z.object({
  name: z.string().check(z.maxLength(80)),
  version: z.string(),
  buildTime: z.int(),
  /** Left out: automation. */
  role: z.optional(ClientRole),
  /** By which of its faces it reaches the daemon; left out: program. */
  face: z.optional(ClientFace),
  /** What people call it: "Neovim 0.7.2". */
  title: z.optional(z.string().check(z.maxLength(80))),
});
/** `buildTime` (ms since 1970) orders builds: a newer client may replace an idle older daemon, never the reverse. */
export type Client = z.infer<typeof Client>;

export const ClientCapabilities = z.object({
  /** The requests of the daemon that the client answers, by name (see “Requests of the daemon”); left out: none. */
  requests: z.optional(z.array(z.string().check(z.maxLength(80))).check(z.maxLength(64))),
});
/** What a client can do for the daemon. */
export type ClientCapabilities = z.infer<typeof ClientCapabilities>;

export const DaemonCapabilities = z.object({
  /** The longest frame that the daemon takes, in bytes; a longer one ends the connection. */
  maxFrameBytes: z.int(),
  /** The most messages of one batch; 0: no batches. */
  maxBatch: z.int(),
  /** The requests that the daemon may send to a client that names them. */
  requests: z.array(z.string()),
  /** What can be watched beside runs: `presence/watch`, `approval/watch`. */
  watches: z.array(z.string()),
});
/** What the daemon offers beyond the first version of the protocol. */
export type DaemonCapabilities = z.infer<typeof DaemonCapabilities>;

const nonce = z.string().check(z.regex(/^[0-9a-f]{32,128}$/, "a nonce is 32 to 128 hexadecimal digits"));

export const handshakeHello = request(
  "handshake/hello",
  "First message of a connection: the client says who it is and challenges the daemon.",
  z.object({ protocolVersion: z.int(), client: Client, nonce, capabilities: z.optional(ClientCapabilities) }),
  z.object({
    nonce,
    proof: z.string(),
    version: z.string(),
    buildTime: z.int(),
    pid: z.int(),
    /** The client's proof must name its role; left out by older daemons. */
    signsRole: z.optional(z.boolean()),
    /** Left out by older daemons. */
    capabilities: z.optional(DaemonCapabilities),
  }),
);

export const handshakeProve = request(
  "handshake/prove",
  "Second message: the client answers the daemon's challenge. Everything else is refused before it.",
  z.object({ proof: z.string() }),
  z.object({ connectionId: z.string() }),
);

/**
 * The bytes that each side signs; the label keeps one side's proof from being replayed as the other's. A client that
 * declares a role signs as `client:<role>`, so that nobody between the two can raise it.
 */
export function proofText(
  side: "daemon" | "client" | `client:${ClientRole}`,
  clientNonce: string,
  daemonNonce: string,
): string {
  return `nexus/${PROTOCOL_VERSION}/${side}/${clientNonce}/${daemonNonce}`;
}
