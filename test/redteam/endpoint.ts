/** Attacks on the daemon's own door: strangers, garbage, floods, and answers that nobody may give. */
import { createHmac, randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { openRaw, type RawClient } from "../support/rpc-client.ts";
import type { OwaspId } from "./case.ts";
import type { Daemon } from "./drive.ts";

export interface EndpointCase {
  readonly id: string;
  readonly owasp: OwaspId;
  readonly title: string;
  /** What came through; undefined when the door held. */
  readonly attack: (door: Door) => Promise<string | undefined>;
}

export interface Door {
  readonly daemon: Daemon;
  readonly address: string;
  readonly token: string;
}

export function doorOf(daemon: Daemon): Door {
  const { address } = JSON.parse(readFileSync(join(daemon.nexus.home, "daemon.json"), "utf8"));
  return { daemon, address, token: readFileSync(join(daemon.nexus.home, "daemon.token"), "utf8").trim() };
}

const START = { workspace: "/", prompt: "x", headless: true, idempotencyKey: "endpoint" };
const HELLO = (nonce: string, protocolVersion: unknown = 1) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "handshake/hello",
  params: { protocolVersion, client: { name: "evil", version: "1", buildTime: 1 }, nonce },
});

/** The stranger's connection must end with an error, and never with a result. */
async function refused(door: Door, ...messages: unknown[]): Promise<string | undefined> {
  const client = await openRaw(door.address);
  for (const message of messages) client.send(message);
  const reply = await client.next().catch(() => undefined);
  const second = messages.length > 1 ? await client.next().catch(() => undefined) : undefined;
  const last = second ?? reply;
  client.socket.destroy();
  return last?.result === undefined ? undefined : `it was answered: ${JSON.stringify(last.result).slice(0, 100)}`;
}

async function bytes(door: Door, content: Uint8Array | string): Promise<string | undefined> {
  const client = await openRaw(door.address);
  client.socket.write(content);
  const reply = await client.next().catch(() => undefined);
  await client.closed;
  return reply?.result === undefined ? undefined : "it was answered";
}

/** Shakes hands as somebody who knows the token would, with one thing changed. */
async function greet(
  door: Door,
  prove: (nonces: { own: string; daemon: string }) => string,
): Promise<{ client: RawClient; ok: boolean }> {
  const client = await openRaw(door.address);
  const own = randomBytes(32).toString("hex");
  client.send(HELLO(own));
  const hello = await client.next();
  const proof = prove({ own, daemon: String(hello.result?.["nonce"]) });
  client.send({ jsonrpc: "2.0", id: 2, method: "handshake/prove", params: { proof } });
  const reply = await client.next().catch(() => undefined);
  return { client, ok: reply?.result !== undefined };
}

function hmac(token: string, text: string): string {
  return createHmac("sha256", token).update(text).digest("hex");
}

async function wrongProof(door: Door, prove: (nonces: { own: string; daemon: string }) => string) {
  const { client, ok } = await greet(door, prove);
  client.socket.destroy();
  return ok ? "the door opened" : undefined;
}

const request = (method: string, params: unknown = {}) => ({ jsonrpc: "2.0", id: 9, method, params });

/** Somebody who has the token sends this: an error, no crash, and the others are not disturbed. */
async function inside(door: Door, message: string): Promise<string | undefined> {
  const proof = ({ own, daemon }: { own: string; daemon: string }) =>
    hmac(door.token, `nexus/1/client/${own}/${daemon}`);
  const { client, ok } = await greet(door, proof);
  if (!ok) return "a client with the token was refused";
  client.send(`${message}\n`);
  const reply = await client.next().catch(() => undefined);
  client.socket.destroy();
  return reply?.result === undefined ? undefined : `it was answered: ${JSON.stringify(reply.result).slice(0, 100)}`;
}

function mode(path: string): number {
  return statSync(path).mode & 0o777;
}

const ANSWER = { runId: "r", approvalId: "a", subjectHash: "h", decision: "approve" };

