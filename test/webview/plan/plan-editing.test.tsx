/** The plan as readers and keyboards meet it: milestones, figures, what changed, and the form that changes it. */
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { applyRunEvent, type Plan, type RunEventBody, type RunState } from "../../../protocol/index.ts";
import { isPanelRequest } from "../../../protocol/panel.ts";
import { PlanCard } from "../../../webview/plan/plan-card.tsx";
import { draftOf, draftReducer, planOfDraft } from "../../../webview/plan/plan-draft.ts";
import { PlanEditor } from "../../../webview/plan/plan-editor.tsx";
import { type Panel, PanelContext } from "../../../webview/state/panel-context.tsx";
import { EMPTY_PANEL, panelReducer } from "../../../webview/state/panel-state.ts";
import { plan as planWith, task } from "../../planning/plans.ts";
import { CREATED, numbered } from "../sample-run.ts";

const estimate = { tokens: 120_000, usd: 0.25, minutes: 4.25, basis: "history" as const };
const PLAN: Plan = {
  ...planWith(task("a", { milestone: "base", estimate }), task("b", { dependsOn: ["a"], files: ["x.ts"] })),
  milestones: [
    { id: "base", title: "Base", outcome: "Tags are kept.", risks: [{ risk: "Old notes", mitigation: "Migrate." }] },
  ],
  estimate,
};
const REVISED: RunEventBody = {
  type: "plan.revised",
  plan: { ...PLAN, tasks: [...PLAN.tasks, task("c")] },
  change: { added: ["c"], removed: [], changed: [{ id: "b", field: "title", before: "Do <b>", after: "Do it" }] },
  by: "nexus",
  reason: "Task a found a wall.",
};
const PROPOSED: RunEventBody[] = [CREATED, { type: "plan.proposed", plan: PLAN }];

function panelOf(bodies: readonly RunEventBody[]): { panel: Panel; run: RunState } {
  const events = numbered(bodies);
  const run = events.reduce<RunState | null>(applyRunEvent, null);
  if (run === null) throw new Error("a run begins with run.created");
  const state = panelReducer(EMPTY_PANEL, { type: "run", run, events });
  const nothing = () => undefined;
  const acts = { send: nothing, dismissProblem: nothing, setView: nothing, keepScroll: nothing };
  return { run, panel: { state, saved: undefined, view: { draft: "", planView: "list" }, ...acts } };
}

function card(...bodies: RunEventBody[]): string {
  const { panel, run } = panelOf(bodies);
  return renderToStaticMarkup(
    <PanelContext.Provider value={panel}>
      <PlanCard run={run} />
    </PanelContext.Provider>,
  );
}

describe("the plan card", () => {
  it("groups tasks by milestone, with outcome, risks and figures", () => {
    const html = card(...PROPOSED);
    expect(html).toMatch(/<th scope="rowgroup" colSpan="6">Base.*Tags are kept\..*1 risk.*Old notes.*Migrate\./s);
    expect(html).toContain("Thought to take about 120k tokens, 4.3 min, $0.25.");
    expect(html).toMatch(/of about 4\.3 min.*of about \$0\.25/s);
    expect(html.indexOf("Do a")).toBeLessThan(html.indexOf("Do b"));
    expect(html).toContain("Edit plan");
  });

  it("tells what the last revision changed, as text", () => {
    const html = card(...PROPOSED, REVISED);
    expect(html).toContain("Changed by nexus: Task a found a wall.");
    expect(html).toContain("Added: c");
    expect(html).toContain("<del>Do &lt;b&gt;</del> <ins>Do it</ins>");
  });

  it("offers no edit of a plan that is history", () => {
    expect(card(...PROPOSED, { type: "run.finished", status: "done", summary: "" })).not.toContain("Edit plan");
  });
});

