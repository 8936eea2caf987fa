/** Commands that went on while the agent worked: each is told of in the step that started it. */
import type { Step, ToolStep } from "./step.ts";

const STARTED = /^It runs as (c\d+)\./;
const LOOKED = /^(c\d+): (.*)/;

/** Gives each command that was started in the background how it was when the agent last looked; they end with their run. */
export function withBackground(steps: Step[], isEnded: boolean): Step[] {
  const started = new Map<string, number>();
  const states = new Map<number, { readonly id: string; readonly state: string }>();
  for (const [index, step] of steps.entries()) {
    if (step.kind !== "tool" || step.status !== "done") continue;
    const id = startedId(step);
    if (id !== undefined) {
      started.set(id, index);
      states.set(index, { id, state: "runs" });
    }
    const looked = step.tool === "command_output" || step.tool === "stop_command" ? LOOKED.exec(step.output) : null;
    const at = started.get(looked?.[1] ?? "");
    if (at !== undefined && looked !== null) states.set(at, { id: looked[1] ?? "", state: looked[2] ?? "" });
  }
  return steps.map((step, index) => {
    const found = states.get(index);
    if (found === undefined || step.kind !== "tool") return step;
    const state = isEnded && found.state === "runs" ? "ended with the run" : found.state;
    return { ...step, background: { id: found.id, state } };
  });
}

function startedId({ tool, output }: ToolStep): string | undefined {
  return tool === "run_command" ? STARTED.exec(output)?.[1] : undefined;
}
