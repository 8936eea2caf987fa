/** All tools that others wrote, by workspace: plug-ins and MCP servers, found when they are wanted, nothing before there is trust. */
import { join } from "node:path";
import { findServers, type McpServer, type McpServers } from "../../connectors/mcp/config.ts";
import { createMcpHub, type McpHub } from "../../connectors/mcp/hub.ts";
import type { Pins } from "../../connectors/mcp/pins.ts";
import type { ServerPorts, ServerView } from "../../connectors/mcp/server.ts";
import { lstat, readSlice } from "../../host/files.ts";
import { canonicalJson } from "../../security/approvals.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import type { Tool } from "../tool.ts";
import type { ForeignPlace } from "./foreign.ts";
import { mcpTools } from "./mcp-tools.ts";
import { plugInTool, type RunProgram } from "./plug-in.ts";
import { type FoundPlugIns, readPlugIns } from "./plug-in-manifest.ts";

export interface ForeignOptions extends Omit<ServerPorts, "program" | "onChange"> {
  /** Of the user's settings. */
  readonly mcpServers: McpServers;
  /** What `${NAME}` in them means. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person trusts the workspace as it is now. */
  readonly trusted: (workspace: string) => Promise<boolean>;
  /** Takes a value out of everything that is written from now on. */
  readonly addSecret: (value: string) => void;
  readonly pins: () => Promise<Pins>;
  readonly runProgram: RunProgram;
  /** Starts a server's program for a workspace, behind a wall where there is one. */
  readonly startProgram: (workspace: string) => ServerPorts["program"];
}

export interface ForeignView {
  readonly isTrusted: boolean;
  readonly servers: readonly ServerView[];
  readonly problems: FoundPlugIns["problems"];
  readonly tools: readonly Tool[];
}

export interface ForeignTools {
  /** What there is now. Servers that still begin are waited for, but not for long. */
  look(place: ForeignPlace): Promise<ForeignView>;
  close(): Promise<void>;
}

/** Read in this order: a name in the first counts. */
const WORKSPACE_FILES = [".nexus/mcp.json", ".mcp.json"];
const MAX_FILE_BYTES = 256 * 1024;
/** A run does not wait longer for servers that begin. */
const PATIENCE_MS = 5000;

interface OpenHub {
  readonly key: string;
  readonly hub: McpHub;
}

export function createForeignTools(options: ForeignOptions): ForeignTools {
  const hubs = new Map<string, OpenHub>();
  let pins: Promise<Pins> | undefined;

  /** The servers of a workspace; when its configuration or the trust in it changes, others take their place. */
  async function hubOf(workspace: string, isTrusted: boolean): Promise<McpHub> {
    const own = isTrusted ? await workspaceServers(workspace) : {};
    const key = canonicalJson({ own });
    const place = `${isTrusted ? "trusted" : "untrusted"} ${workspace}`;
    const known = hubs.get(place);
    if (known?.key === key) return known.hub;
    const found = findServers(options.mcpServers, own, options.env);
    for (const secret of found.servers.flatMap(secretsOf)) options.addSecret(secret);
    const hub = createMcpHub(found, { ...options, program: options.startProgram(workspace) });
    hubs.set(place, { key, hub });
    await known?.hub.close();
    return hub;
  }

  return {
    async look({ workspace, trusted, signal }) {
      const isTrusted = trusted && (await options.trusted(workspace));
      const hub = await hubOf(workspace, isTrusted);
      await hub.settled(PATIENCE_MS, signal);
      const { plugIns, problems } = isTrusted ? await readPlugIns(workspace) : { plugIns: [], problems: [] };
      const own = await Promise.all(plugIns.map((plugIn) => plugInTool(plugIn, options.runProgram)));
      const servers = hub.servers();
      pins ??= options.pins();
      const theirs = await mcpTools(hub, await pins, workspace);
      return { isTrusted, servers, problems, tools: uniqueNames([...own, ...theirs]) };
    },
    async close() {
      await Promise.all([...hubs.values()].map(({ hub }) => hub.close()));
      hubs.clear();
    },
  };
}

/** Values whose names say that they are keys; all that goes into headers. */
function secretsOf(server: McpServer): string[] {
  if (server.kind === "http") return Object.values(server.headers).flatMap((value) => value.split(" "));
  const isSecret = /key|token|secret|pass|auth|credential|cookie/i;
  return Object.entries(server.env).flatMap(([name, value]) => (isSecret.test(name) ? [value] : []));
}

/** The first of a name stays: none can stand in for another. */
function uniqueNames(tools: readonly Tool[]): Tool[] {
  const byName = new Map<string, Tool>();
  for (const tool of tools) if (!byName.has(tool.name)) byName.set(tool.name, tool);
  return [...byName.values()];
}

async function workspaceServers(workspace: string): Promise<Record<string, unknown>> {
  const servers = new Map<string, unknown>();
  for (const path of WORKSPACE_FILES)
    for (const [name, entry] of Object.entries(await readServers(workspace, path)))
      if (!servers.has(name)) servers.set(name, entry);
  return Object.fromEntries(servers);
}

/** A file that cannot be read names no server. */
async function readServers(workspace: string, path: string): Promise<object> {
  const at = await resolveInside(workspace, path);
  const stats = at.ok ? await lstat(join(workspace, path)) : undefined;
  if (!at.ok || stats === undefined || !stats.isFile() || stats.size > MAX_FILE_BYTES) return {};
  try {
    const value: unknown = JSON.parse((await readSlice(at.value.absolute, 0, MAX_FILE_BYTES)).toString("utf8"));
    if (typeof value !== "object" || value === null || !("mcpServers" in value)) return {};
    return typeof value.mcpServers === "object" && value.mcpServers !== null ? value.mcpServers : {};
  } catch {
    return {};
  }
}
