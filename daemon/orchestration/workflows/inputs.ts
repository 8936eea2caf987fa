/** What a workflow is told at its start: checked by its declaration, defaults filled in. */
import { misfit } from "./check.ts";
import type { Json, Workflow } from "./definition.ts";

type Given = { readonly [name: string]: Json };

export type Inputs =
  | { readonly ok: true; readonly values: Readonly<Record<string, Json>> }
  | { readonly ok: false; readonly problems: readonly string[] };

export function inputsOf({ inputs = {} }: Workflow, given: Given): Inputs {
  const problems: string[] = [];
  const values: Record<string, Json> = {};
  for (const name of Object.keys(given))
    if (!Object.hasOwn(inputs, name))
      problems.push(`there is no input “${name}” (there are: ${Object.keys(inputs).join(", ") || "none"})`);
  for (const [name, input] of Object.entries(inputs)) {
    const value = Object.hasOwn(given, name) ? given[name] : input.default;
    if (value === undefined) {
      if (input.required !== false) problems.push(`the input “${name}” is missing`);
      else values[name] = null;
      continue;
    }
    const problem = misfit(input, value);
    if (problem === undefined) values[name] = value;
    else problems.push(`the input “${name}”: ${problem}`);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, values };
}

/** Words of a command line, by the input's type: a text stays a text, all else is JSON. */
export function inputFromText({ inputs = {} }: Workflow, name: string, text: string): Json {
  const type = inputs[name]?.type;
  if (type === undefined || type === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
