/** Whether the policy would let a tool do anything at all. */
import type { Access } from "../../security/access.ts";
import type { Judgement } from "../../security/judgement.ts";
import type { Tool } from "../tool.ts";

/**
 * Asks the policy about the mildest things that the tool can want. A tool of which all are denied is not offered: a
 * model that cannot see it wastes no step on it.
 */
export async function isPossible(
  tool: Tool,
  judgeAccess: (access: Access) => Promise<Judgement>,
  allowedCommands: readonly string[],
): Promise<boolean> {
  return (await denialOf(tool, judgeAccess, allowedCommands)) === undefined;
}

/** Why the tool can do nothing; undefined when it can do something. */
export async function denialOf(
  tool: Tool,
  judgeAccess: (access: Access) => Promise<Judgement>,
  allowedCommands: readonly string[],
): Promise<string | undefined> {
  let denial = "There is nothing that it could do.";
  for (const access of tool.probes ?? probesOf(tool, allowedCommands)) {
    const { verdict, reason, rule } = await judgeAccess(access);
    if (verdict !== "deny") return undefined;
    denial = `${reason} (rule ${rule})`;
  }
  return denial;
}

function probesOf({ effect }: Tool, allowedCommands: readonly string[]): readonly Access[] {
  if (effect === "verifiable") return [{ kind: "write", paths: ["probe.txt"] }];
  if (effect !== "unknown") return [{ kind: "read", paths: ["probe.txt"] }];
  const commands = ["ls", "npm test", ...allowedCommands.slice(0, 1)];
  return commands.map((command) => ({ kind: "command", command, cwd: "." }));
}
