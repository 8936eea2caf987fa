/** What editors ask of workflow files before anything runs: which there are, and what is wrong with one. */
import type { Answer, ListedWorkflow, Params } from "../../../protocol/index.ts";
import { loadBundle, type WorkflowSource } from "./bundle.ts";
import { workflowsIn } from "./source.ts";

export async function listWorkflows({
  workspace,
  paths = [],
}: Params<"workflow/list">): Promise<Answer<"workflow/list">> {
  const source = workflowsIn(workspace);
  const all = new Set([...(await source.list()), ...paths]);
  const workflows = [];
  for (const path of all) workflows.push(await listed(source, path));
  return { workflows };
}

async function listed(source: WorkflowSource, path: string): Promise<ListedWorkflow> {
  const loaded = await loadBundle(source, path);
  if (!loaded.ok) return { path, name: null, description: "", inputs: [], problems: loaded.problems.length };
  const { name, description = "", inputs = {} } = loaded.value.main;
  const told = Object.entries(inputs).map(([key, input]) => ({
    name: key,
    type: input.type,
    description: input.description ?? "",
    needed: input.default === undefined && input.required !== false,
  }));
  return { path, name, description, inputs: told, problems: 0 };
}

export async function validateWorkflow({
  workspace,
  path,
  text,
}: Params<"workflow/validate">): Promise<Answer<"workflow/validate">> {
  const loaded = await loadBundle(workflowsIn(workspace), path, text);
  if (loaded.ok) return { problems: [] };
  return {
    problems: loaded.problems.map(({ file, line, column, message, hint }) => ({ file, line, column, message, hint })),
  };
}
