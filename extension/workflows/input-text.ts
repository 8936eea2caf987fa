/** Inputs of a workflow as a person types them. */
import type { ListedWorkflow } from "../../protocol/workflow-requests.ts";

type Input = ListedWorkflow["inputs"][number];

/** A text stays a text, all else is JSON. Undefined: it is not of the input's type. */
export function inputValue({ type }: Pick<Input, "type">, text: string): { readonly value: unknown } | undefined {
  if (type === "string") return { value: text };
  const value = parsed(text);
  const is = value === null ? "null" : Array.isArray(value) ? "list" : typeof value === "object" ? "map" : typeof value;
  return is === type || (type === "integer" && Number.isSafeInteger(value)) ? { value } : undefined;
}

/** What is wrong with it, and how to write it. */
export function inputProblem(input: Input, text: string): string | undefined {
  if (inputValue(input, text) !== undefined) return undefined;
  return `This must be of type ${input.type}, such as ${EXAMPLES[input.type]}.`;
}

const EXAMPLES: Record<Input["type"], string> = {
  string: "some words",
  integer: "3",
  number: "0.5",
  boolean: "true",
  list: '["a", "b"]',
  map: '{"a": 1}',
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
