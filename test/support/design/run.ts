/** Runs of roles in tests. */
import { compileSop, type SopOptions } from "../../../daemon/metagpt/roles/compile.ts";
import { roles } from "../../../daemon/metagpt/roles/design-work.ts";
import type { Role } from "../../../daemon/metagpt/roles/role.ts";
import { ROLES } from "../../../daemon/metagpt/roles/roles.ts";
import type { RunEvent, RunEventOf, RunEventType } from "../../../protocol/index.ts";
import { type Engine, type EngineOptions, startEngine } from "../engine.ts";
import { MANIFEST } from "./documents.ts";

export const STEM = "20261128051500";
const IDEA = "Greet people by their name.";

export function rolesNamed(...names: string[]): Role[] {
  return ROLES.filter(({ name }) => names.includes(name));
}

export function openDesign(options: EngineOptions): Promise<Engine> {
  return startEngine({ files: { "package.json": MANIFEST }, design: async () => roles, ...options });
}

export function startRoles(
  engine: Engine,
  chosen: readonly Role[],
  more: Parameters<Engine["start"]>[1] = {},
  options: Partial<SopOptions> = {},
): Promise<string> {
  const { text } = compileSop(chosen, { stem: STEM, incremental: false, ...options });
  return engine.start(IDEA, { workflow: { path: "metagpt-sop.yaml", text, inputs: { idea: IDEA } }, ...more });
}

export function bodies<Type extends RunEventType>(events: readonly RunEvent[], type: Type): RunEventOf<Type>[] {
  return events.map(({ body }) => body).filter((body): body is RunEventOf<Type> => body.type === type);
}

/** Of steps that did not end well. */
export function reasons(events: readonly RunEvent[]): string[] {
  return bodies(events, "step.finished").flatMap(({ at, reason }) => (reason === "" ? [] : [`${at}: ${reason}`]));
}
