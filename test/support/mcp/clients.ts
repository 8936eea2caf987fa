/** The official SDK's client against our server, over either transport and in either revision. */
import { PassThrough } from "node:stream";
import {
  Client,
  type ClientOptions,
  ReadBuffer,
  StreamableHTTPClientTransport,
  serializeMessage,
  type Transport,
} from "@modelcontextprotocol/client";
import { serveMcpHttp, serveMcpStdio } from "../../../daemon/server/mcp/serve.ts";
import type { Allowance } from "../../../daemon/server/mcp/tools/tool.ts";
import type { FaceDaemon } from "../face-daemon.ts";

export const REVISIONS = ["2025-11-25", "2026-07-28"] as const;
export type Revision = (typeof REVISIONS)[number];
export type Wire = "stdio" | "http";
export const WIRES: readonly (readonly [Wire, Revision])[] = [
  ["stdio", "2025-11-25"],
  ["stdio", "2026-07-28"],
  ["http", "2025-11-25"],
  ["http", "2026-07-28"],
];

export interface Connected {
  readonly client: Client;
  close(): Promise<void>;
}

export const TEST_TOKEN = "ab".repeat(32);

export async function connectClient(
  daemon: Pick<FaceDaemon, "options">,
  [wire, revision]: readonly [Wire, Revision],
  { allowed = [], prepare = () => undefined, ...options }: ConnectOptions = {},
): Promise<Connected> {
  const client = new Client(
    { name: "test-client", version: "1.0.0" },
    {
      ...options,
      versionNegotiation: { mode: revision === "2026-07-28" ? { pin: revision } : "legacy" },
    },
  );
  prepare(client);
  if (wire === "stdio") {
    const { transport, ended } = stdioPair(daemon, allowed);
    await client.connect(transport);
    return { client, close: () => client.close().then(() => ended) };
  }
  const server = await serveMcpHttp(daemon.options(allowed), { port: 0, token: TEST_TOKEN });
  await client.connect(httpTransport(server.url));
  return { client, close: () => client.close().then(() => server.close()) };
}

interface ConnectOptions extends ClientOptions {
  readonly allowed?: readonly Allowance[];
  /** Before it connects. */
  readonly prepare?: (client: Client) => void;
}

function httpTransport(url: string, token = TEST_TOKEN): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
}

/** The two ends of standard streams, without a process. */
function stdioPair(daemon: Pick<FaceDaemon, "options">, allowed: readonly Allowance[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const ended = serveMcpStdio(daemon.options(allowed), { input, output });
  const buffer = new ReadBuffer();
  const transport: Transport = {
    async start() {
      output.on("data", (chunk: Buffer) => {
        buffer.append(chunk);
        for (let message = buffer.readMessage(); message !== null; message = buffer.readMessage())
          transport.onmessage?.(message);
      });
    },
    async send(message) {
      input.write(serializeMessage(message));
    },
    async close() {
      input.end();
      transport.onclose?.();
    },
  };
  return { transport, ended };
}
