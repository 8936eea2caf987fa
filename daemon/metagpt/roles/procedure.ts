/** What a run of the roles is started with: the compiled workflow, and the inputs that it is told. */
import { nexusError, type WorkflowStart } from "../../../protocol/index.ts";
import type { Agent } from "../../agents/agent.ts";
import { compileSop } from "./compile.ts";
import { pathOfSubject } from "./kinds.ts";
import { latestStem, projectAt } from "./project.ts";
import { asRole, type Role } from "./role.ts";
import { ROLES } from "./roles.ts";

export interface ProcedureWish {
  readonly workspace: string;
  readonly idea: string;
  /** Refine a project that is there; left out: where it has design documents. */
  readonly incremental?: boolean | undefined;
  /** Names; left out: all. */
  readonly roles?: readonly string[] | undefined;
}

export interface Procedure {
  readonly prompt: string;
  readonly workflow: WorkflowStart & { readonly text: string };
  readonly stem: string;
  readonly incremental: boolean;
  readonly roles: readonly { readonly name: string; readonly watches: string[]; readonly produces: string[] }[];
}

const SUBJECTS = ["prd", "system_design", "ui_design", "task", "code_plan_and_change"];
const LONGEST_PROMPT = 2000;

/** `agents`: those that people wrote. `now`: ISO 8601. Throws `workflow.invalid` where the roles do not work together. */
export async function procedureOf(
  { workspace, idea, roles: names, ...wish }: ProcedureWish,
  { agents, now }: { readonly agents: readonly Agent[]; readonly now: string },
): Promise<Procedure> {
  const latest = await latestStem(workspace);
  const incremental = wish.incremental ?? latest !== undefined;
  const stem = (incremental ? latest : undefined) ?? stemOf(now);
  const roles = chosen(allRoles(agents), names);
  const given = await givenIn(workspace, stem);
  const { text } = compileSop(roles, { stem, incremental, given });
  return {
    prompt: idea.slice(0, LONGEST_PROMPT),
    workflow: { path: "metagpt-sop.yaml", text, inputs: { idea, stem, incremental } },
    ...{ stem, incremental },
    roles: roles.map(({ name, watches, produces }) => ({ name, watches: [...watches], produces: [...produces] })),
  };
}

/** A role that somebody wrote takes the place of the built-in one of its name. */
function allRoles(agents: readonly Agent[]): Role[] {
  const own = agents.flatMap((agent) => asRole(agent) ?? []);
  return [...ROLES.filter(({ name }) => !own.some((role) => role.name === name)), ...own];
}

function chosen(all: readonly Role[], names: readonly string[] | undefined): readonly Role[] {
  if (names === undefined) return all;
  const unknown = names.filter((name) => !all.some((role) => role.name === name));
  if (unknown.length > 0)
    throw nexusError(
      "workflow.invalid",
      `There is no role ${unknown.join(", ")}; there are ${all.map(({ name }) => name).join(", ")}.`,
    );
  return all.filter(({ name }) => names.includes(name));
}

/** Documents that the project has under this stem: roles may begin with them although nobody makes them now. */
async function givenIn(workspace: string, stem: string): Promise<string[]> {
  const project = await projectAt({ root: workspace, inputs: { stem } });
  const texts = await Promise.all(SUBJECTS.map((subject) => project.read(pathOfSubject(subject, stem) ?? "")));
  return SUBJECTS.filter((_, index) => texts[index] !== undefined);
}

/** `20261128051500`, as MetaGPT names documents. */
function stemOf(now: string): string {
  return now.replace(/\D/g, "").slice(0, 14);
}
