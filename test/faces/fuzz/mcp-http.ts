/** `nexus mcp --http`: the same messages as bodies of requests, with headers that lie. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import type { Face, Session } from "./face.ts";
import { GREETING, mcpGrammar, toolsOf } from "./mcp.ts";
import type { Place } from "./place.ts";
import { createRandom, type Random } from "./random.ts";

const AT_ONCE = 16;
/** A client that loses patience: two requests of one id, say, are answered once. */
const PATIENCE_MS = 150;

const OWN_PATIENCE_MS = 5000;

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly patienceMs?: number;
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly session: string | undefined;
}

export async function mcpHttpFace(place: Place): Promise<Face> {
  const child = spawn(process.execPath, [place.main, "mcp", "--http", "--repo", place.repo], {
    cwd: place.repo,
    env: place.env,
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  const exit = new Promise<string>((resolve) =>
    child.on("close", (code, signal) => resolve(`it ended with ${code ?? signal}: ${stderr.slice(-600)}`)),
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk: Buffer) => resolve(String(chunk).trim()));
    void exit.then((why) => reject(new Error(why)));
  });
  const token = readFileSync(join(place.home, "mcp.token"), "utf8").trim();
  const own = (method: string, headers: Readonly<Record<string, string>>, body = "") =>
    ask({ url, method, headers: { ...ordinary(token), ...headers } }, body);

  async function greet(): Promise<string> {
    const { session } = await own("POST", {}, rpc(1, "initialize", GREETING));
    return session ?? "";
  }

  const first = await greet();
  const { body } = await own("POST", { "mcp-session-id": first }, rpc(2, "tools/list", {}));
  const listed = JSON.parse(body.startsWith("{") ? body : (/^data: (\{.*)$/m.exec(body)?.[1] ?? "{}"));

  async function open(isKnown: boolean): Promise<Session> {
    const session = isKnown ? await greet() : "none";
    const random = createRandom(session);
    const tally = new Map<string, number>();
    const faults: string[] = [];
    const underWay = new Set<Promise<void>>();
    async function sendOne(bytes: Buffer): Promise<void> {
      while (underWay.size >= AT_ONCE) await Promise.race(underWay);
      const { method, headers } = oddities(random, token, session);
      const sent = ask({ url, method, headers, patienceMs: PATIENCE_MS }, bytes).then(
        ({ status, body: told }) => {
          tally.set(`${status}`, (tally.get(`${status}`) ?? 0) + 1);
          if (status >= 500) faults.push(`${status}: ${told.slice(0, 300)}`);
        },
        () => void tally.set("closed", (tally.get("closed") ?? 0) + 1),
      );
      underWay.add(sent);
      void sent.finally(() => underWay.delete(sent));
    }
    let last: Promise<void> = Promise.resolve();
    return {
      ...{ pid: child.pid ?? 0, ended: exit, faults, tally },
      send(bytes) {
        last = last.then(() => sendOne(Buffer.from(bytes)));
      },
      async settle() {
        await last;
        await Promise.all(underWay);
      },
      async probe() {
        // The server drops the session that was used longest ago; a client begins anew then.
        const headers = { "mcp-session-id": await greet() };
        const { status } = await own("POST", headers, rpc(3, "ping", {}));
        await own("DELETE", headers);
        if (status !== 200) faults.push(`a ping was answered with ${status}`);
      },
      async leave() {
        await last;
        await Promise.all(underWay);
        await own("DELETE", { "mcp-session-id": session });
      },
    };
  }

  return {
    name: "mcp-http",
    grammar: mcpGrammar(place, toolsOf(listed)),
    perSession: 2000,
    strangerEvery: 10,
    frame: (text) => Buffer.from(text),
    damaged: (frame, random) => frame.subarray(0, random.below(frame.length)),
    open,
    async close() {
      child.kill("SIGINT");
      await exit;
      if (/\n\s+at .*:\d+:\d+/.test(stderr)) throw new Error(`it wrote a stack: ${stderr}`);
    },
  };
}

function rpc(id: number, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

function ordinary(token: string): Record<string, string> {
  const accept = "application/json, text/event-stream";
  return { authorization: `Bearer ${token}`, "content-type": "application/json", accept };
}

/** Nine of ten requests are what a client sends; the others have a header or a method that is wrong. */
function oddities(random: Random, token: string, session: string): { method: string; headers: Record<string, string> } {
  const headers: Record<string, string> = { ...ordinary(token), "mcp-session-id": session };
  if (random.chance(0.9)) return { method: "POST", headers };
  const name = random.pick([
    "authorization",
    "content-type",
    "accept",
    "mcp-session-id",
    "mcp-protocol-version",
    "origin",
    "host",
  ]);
  headers[name] = random.pick([
    "",
    "x",
    "Bearer x",
    "text/plain",
    "2099-01-01",
    "http://evil.example",
    "\u00ff",
    "x".repeat(4000),
  ]);
  return { method: random.pick(["POST", "POST", "PUT", "PATCH"]), headers };
}

/** Answers with the status and what came until the end, or until the client has waited long enough. */
function ask({ url, method, headers, patienceMs = OWN_PATIENCE_MS }: Asked, body: string | Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let text = "";
      const id = response.headers["mcp-session-id"];
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("close", () => {
        clearTimeout(late);
        resolve({ status: response.statusCode ?? 0, body: text, session: typeof id === "string" ? id : undefined });
      });
    });
    const late = setTimeout(() => sent.destroy(), patienceMs);
    sent.on("error", (error) => {
      clearTimeout(late);
      reject(error);
    });
    sent.end(body);
  });
}
