/** The workflow of the roles for an idea, with the roles that people wrote. */
import { join } from "node:path";
import { type Answer, nexusError, type Params } from "../../../protocol/index.ts";
import { loadUserAgents } from "../../agents/user-agents.ts";
import { systemClock } from "../../host/clock.ts";
import { realPath } from "../../host/files.ts";
import type { Trust } from "../../security/trust.ts";

/** Rejects with `workspace.missing`, and with `workflow.invalid` where the roles do not work together. */
export async function procedureFor(
  { workspace, ...wish }: Params<"design/procedure">,
  { home, trust }: { readonly home: string; readonly trust: Pick<Trust, "look"> },
): Promise<Answer<"design/procedure">> {
  // Loaded when it is asked for: it brings a YAML writer.
  const { procedureOf } = await import("../../metagpt/roles/procedure.ts");
  const folder = await realPath(workspace).catch(() => {
    throw nexusError("workspace.missing", workspace);
  });
  const isTrusted = (await trust.look(folder)).state === "trusted";
  const { agents } = await loadUserAgents({ user: join(home, "agents"), ...(isTrusted ? { workspace: folder } : {}) });
  const made = await procedureOf({ workspace: folder, ...wish }, { agents, now: systemClock.iso() });
  const { path, text, inputs = {} } = made.workflow;
  return { ...made, workflow: { path, text, inputs }, roles: [...made.roles] };
}
