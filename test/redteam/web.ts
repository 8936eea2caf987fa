/** The doors that a page in a browser, or a program of this machine, may knock at: MCP over HTTP, and the daemon's WebSocket. */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { WebSocket } from "ws";
import type { Scene } from "./scene.ts";

export interface Web {
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly body?: string;
}

const INITIALIZE = JSON.stringify({
  ...{ jsonrpc: "2.0", id: 1, method: "initialize" },
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "page", version: "1" } },
});

/** A page asks the MCP server that listens on this machine: the status that it is answered with. */
export async function overHttp(scene: Scene, web: (port: number, token: string) => Web): Promise<number> {
  const server = scene.daemon.nexus.start("mcp", "--http", "--port", "0", "--repo", scene.place.workspace);
  try {
    let told = "";
    server.child.stdout?.on("data", (chunk: string) => {
      told += chunk;
    });
    await server.until("/mcp");
    const port = Number(/:(\d+)\/mcp/.exec(told)?.[1]);
    const token = readFileSync(join(scene.daemon.nexus.home, "mcp.token"), "utf8").trim();
    const { headers = {}, path = "/mcp", body = INITIALIZE } = web(port, token);
    return await post({ port, path, body, headers: { host: `127.0.0.1:${port}`, ...JSON_HEADERS, ...headers } });
  } finally {
    server.child.kill("SIGINT");
    await server.finished;
  }
}

const JSON_HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

interface Post {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly headers: Record<string, string>;
}

function post({ body, ...to }: Post): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", method: "POST", ...to }, (response) => {
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A page opens a WebSocket to the daemon, and asks before it knows the token. */
export function overWebSocket(
  scene: Scene,
  headers: Readonly<Record<string, string>>,
  path = "/",
): Promise<string | undefined> {
  const { webSocketUrl } = JSON.parse(readFileSync(join(scene.daemon.nexus.home, "daemon.json"), "utf8"));
  const socket = new WebSocket(new URL(path, webSocketUrl), { headers });
  return new Promise((resolve) => {
    socket.on("error", () => resolve(undefined));
    socket.on("close", () => resolve(undefined));
    socket.on("open", () => socket.send('{"jsonrpc":"2.0","id":1,"method":"run/list","params":{}}'));
    socket.on("message", (data) => {
      const answer = JSON.parse(String(data));
      socket.terminate();
      resolve(answer.result === undefined ? "opened" : "answered");
    });
  });
}
