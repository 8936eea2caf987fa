/** A workflow as a Mermaid flowchart, for pages and editors that draw them. */
import { listsOf, needsOf, type Step, type StepKind, type Workflow, workOf } from "./definition.ts";

const SHAPES: Readonly<Record<StepKind, readonly [open: string, close: string]>> = {
  agent: ["([", "])"],
  tool: ["[/", "/]"],
  command: ["[", "]"],
  gate: ["{{", "}}"],
  workflow: ["[[", "]]"],
  parallel: ["[", "]"],
  forEach: ["[", "]"],
  loop: ["[", "]"],
  if: ["{", "}"],
  wait: ["((", "))"],
  set: [">", "]"],
};

export function mermaidOf({ name, steps }: Workflow): string {
  return ["flowchart TD", `  %% ${name}`, ...listLines(steps, "  "), ""].join("\n");
}

function listLines(steps: readonly Step[], indent: string): string[] {
  return steps.flatMap((step, index) => [
    ...stepLines(step, indent),
    ...needsOf(steps, index).map((need) => `${indent}${nodeOf(need)} ${arrowOf(step)} ${nodeOf(step.id)}`),
    ...(step.compensate === undefined ? [] : [`${indent}${nodeOf(step.id)} -. undo .-> ${nodeOf(step.id)}`]),
  ]);
}

function stepLines(step: Step, indent: string): string[] {
  const lists = listsOf(step);
  const { kind } = workOf(step);
  const [open, close] = SHAPES[kind];
  if (lists.length === 0) return [`${indent}${nodeOf(step.id)}${open}"${step.id}: ${kind}"${close}`];
  const inner = lists.flatMap(({ path, steps }) => {
    const title = path.at(-1) ?? "";
    const label = title === "steps" ? kind : title;
    const head = `${indent}  subgraph ${nodeOf(`${step.id}.${title}`)}["${label}"]`;
    return [head, ...listLines(steps, `${indent}    `), `${indent}  end`];
  });
  return [`${indent}subgraph ${nodeOf(step.id)}["${step.id}: ${kind}"]`, ...inner, `${indent}end`];
}

function arrowOf({ when }: Step): string {
  return when === undefined ? "-->" : `-->|"${escaped(when)}"|`;
}

/** Words such as “end” have a meaning of their own there. */
function nodeOf(id: string): string {
  return `s_${id.replaceAll(/[^a-z0-9]/gi, "_")}`;
}

function escaped(text: string): string {
  return text.replaceAll('"', "#quot;").replaceAll("|", "#124;").replace(/\s+/g, " ").slice(0, 60);
}
