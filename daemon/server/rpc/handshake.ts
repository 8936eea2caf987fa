/** The daemon's side of the handshake: it proves itself first, then the client must. See protocol/handshake.ts. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Answer, Client, ClientRole, DaemonCapabilities } from "../../../protocol/index.ts";
import {
  handshakeHello,
  handshakeProve,
  MAX_LINE_BYTES,
  nexusError,
  PROTOCOL_VERSION,
  proofText,
  REVERSE_REQUESTS,
} from "../../../protocol/index.ts";
import { parseParams } from "./dispatch.ts";
import { MAX_BATCH } from "./frames.ts";

export interface DaemonIdentity {
  /** Hexadecimal digits; known to the user's own programs only. */
  readonly token: string;
  readonly version: string;
  readonly buildTime: number;
  readonly pid: number;
}

export interface Handshake {
  /** Throws `handshake.version`, `handshake.refused` (a second hello) or `request.invalid`. */
  hello(params: unknown): Answer<"handshake/hello">;
  /** The client, when the proof is right; undefined when it is wrong. A nonce serves one attempt. */
  prove(params: unknown): ProvenClient | undefined;
}

export interface ProvenClient extends Client {
  /** The requests of the daemon that it answers. */
  readonly answers: ReadonlySet<string>;
}

const CAPABILITIES: DaemonCapabilities = {
  maxFrameBytes: MAX_LINE_BYTES,
  maxBatch: MAX_BATCH,
  requests: REVERSE_REQUESTS.map(({ name }) => name),
  watches: ["presence/watch", "approval/watch"],
};

export function createHandshake(identity: DaemonIdentity): Handshake {
  let open: { client: ProvenClient; clientNonce: string; daemonNonce: string } | undefined;
  let greeted = false;
  return {
    hello(params) {
      if (greeted) throw nexusError("handshake.refused", "It said hello twice.");
      greeted = true;
      refuseOtherVersion(params);
      const { client, nonce: clientNonce, capabilities } = parseParams(handshakeHello, params);
      const daemonNonce = randomBytes(32).toString("hex");
      open = { client: { ...client, answers: new Set(capabilities?.requests) }, clientNonce, daemonNonce };
      const proof = hmac(identity.token, proofText("daemon", clientNonce, daemonNonce)).toString("hex");
      const { version, buildTime, pid } = identity;
      return { nonce: daemonNonce, proof, version, buildTime, pid, signsRole: true, capabilities: CAPABILITIES };
    },
    prove(params) {
      if (open === undefined) return undefined;
      const { client, clientNonce, daemonNonce } = open;
      open = undefined;
      const { proof } = parseParams(handshakeProve, params);
      const expected = hmac(identity.token, proofText(sideOf(client), clientNonce, daemonNonce));
      const given = Buffer.from(proof, "hex");
      return given.length === expected.length && timingSafeEqual(given, expected) ? client : undefined;
    },
  };
}

function sideOf({ role }: Client): "client" | `client:${ClientRole}` {
  return role === undefined ? "client" : `client:${role}`;
}

/** Looked at before the rest of the message, which another version may have shaped differently. */
function refuseOtherVersion(params: unknown): void {
  const version =
    typeof params === "object" && params !== null && "protocolVersion" in params && params.protocolVersion;
  if (typeof version === "number" && version !== PROTOCOL_VERSION)
    throw nexusError("handshake.version", `The daemon speaks version ${PROTOCOL_VERSION}, the client ${version}.`);
}

function hmac(token: string, text: string): Buffer {
  return createHmac("sha256", token).update(text).digest();
}
