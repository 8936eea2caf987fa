/** What an expression sees where it stands: only what it names is loaded. */
import type { Json } from "./definition.ts";
import { type Evaluated, evaluate, evaluateBoolean, fill, namesIn, placeholdersIn } from "./expression.ts";
import { resultAt, type Scope, type WorkflowRun } from "./workflow-run.ts";

type Values = Record<string, Json>;

export async function told(run: WorkflowRun, scope: Scope, source: string): Promise<Evaluated> {
  return evaluate(source, { values: await valuesFor(run, scope, [source]) });
}

export async function toldBoolean(run: WorkflowRun, scope: Scope, source: string, now?: number): Promise<Evaluated> {
  const values = await valuesFor(run, scope, [source]);
  return evaluateBoolean(source, { values, ...(now === undefined ? {} : { now }) });
}

/** A value with its `${{ … }}` filled in. */
export async function filledIn(run: WorkflowRun, scope: Scope, value: Json): Promise<Evaluated> {
  const sources = placeholdersIn(value);
  if (sources.length === 0) return { ok: true, value };
  const values = await valuesFor(run, scope, sources);
  return fill(value, (source) => evaluate(source, { values }));
}

async function valuesFor(run: WorkflowRun, scope: Scope, sources: readonly string[]): Promise<Values> {
  const { runId, workspace } = run;
  const about = { id: runId, workspace, workflow: scope.workflow.name };
  const values: Values = { ...variablesOf(scope), inputs: { ...scope.inputs }, run: about };
  const steps: Values = {};
  for (const source of sources) {
    const names = namesIn(source);
    if ("problem" in names) continue;
    for (const [first, id] of names.paths) {
      if (first !== "steps") continue;
      const wanted = id === undefined ? idsIn(scope) : [id];
      for (const each of wanted) {
        const result = await find(run, scope, each);
        if (result !== undefined) steps[each] = result;
      }
    }
  }
  return { ...values, steps };
}

function variablesOf({ outer, variables }: Scope): Values {
  return { ...(outer === undefined ? {} : variablesOf(outer)), ...variables };
}

function idsIn({ outer, steps }: Scope): string[] {
  return [...steps.map(({ id }) => id), ...(outer === undefined ? [] : idsIn(outer))];
}

/** In this list or in the lists around it. */
async function find(run: WorkflowRun, { prefix, steps, outer }: Scope, id: string): Promise<Json | undefined> {
  if (!steps.some((step) => step.id === id)) return outer === undefined ? undefined : find(run, outer, id);
  const result = await resultAt(run, prefix + id);
  if (result === undefined) return undefined;
  return { outcome: result.outcome, output: result.output, reason: result.reason };
}
