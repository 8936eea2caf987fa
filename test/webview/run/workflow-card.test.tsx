import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { applyRunEvent, type RunEventBody, type RunState } from "../../../protocol/index.ts";
import { WorkflowCard } from "../../../webview/run/workflow-card.tsx";
import { CREATED, numbered } from "../sample-run.ts";

const PINNED: RunEventBody = {
  type: "workflow.pinned",
  workflow: { name: "release", hash: "h", artifact: "a", inputs: "{}" },
};
const started = (at: string, kind = "command", attempt = 1): RunEventBody => {
  return { type: "step.started", at, kind, attempt };
};
const finished = (at: string, outcome: "done" | "failed" | "skipped", reason = ""): RunEventBody => {
  return { type: "step.finished", at, outcome, output: "null", artifact: null, reason };
};

function stateOf(...bodies: RunEventBody[]): RunState {
  const state = numbered([CREATED, ...bodies]).reduce<RunState | null>(applyRunEvent, null);
  if (state === null) throw new Error("a run begins with run.created");
  return state;
}

/** One text a step. */
function lines(...bodies: RunEventBody[]): string[] {
  const html = renderToStaticMarkup(<WorkflowCard run={stateOf(PINNED, ...bodies)} />);
  return [...html.matchAll(/<li.*?<\/li>/gs)].map(([item]) =>
    item
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );
}

it("shows how each step is, and why it is so", () => {
  const steps = lines(
    started("build"),
    finished("build", "done"),
    finished("publish", "skipped", "`inputs.publish` is false."),
    started("each[0]/check", "agent"),
  );
  expect(steps[0]).toMatch(/^build command done/);
  expect(steps[1]).toBe("publish left out `inputs.publish` is false.");
  expect(steps[2]).toBe("each[0]/check agent working");
});

it("keeps a step that is tried again, or undone, in its place", () => {
  const steps = lines(
    started("build"),
    { type: "step.retried", at: "build", attempt: 2, reason: "exit 1", delayMs: 0 },
    started("build", "command", 2),
    finished("build", "done"),
    started("ship"),
    finished("ship", "failed", "exit 2"),
    { type: "step.compensated", at: "build", outcome: "done", reason: "" },
  );
  expect(steps).toHaveLength(2);
  expect(steps[0]).toMatch(/^build command, try 2 done, then undone/);
  expect(steps[1]).toMatch(/^ship command failed .* exit 2$/);
});

it("keeps the latest 300 steps", () => {
  const run = stateOf(PINNED, ...Array.from({ length: 310 }, (_, index) => started(`each[${index}]`)));
  expect(run.workflowSteps).toHaveLength(300);
  expect(run.workflowSteps?.at(-1)?.at).toBe("each[309]");
});

it("is not drawn for any other run", () => {
  expect(renderToStaticMarkup(<WorkflowCard run={stateOf()} />)).toBe("");
});
