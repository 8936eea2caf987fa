/** One connection to one server: the handshake, its tools, and calls. Loads the SDK; import it only when it is needed. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  CallToolResultSchema,
  ListToolsResultSchema,
  type Tool,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { Clock } from "../../host/clock.ts";
import { answerOf, type McpAnswer } from "./answer.ts";
import type { McpServer } from "./config.ts";
import { type Definitions, readDefinitions } from "./definition.ts";
import { createHttpTransport, type Network } from "./http-transport.ts";
import { createStdioTransport, type StartedProgram } from "./stdio-transport.ts";

export interface McpLink {
  /** As the server last told. */
  definitions(): Definitions;
  /** Rejects when the server is gone, took too long, or the signal aborted. An answer that says it failed is a value. */
  call(tool: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<McpAnswer>;
  close(): Promise<void>;
}

export interface LinkPorts {
  readonly clock: Pick<Clock, "monotonic">;
  readonly network: Network;
  readonly version: string;
  /** Starts a server's program, behind a wall where there is one. */
  readonly program: (server: Extract<McpServer, { kind: "stdio" }>) => Promise<StartedProgram>;
  /** The connection ended by itself. */
  readonly onClosed: (problem: string) => void;
}

export const CONNECT_MS = 30_000;
const MOST_PAGES = 20;

/** Resolves when the server has told its tools. Rejects, with nothing left running, when it does not within 30 seconds. */
export async function openLink(server: McpServer, ports: LinkPorts, signal: AbortSignal): Promise<McpLink> {
  const { transport, lastWords } = await transportOf(server, ports);
  // No capability: a server can neither sample the model, nor ask the user, nor see roots.
  const client = new Client({ name: "nexus", version: ports.version }, { capabilities: {} });
  let definitions: Definitions = { tools: [], refused: [] };
  let isOpen = false;
  let relisting: Promise<void> | undefined;
  let isStale = false;

  async function list(): Promise<void> {
    definitions = readDefinitions(await allTools(client, signal));
  }

  /** One at a time, however often a server says that its list changed. */
  async function relist(): Promise<void> {
    isStale = true;
    relisting ??= (async () => {
      while (isStale) {
        isStale = false;
        await list().catch(() => undefined);
      }
    })().finally(() => {
      relisting = undefined;
    });
    await relisting;
  }

  client.onclose = () => {
    if (isOpen) ports.onClosed(lastWords() || "the connection ended");
    isOpen = false;
  };
  client.setNotificationHandler(ToolListChangedNotificationSchema, relist);
  try {
    await client.connect(transport, { timeout: CONNECT_MS, signal });
    await list();
  } catch (error) {
    await client.close().catch(() => undefined);
    await transport.close().catch(() => undefined);
    throw new Error([messageOf(error), lastWords()].filter((text) => text !== "").join("\n"));
  }
  isOpen = true;
  return {
    definitions: () => definitions,
    async call(tool, input, callSignal) {
      await relisting;
      const options = { timeout: server.timeoutMs, maxTotalTimeout: server.timeoutMs, signal: callSignal };
      const params = { name: tool, arguments: { ...input } };
      return answerOf(await client.request({ method: "tools/call", params }, CallToolResultSchema, options));
    },
    async close() {
      isOpen = false;
      await client.close();
    },
  };
}

/** Asks by the bare request: the client's own method would compile code from the schemas that it gets. */
async function allTools(client: Client, signal: AbortSignal): Promise<Tool[]> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const options = { timeout: CONNECT_MS, signal };
    const answer = await client.request({ method: "tools/list", params }, ListToolsResultSchema, options);
    tools.push(...answer.tools);
    cursor = answer.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
}

async function transportOf(
  server: McpServer,
  { clock, network, program }: LinkPorts,
): Promise<{ transport: Transport; lastWords: () => string }> {
  if (server.kind === "http") return { transport: createHttpTransport(server, network), lastWords: () => "" };
  const transport = createStdioTransport(await program(server), clock);
  return { transport, lastWords: transport.lastWords };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
