/** Every tool that agents could have in a workspace, for people. */
import type { Answer, McpServerInfo, ToolInfo } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import type { ServerView } from "../connectors/mcp/server.ts";
import { realPath } from "../host/files.ts";
import { hostPlatform } from "../host/processes.ts";
import type { Access } from "../security/access.ts";
import { createPolicy, type Policy } from "../security/policy/policy.ts";
import { UNTAINTED } from "../security/taint.ts";
import { TOOLS } from "../tools/catalogue.ts";
import type { ForeignPlace } from "../tools/foreign.ts";
import type { ForeignView } from "../tools/foreign-tools.ts";
import { denialOf } from "../tools/probes.ts";
import type { Tool } from "../tools/tool.ts";
import type { PolicyPlace } from "./policy-place.ts";

export interface ToolListOptions {
  readonly place: PolicyPlace;
  readonly look: (place: ForeignPlace) => Promise<ForeignView>;
  readonly trusted: (workspace: string) => Promise<boolean>;
}

/** As an agent in mode act would have them with a person to ask. Rejects with `workspace.missing`. */
export async function listTools(
  { place, look, trusted: isTrusted }: ToolListOptions,
  path: string,
  signal: AbortSignal,
): Promise<Answer<"tools/list">> {
  const workspace = await realPath(path).catch(() => {
    throw nexusError("workspace.missing", path);
  });
  const trusted = await isTrusted(workspace);
  const policy = await policyAt(place, workspace, trusted);
  const judge = async (access: Access) => policy.judge(access, UNTAINTED);
  const view = await look({ workspace, root: workspace, trusted, signal });
  const infoOf = async (tool: Tool): Promise<ToolInfo> => ({
    name: tool.name,
    description: tool.description,
    source: tool.foreign?.source ?? "built in",
    effect: tool.effect,
    hidden: (await denialOf(tool, judge, [])) ?? null,
  });
  const tools = await Promise.all([...TOOLS, ...view.tools].map(infoOf));
  return { trusted, tools, servers: view.servers.map(serverInfo), problems: [...view.problems] };
}

async function policyAt(place: PolicyPlace, workspace: string, trusted: boolean): Promise<Policy> {
  const { hidden, userHome, analyse } = place;
  return createPolicy({
    root: workspace,
    ...{ mode: "act", headless: false, trusted, sandboxed: await place.isSandboxed() },
    tiers: { ...(await place.tiers(workspace)), run: {} },
    ...{ permissions: null, agreedCommands: [], hidden, userHome },
    ...(analyse === undefined
      ? {}
      : { analyse: (line, at) => analyse(line, { ...at, linked: [], home: userHome, platform: hostPlatform }) }),
  });
}

function serverInfo({ name, source, status, target, definitions }: ServerView): McpServerInfo {
  const problem = "problem" in status ? status.problem : null;
  const { tools, refused } = definitions;
  return { name, source, state: status.state, problem, target, tools: tools.length, refused: [...refused] };
}
