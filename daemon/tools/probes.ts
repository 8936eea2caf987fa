/** Whether the policy would let a tool do anything at all. */
import type { Access } from "../security/access.ts";
import type { Judgement } from "../security/judgement.ts";
import type { Tool } from "./tool.ts";

/**
 * Asks the policy about the mildest things that the tool can want. A tool of which all are denied is not offered: a
 * model that cannot see it wastes no step on it.
 */
export async function isPossible(
  tool: Tool,
  judgeAccess: (access: Access) => Promise<Judgement>,
  allowedCommands: readonly string[],
): Promise<boolean> {
  for (const access of tool.probes ?? probesOf(tool, allowedCommands))
    if ((await judgeAccess(access)).verdict !== "deny") return true;
  return false;
}

function probesOf({ effect }: Tool, allowedCommands: readonly string[]): readonly Access[] {
  if (effect === "verifiable") return [{ kind: "write", paths: ["probe.txt"] }];
  if (effect !== "unknown") return [{ kind: "read", paths: ["probe.txt"] }];
  const commands = ["ls", "npm test", ...allowedCommands.slice(0, 1)];
  return commands.map((command) => ({ kind: "command", command, cwd: "." }));
}
