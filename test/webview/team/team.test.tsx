import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { applyRunEvent, type RunEventBody, type RunState } from "../../../protocol/index.ts";
import { timelineSteps } from "../../../webview/steps/timeline.ts";
import { ExchangeCard } from "../../../webview/team/exchange-card.tsx";
import { TeamCard } from "../../../webview/team/team-card.tsx";
import { teamTree } from "../../../webview/team/tree.ts";
import { CREATED, numbered, SAMPLE_PLAN } from "../sample-run.ts";

const BODIES: RunEventBody[] = [
  CREATED,
  { type: "run.started", attempt: 1, reason: "new" },
  { type: "plan.proposed", plan: SAMPLE_PLAN },
  {
    type: "task.dispatched",
    taskId: "service",
    place: { kind: "copy", folder: "/copies/service", startCommit: "c0" },
    leases: [{ on: "file", name: "src/server.js" }],
    budgetUsd: 0.2,
    deadlineAt: "2026-03-02T09:30:00.000Z",
    reason: "Nothing that it needs is missing.",
  },
  { type: "task.started", taskId: "service", title: "Limit the notes in the service", agent: "backend" },
  {
    type: "task.delegated",
    taskId: "service.2.0",
    parent: "service",
    depth: 1,
    title: "Find who calls list",
    goal: "Name each caller.",
    agent: "research",
    contract: { returns: "paths", files: [], readOnly: true },
    budgetUsd: 0.05,
  },
  { type: "task.life", taskId: "service", life: "waiting", reason: "It waits for service.2.0." },
  {
    type: "message.sent",
    message: { messageId: "m1", from: "service", to: "page", kind: "inform", text: "The parameter is called <limit>." },
  },
  {
    type: "board.written",
    entry: {
      key: "api/limit",
      version: 2,
      value: '{"max":100}',
      taskId: "service",
      agent: "backend",
      source: "src/server.js",
    },
  },
  {
    type: "wait.refused",
    taskId: "page",
    cycle: ["page", "service", "page"],
    explanation: "Each would wait for the other.",
  },
];

function stateOf(bodies: readonly RunEventBody[]): RunState {
  const state = numbered(bodies).reduce<RunState | null>(applyRunEvent, null);
  if (state === null) throw new Error("a run begins with run.created");
  return state;
}

describe("the team", () => {
  const run = stateOf(BODIES);

  it("puts what was handed on below who handed it, with what all of it cost", () => {
    const tasks = run.tasks.map((task) => ({ ...task, costUsd: 0.01 }));
    const branches = teamTree(tasks);
    const at = branches.findIndex(({ task }) => task.id === "service");
    expect(branches[at]).toMatchObject({ depth: 0, spentUsd: 0.02 });
    expect(branches[at + 1]).toMatchObject({ depth: 1, task: { id: "service.2.0" } });
    expect(branches).toHaveLength(6);
  });

  it("shows every task once, even in a circle of parents", () => {
    const tasks = run.tasks.map((task, index) => ({
      ...task,
      parent: run.tasks[(index + 1) % run.tasks.length]?.id ?? "",
    }));
    expect(
      teamTree(tasks)
        .map(({ task }) => task.id)
        .sort(),
    ).toEqual(tasks.map(({ id }) => id).sort());
  });

  it("says where an agent works, what it may spend and why it waits", () => {
    const html = renderToStaticMarkup(<TeamCard run={run} />);
    expect(html).toContain("a copy of its own");
    expect(html).toContain("of $0.20");
    expect(html).toContain("It waits for service.2.0.");
    expect(html).toContain("Handed on by service: ");
    expect(html).toContain("6 agents, 0 at work");
  });

  it("is not drawn for a run without a team", () => {
    expect(renderToStaticMarkup(<TeamCard run={stateOf(BODIES.slice(0, 3))} />)).toBe("");
  });

  it("shows messages as text, and the board with its versions", () => {
    const html = renderToStaticMarkup(<ExchangeCard run={run} />);
    expect(html).toContain("service tells page:");
    expect(html).toContain("&lt;limit&gt;");
    expect(html).toContain("version 2");
    expect(html).toContain("backend in service");
  });

  it("tells in the timeline what was handed on and which wait was refused", () => {
    const notes = timelineSteps(numbered(BODIES)).flatMap((step) => (step.kind === "note" ? [step.text] : []));
    expect(notes).toContain("service handed “Find who calls list” to research.");
    expect(notes).toContain("Each would wait for the other.");
  });
});
