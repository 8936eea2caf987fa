import { expect, it } from "vitest";
import { phaseMarks } from "../../../webview/run/phase-strip.tsx";

const FRESH = { tasks: [], verification: null } as const;
const names = (run: Omit<Parameters<typeof phaseMarks>[0], "tasks" | "verification">) =>
  phaseMarks({ ...FRESH, tasks: [], ...run }).map(([phase, mark]) => `${phase} ${mark}`);

it("shows where a goal stands", () => {
  expect(names({ kind: "goal", phase: "plan", status: "working", plan: null })).toEqual([
    "triage done",
    "recall done",
    "plan current",
    "approve ahead",
    "tasks ahead",
    "verify ahead",
    "review ahead",
    "finish ahead",
  ]);
});

it("spares questions and small changes the phases they never enter", () => {
  expect(names({ kind: "question", phase: "finish", status: "done", plan: null })).toEqual([
    "triage done",
    "recall done",
    "tasks done",
    "finish done",
  ]);
  expect(names({ kind: "change", phase: "tasks", status: "failed", plan: null })).toContain("tasks stopped");
});

it("shows all phases once a small change has grown a plan", () => {
  expect(
    names({ kind: "change", phase: "approve", status: "awaiting_approval", plan: { summary: "s", tasks: [] } }),
  ).toContain("approve current");
});

it("tells the phases that a failed run never saw from those it went through", () => {
  const marks = names({ kind: "goal", phase: "finish", status: "failed", plan: null });
  expect(marks).toEqual([
    "triage done",
    "recall done",
    "plan missed",
    "approve missed",
    "tasks missed",
    "verify missed",
    "review missed",
    "finish stopped",
  ]);
});
