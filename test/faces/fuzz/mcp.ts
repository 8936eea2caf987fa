/** `nexus mcp` over standard streams, with every right: the tools as the server itself lists them, prompts and resources. */
import type { Face } from "./face.ts";
import type { Grammar, Method } from "./messages.ts";
import type { Place } from "./place.ts";
import { damagedLines, rpcGrammar } from "./rpc.ts";
import type { Schema } from "./schema-values.ts";
import { openStdio } from "./stdio-session.ts";

const RIGHTS = ["runs", "facts", "approvals", "changes"].flatMap((right) => ["--allow", right]);
/** What takes long although nothing is wrong, and what waits for a person or for the end of a run. */
const RARE: Readonly<Record<string, number>> = { start_run: 60, watch_run: 10, resume_run: 20 };

export async function mcpFace(place: Place): Promise<Face> {
  const open = (isKnown: boolean) =>
    openStdio(
      {
        place,
        words: ["mcp", "--repo", place.repo, ...RIGHTS],
        kind: "lines",
        frame,
        probe: "ping",
        answer: (method) => (method === "elicitation/create" ? { action: "decline" } : undefined),
        async greet(channel, send) {
          await channel.ask("initialize", GREETING);
          send(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }));
        },
      },
      isKnown,
    );
  const first = await open(true);
  const listed = await first.channel.ask("tools/list");
  await first.leave();
  return {
    name: "mcp",
    grammar: mcpGrammar(place, toolsOf(listed)),
    strangerEvery: 40,
    frame,
    damaged: damagedLines,
    open,
    close: async () => undefined,
  };
}

export const GREETING = {
  protocolVersion: "2025-06-18",
  capabilities: { elicitation: {} },
  clientInfo: { name: "fuzz", version: "1.0.0" },
};

interface ListedTool {
  readonly name: string;
  readonly inputSchema: Schema;
}

export function toolsOf(answer: Record<string, unknown>): readonly ListedTool[] {
  const { tools = [] } = (answer["result"] ?? {}) as { tools?: readonly ListedTool[] };
  if (tools.length < 5) throw new Error(`The server lists no tools: ${JSON.stringify(answer).slice(0, 300)}`);
  return tools;
}

export function mcpGrammar(place: Place, tools: readonly ListedTool[]): Grammar {
  const text: Schema = { type: "string" };
  const object = (properties: Readonly<Record<string, unknown>>, required = Object.keys(properties)) => ({
    type: "object",
    properties,
    required,
  });
  const plain: readonly Method[] = [
    { name: "initialize", params: { const: GREETING }, rarity: 5 },
    { name: "ping", params: {} },
    { name: "tools/list", params: object({ cursor: text }, []) },
    { name: "resources/list", params: object({ cursor: text }, []) },
    { name: "resources/templates/list", params: object({ cursor: text }, []) },
    { name: "resources/read", params: object({ uri: text }) },
    { name: "resources/subscribe", params: object({ uri: text }) },
    { name: "resources/unsubscribe", params: object({ uri: text }) },
    { name: "prompts/list", params: object({ cursor: text }, []) },
    { name: "prompts/get", params: object({ name: text, arguments: object({ goal: text }, []) }) },
    {
      name: "completion/complete",
      params: object({
        ref: object({ type: { enum: ["ref/prompt", "ref/resource"] }, name: text }),
        argument: object({ name: text, value: text }),
      }),
    },
    { name: "logging/setLevel", params: object({ level: { enum: ["debug", "error", "x"] } }) },
    { name: "notifications/initialized", params: {}, isNotification: true },
    { name: "notifications/roots/list_changed", params: {}, isNotification: true },
    {
      name: "notifications/progress",
      params: object({ progressToken: text, progress: { type: "number" } }),
      isNotification: true,
    },
  ];
  const calls = tools.map(({ name, inputSchema }): Method => {
    const { $defs, ...input } = inputSchema;
    const meta = object({ progressToken: { enum: [1, "x"] } });
    const params = {
      ...object({ name: { const: name }, arguments: input, _meta: meta }, ["name", "arguments"]),
      $defs,
    };
    return { name: "tools/call", params, rarity: RARE[name] ?? 1 };
  });
  const { pools } = rpcGrammar(place);
  return {
    methods: [...plain, ...calls],
    cancel: { method: "notifications/cancelled", field: "requestId" },
    pools(name, random) {
      if (name === "uri")
        return random.pick(["nexus://runs", "nexus://map", "nexus://none", "file:///etc/passwd", "x"]);
      if (name === "folder") return random.pick([place.repo, "/nowhere", "src"]);
      if (name === "run") return random.pick([...place.runIds, "latest", "none"]);
      return pools(name, random);
    },
    isBarred: () => false,
  };
}

function frame(text: string): Buffer {
  return Buffer.from(`${text.replaceAll("\n", " ")}\n`);
}
