/** A team as classic MetaGPT serialises one (`team/team.json`), for `metagpt --recover-path …/team`. */
import { createHash } from "node:crypto";
import { teamText } from "./layout.ts";

export interface TeamExport {
  /** What is wanted, in the person's words. */
  readonly idea: string;
  /** The most that it may cost, in USD. */
  readonly investment: number;
  /** The project's name: MetaGPT finds the folder by it. */
  readonly project: string;
}

const ROLES = [
  { module: "product_manager.ProductManager", name: "Alice", profile: "Product Manager", watch: [] },
  { module: "architect.Architect", name: "Bob", profile: "Architect", watch: ["write_prd.WritePRD"] },
  {
    module: "project_manager.ProjectManager",
    name: "Eve",
    profile: "Project Manager",
    watch: ["design_api.WriteDesign"],
  },
  { module: "engineer.Engineer", name: "Alex", profile: "Engineer", watch: ["project_management.WriteTasks"] },
] as const;

const REQUIREMENT = "metagpt.actions.add_requirement.UserRequirement";

/** Only what both MetaGPT's versions 0.6 to 0.8 know: its roles refuse keys that they do not, and fill in those that are not there. */
export function teamFile({ idea, investment, project }: TeamExport): string {
  const costs = {
    total_prompt_tokens: 0,
    total_completion_tokens: 0,
    total_budget: 0,
    max_budget: investment,
    total_cost: 0,
  };
  const roles = ROLES.map(({ module, name, profile, watch }) => [
    profile,
    {
      ...{ name, profile, goal: "", constraints: "", desc: "", is_human: false, role_id: "", states: [], actions: [] },
      rc: {
        ...{ memory: memoryOf([]), state: -1, react_mode: "by_order", max_react_loop: 1 },
        watch: watch.map((action) => `metagpt.actions.${action}`),
      },
      ...{ addresses: [`metagpt.roles.${module}`, name], recovered: false, latest_observed_msg: null },
      __module_class_name: `metagpt.roles.${module}`,
    },
  ]);
  return teamText({
    env: {
      desc: "",
      roles: Object.fromEntries(roles),
      history: memoryOf([messageOf(idea)]),
      __module_class_name: "metagpt.environment.base_env.Environment",
    },
    investment,
    idea,
    context: { kwargs: { project_name: project, inc: false }, cost_manager: JSON.stringify(costs) },
  });
}

/** The same idea has the same message, so that a project that is written twice is the same. */
function messageOf(idea: string) {
  const id = createHash("sha256").update(idea).digest("hex").slice(0, 32);
  const routing = { cause_by: REQUIREMENT, sent_from: "", send_to: ["<all>"] };
  return { id, content: idea, instruct_content: null, role: "user", ...routing };
}

function memoryOf(storage: readonly { readonly cause_by: string }[]) {
  const index = Object.fromEntries(storage.map((message) => [message.cause_by, [message]]));
  return { storage, index, ignore_id: false };
}
