import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { applyRunEvent, type RunEventBody, type RunState } from "../../../protocol/index.ts";
import { type Panel, PanelContext } from "../../../webview/state/panel-context.tsx";
import { EMPTY_PANEL } from "../../../webview/state/panel-state.ts";
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

function draw(run: RunState, card: ReactNode): string {
  const panel: Panel = {
    state: { ...EMPTY_PANEL, run },
    saved: undefined,
    view: { draft: "", planView: "list" },
    send: () => undefined,
    dismissProblem: () => undefined,
    setView: () => undefined,
    keepScroll: () => undefined,
  };
  return renderToStaticMarkup(<PanelContext.Provider value={panel}>{card}</PanelContext.Provider>);
}

/** The names of all buttons, in the order of the Tab key. */
const buttons = (html: string): string[] =>
  [...html.matchAll(/<vscode-button[^>]*aria-label="([^"]*)"/g)].map(([, label = ""]) => label);

const control = (action: "cancel" | "pause" | "resume"): RunEventBody => {
  return { type: "task.controlled", taskId: "service", action, by: "vscode" };
};

describe("what a person can do to a task", () => {
  const labels = (...more: RunEventBody[]) => {
    const run = stateOf([...BODIES, ...more]);
    return buttons(draw(run, <TeamCard run={run} />));
  };
  const stop = "Stop “Limit the notes in the service”";

  it("offers to hold and to stop those at work, by their titles", () => {
    expect(labels()).toEqual(["Pause “Limit the notes in the service” before its next turn", stop]);
  });

  it("offers to let one that is held go on", () => {
    expect(labels(control("pause"))).toEqual(["Go on with “Limit the notes in the service”", stop]);
    expect(labels(control("pause"), control("resume"))[0]).toMatch(/^Pause /);
  });

  it("offers nothing for one that is being stopped, and nothing once the run has ended", () => {
    expect(labels(control("cancel"))).toEqual([]);
    expect(labels({ type: "run.finished", status: "failed", summary: "" })).toEqual([]);
  });
});

describe("contracts in the timeline", () => {
  const bid = { bidder: "backend", outcome: "bid" as const, costUsd: 0.04, confidence: 0.9, evidence: "3 of 3 done." };
  const CONTRACT: RunEventBody[] = [
    { type: "contract.announced", taskId: "page", round: 1, bidders: ["backend", "frontend"] },
    { type: "contract.bid", taskId: "page", round: 1, bid: { ...bid, score: 0.5 } },
    {
      type: "contract.bid",
      taskId: "page",
      round: 1,
      bid: { ...bid, bidder: "frontend", outcome: "late", costUsd: null, confidence: null, evidence: "", score: null },
    },
    {
      type: "contract.awarded",
      taskId: "page",
      round: 1,
      winner: "backend",
      agent: "backend",
      budgetUsd: null,
      reason: "It scores highest.",
    },
  ];
  const notes = (bodies: RunEventBody[]) =>
    timelineSteps(numbered([CREATED, ...bodies])).flatMap((step) => (step.kind === "note" ? [step] : []));

  it("is one note that says who got the task and why, with every bid", () => {
    expect(notes(CONTRACT)).toMatchObject([
      {
        text: "page goes to backend: It scores highest.",
        details: ["backend: $0.04, 90% sure, score 0.50. 3 of 3 done.", "frontend: was too late. "],
      },
    ]);
  });

  it("says who was asked until then", () => {
    expect(notes(CONTRACT.slice(0, 2))).toMatchObject([{ text: "page was announced to backend, frontend." }]);
  });

  it("tells each round of review, and who decided the last one", () => {
    const review = { type: "task.reviewed" as const, taskId: "page", by: "testing", comments: ["Test the border."] };
    const rounds = notes([
      { ...review, round: 1, verdict: "rejected", decidedBy: "review" },
      { ...review, round: 2, verdict: "accepted", comments: [], decidedBy: "rule" },
    ]);
    expect(rounds.map(({ text, details }) => [text, ...details])).toEqual([
      ["testing rejected page, round 1", "Test the border."],
      ["testing accepted page, round 2 (the last round)"],
    ]);
  });
});

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
    const html = draw(run, <TeamCard run={run} />);
    expect(html).toContain("a copy of its own");
    expect(html).toContain("of $0.20 at most");
    expect(html).toContain("It waits for service.2.0.");
    expect(html).toContain("Handed on by service: ");
    expect(html).toContain("6 agents, 0 at work");
  });

  it("is not drawn for a run without a team", () => {
    const run = stateOf(BODIES.slice(0, 3));
    expect(draw(run, <TeamCard run={run} />)).toBe("");
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
