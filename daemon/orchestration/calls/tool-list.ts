/** Every tool that agents could have in a workspace, for people. */
import type { Answer, McpServerInfo, ToolInfo } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import type { ServerView } from "../../connectors/mcp/server.ts";
import { realPath } from "../../host/files.ts";
import { TOOLS } from "../../tools/catalogue.ts";
import type { ForeignPlace } from "../../tools/foreign/foreign.ts";
import type { ForeignView } from "../../tools/foreign/foreign-tools.ts";
import { denialOf } from "../../tools/gate/probes.ts";
import type { Tool } from "../../tools/tool.ts";
import type { PolicyPlace } from "../rights/policy-place.ts";
import { policyIn } from "../rights/run-policy.ts";

export interface ToolListOptions {
  readonly policyPlace: PolicyPlace;
  readonly look: (place: ForeignPlace) => Promise<ForeignView>;
  readonly trusted: (workspace: string) => Promise<boolean>;
}

/** As an agent in mode act would have them with a person to ask. Rejects with `workspace.missing`. */
export async function listTools(
  { policyPlace: place, look, trusted: isTrusted }: ToolListOptions,
  path: string,
  signal: AbortSignal,
): Promise<Answer<"tools/list">> {
  const workspace = await realPath(path).catch(() => {
    throw nexusError("workspace.missing", path);
  });
  const trusted = await isTrusted(workspace);
  const policy = await policyIn(place, {
    ...{ workspace, root: workspace, linked: [], mode: "act" as const, headless: false, trusted },
    ...{ permissions: null, agreedCommands: [] },
  });
  const view = await look({ workspace, root: workspace, trusted, signal });
  const infoOf = async (tool: Tool): Promise<ToolInfo> => ({
    name: tool.name,
    description: tool.description,
    source: tool.foreign?.source ?? "built in",
    effect: tool.effect,
    hidden: (await denialOf(tool, policy.judge, [])) ?? null,
  });
  const tools = await Promise.all([...TOOLS, ...view.tools].map(infoOf));
  return { trusted, tools, servers: view.servers.map(serverInfo), problems: [...view.problems] };
}

function serverInfo({ name, source, status, target, definitions }: ServerView): McpServerInfo {
  const problem = "problem" in status ? status.problem : null;
  const { tools, refused } = definitions;
  return { name, source, state: status.state, problem, target, tools: tools.length, refused: [...refused] };
}