describe("the form", () => {
  const form = (...bodies: RunEventBody[]) => {
    const { panel, run } = panelOf(bodies);
    const said = panelReducer(panel.state, { type: "planEdited", problems: ["a <cycle>"], warnings: [] });
    const draw = (state: Panel["state"]) =>
      renderToStaticMarkup(
        <PanelContext.Provider value={{ ...panel, state }}>
          <PlanEditor run={run} plan={PLAN} onClose={() => undefined} />
        </PanelContext.Provider>,
      );
    return { html: draw(panel.state), again: draw(said) };
  };

  it("names every field, and shows what began as text", () => {
    const { html } = form(...PROPOSED, { type: "task.started", taskId: "a", title: "Do a", agent: "coder" });
    expect(html).toContain("a: Do a (working; it stays as it is)");
    for (const label of [
      "Summary",
      "Title",
      "Goal",
      "Agent",
      "Files, one a line",
      "Done when this command",
      "Expected",
    ])
      expect(html).toMatch(new RegExp(`<label for="([^"]+)">${label}</label>.*id="\\1"`, "s"));
    const fields = [...html.matchAll(/<(?:input|textarea|select)[^>]* id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(fields).size).toBe(fields.length);
    expect(html).toContain('aria-label="Remove task b"');
    expect(html).toContain('role="alert"');
  });

  it("says nothing of what was wrong with an earlier edit", () => {
    expect(form(...PROPOSED).again).not.toContain("cycle");
  });
});

describe("a draft", () => {
  const DRAFT = draftOf(PLAN, [{ id: "a", status: "done" }]);

  it("gives back the plan when nothing was changed", () => {
    expect(planOfDraft(PLAN, DRAFT)).toEqual(PLAN);
  });

  it("takes what was typed, and nothing for what began", () => {
    const steps = [
      { type: "summary", text: "More." },
      { type: "field", id: "a", change: { title: "Other" } },
      {
        type: "field",
        id: "b",
        change: { files: " y.ts \n\nz.ts", check: "npm test", expect: "fail", after: "a,a2  a3" },
      },
    ] as const;
    const [a, b] = planOfDraft(PLAN, steps.reduce(draftReducer, DRAFT)).tasks;
    expect(a).toEqual(PLAN.tasks[0]);
    expect(b).toMatchObject({ files: ["y.ts", "z.ts"], dependsOn: ["a", "a2", "a3"] });
    expect(b?.acceptance).toEqual({ command: "npm test", expect: "fail" });
  });

  it("adds under a fresh id, and lets nothing wait for what was removed", () => {
    const added = draftReducer(DRAFT, { type: "add" });
    expect(added.tasks.map(({ id }) => id)).toEqual(["a", "b", "task-3"]);
    const waiting = draftReducer(added, { type: "field", id: "task-3", change: { after: "b, a" } });
    const removed = draftReducer(waiting, { type: "remove", id: "b" });
    expect(planOfDraft(PLAN, removed).tasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ["a", []],
      ["task-3", ["a"]],
    ]);
  });
});

describe("the message to the extension", () => {
  const request = { type: "editPlan", plan: PLAN, reason: "So.", revisions: 0 };

  it("is taken in its shape and size only", () => {
    expect(isPanelRequest(request)).toBe(true);
    for (const bad of [
      { reason: "" },
      { revisions: -1 },
      { plan: null },
      { plan: { summary: "x".repeat(600_000) } },
      { more: 1 },
    ])
      expect(isPanelRequest({ ...request, ...bad })).toBe(false);
  });

  it("forgets what was said of the edit before", () => {
    const said = panelReducer(EMPTY_PANEL, { type: "planEdited", problems: ["p"], warnings: [] });
    expect(said.planEdit?.problems).toEqual(["p"]);
    const sent = panelReducer(said, {
      type: "sent",
      request: { type: "editPlan", plan: PLAN, reason: "r", revisions: 0 },
    });
    expect(sent).toMatchObject({ planEdit: null, pending: ["editPlan"] });
  });
});