export const ENDPOINT_ATTACKS: readonly EndpointCase[] = (
  [
    ["a request without a handshake", "ASI03", (door) => refused(door, request("run/start", START))],
    ["an approval without a handshake", "ASI03", (door) => refused(door, request("approval/answer", ANSWER))],
    ["a proof without a greeting", "ASI03", (door) => refused(door, request("handshake/prove", { proof: "00" }))],
    [
      "a greeting, and then a request",
      "ASI03",
      async (door) => {
        const client = await openRaw(door.address);
        client.send(HELLO(randomBytes(32).toString("hex")));
        await client.next();
        client.send(request("run/list"));
        const reply = await client.next().catch(() => undefined);
        client.socket.destroy();
        return reply?.result === undefined ? undefined : "it was answered";
      },
    ],
    ["a wrong proof", "ASI03", (door) => wrongProof(door, () => hmac("guess", "x"))],
    ["an empty proof", "ASI03", (door) => wrongProof(door, () => "")],
    [
      "the daemon's own proof sent back",
      "ASI03",
      (door) => wrongProof(door, ({ own, daemon }) => hmac(door.token.slice(1), `nexus/1/daemon/${own}/${daemon}`)),
    ],
    [
      "a proof of an earlier greeting",
      "ASI03",
      async (door) => {
        let old = "";
        await wrongProof(door, ({ own, daemon }) => (old = hmac(door.token, `nexus/1/client/${own}/${daemon}`)));
        return wrongProof(door, () => old);
      },
    ],
    ["another version of the protocol", "ASI03", (door) => refused(door, HELLO(randomBytes(32).toString("hex"), 99))],
    ["a nonce that is no nonce", "ASI03", (door) => refused(door, HELLO("x"))],
    [
      "a greeting with a name of 1 MB",
      "LLM10",
      (door) =>
        refused(door, {
          ...HELLO(randomBytes(32).toString("hex")),
          params: { client: { name: "x".repeat(1_000_000) } },
        }),
    ],
    ["a message above the limit", "LLM10", (door) => bytes(door, `${"x".repeat(1_100_000)}\n`)],
    ["a web browser's request", "ASI03", (door) => bytes(door, "POST /api/runs HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["bytes that are no text", "LLM10", (door) => bytes(door, Buffer.from([0xff, 0xfe, 0x00, 0x0a]))],
    ["text that is no JSON", "LLM10", (door) => bytes(door, "{'jsonrpc'\n")],
    ["a list of 10 000 lists", "LLM10", (door) => bytes(door, `${"[".repeat(10_000)}${"]".repeat(10_000)}\n`)],
    [
      "deep nesting from a client",
      "LLM10",
      (door) =>
        inside(
          door,
          `{"jsonrpc":"2.0","id":9,"method":"run/list","params":${'{"a":'.repeat(2000)}1${"}".repeat(2000)}}`,
        ),
    ],
    [
      "the prototype as parameters",
      "ASI02",
      (door) => inside(door, '{"jsonrpc":"2.0","id":9,"method":"run/show","params":{"__proto__":{"runId":"x"}}}'),
    ],
    ["a method of the language", "ASI02", (door) => inside(door, JSON.stringify(request("constructor")))],
    ["another method of the language", "ASI02", (door) => inside(door, JSON.stringify(request("__proto__")))],
    [
      "numbers that are too large",
      "LLM10",
      (door) => inside(door, '{"jsonrpc":"2.0","id":9,"method":"run/list","params":{"limit":1e999}}'),
    ],
    [
      "an approval that does not exist",
      "ASI03",
      (door) => inside(door, JSON.stringify(request("approval/answer", ANSWER))),
    ],
    [
      "a workspace that is a device",
      "ASI02",
      (door) => inside(door, JSON.stringify(request("run/start", { ...START, workspace: "/dev/null" }))),
    ],
    [
      "a way out by a path of the change",
      "ASI02",
      (door) => inside(door, JSON.stringify(request("changes/diff", { runId: "../../etc", path: "passwd" }))),
    ],
    [
      "300 connections that say nothing",
      "LLM10",
      async (door) => {
        const clients = await Promise.all(
          Array.from({ length: 300 }, () => openRaw(door.address).catch(() => undefined)),
        );
        const start = performance.now();
        await door.daemon.connection.request("run/list", {});
        const took = performance.now() - start;
        for (const client of clients) client?.socket.destroy();
        return took > 2000 ? `another client waited ${Math.round(took)} ms` : undefined;
      },
    ],
    [
      "a stranger who sends without end",
      "LLM10",
      async (door) => {
        const client = await openRaw(door.address);
        const chunk = Buffer.alloc(64 * 1024, "x");
        const write = () => {
          while (!client.socket.destroyed && client.socket.write(chunk));
        };
        client.socket.on("drain", write);
        write();
        await client.closed;
        await door.daemon.connection.request("run/list", {});
        return undefined;
      },
    ],
    [
      "files that others could read",
      "ASI03",
      async ({ daemon, address }) => {
        const { home } = daemon.nexus;
        const wrong = [home, join(home, "daemon.token"), dirname(address), address].filter(
          (path) => (mode(path) & 0o077) !== 0,
        );
        return wrong.length === 0 ? undefined : `others can get at ${wrong.join(", ")}`;
      },
    ],
  ] satisfies [string, OwaspId, EndpointCase["attack"]][]
).map(([title, owasp, attack], index) => ({ id: `E${String(index + 1).padStart(2, "0")}`, owasp, title, attack }));
