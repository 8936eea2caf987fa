import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyRunEvent, pendingPaths, type RunEvent, type RunEventBody, type RunState } from "../../protocol/index.ts";

const CREATED: RunEventBody = {
  type: "run.created",
  sessionId: "s",
  workspace: "/w",
  prompt: "do it",
  mode: "act",
  headless: false,
  autoApply: false,
  model: { provider: "openai", model: "m" },
  budgetUsd: 1,
  policy: {},
  continues: null,
};

function fold(...bodies: RunEventBody[]): RunState {
  const events = [CREATED, ...bodies].map(
    (body, index): RunEvent => ({ runId: "r", seq: index + 1, at: `2026-01-01T00:00:0${index % 10}.000Z`, body }),
  );
  return events.reduce<RunState | null>(applyRunEvent, null) as RunState;
}

const call = { key: "k", taskId: "t", turn: 1 };
const usage = { inputTokens: 100, cacheReadTokens: 10, cacheWriteTokens: 5, outputTokens: 7, estimated: false };

function requested(reservedUsd: number): RunEventBody {
  const model = { provider: "openai", model: "m" };
  return { type: "model.requested", ...call, model, reservedUsd, inputTokens: 100, overheadTokens: 900 };
}

const responded: RunEventBody = {
  type: "model.responded",
  ...call,
  text: "",
  toolCalls: [],
  stopReason: "end",
  usage,
  costUsd: 0.2,
  durationMs: 5,
  artifact: "a",
};

const approval = {
  approvalId: "a1",
  taskId: null,
  title: "?",
  reason: "",
  subjectHash: "h",
  subject: { kind: "command" as const, command: "ls", cwd: "." },
};

describe("applyRunEvent", () => {
  it("refuses gaps, repeats and a log that does not begin at its beginning", () => {
    const state = fold();
    const next = (seq: number): RunEvent => ({ runId: "r", seq, at: "", body: { type: "run.answered", text: "x" } });
    expect(() => applyRunEvent(state, next(3))).toThrow(/does not follow/);
    expect(() => applyRunEvent(state, next(1))).toThrow(/does not follow/);
    expect(() => applyRunEvent(null, next(1))).toThrow(/before run.created/);
    expect(applyRunEvent(state, next(2)).answer).toBe("x");
  });

  it("reserves money before a call and settles it after", () => {
    expect(fold(requested(0.5)).budget).toMatchObject({ limitUsd: 1, reservedUsd: 0.5, spentUsd: 0 });
    expect(fold(requested(0.5), responded).budget).toEqual({ limitUsd: 1, reservedUsd: 0, spentUsd: 0.2 });
  });

  it("holds what the latest request of an agent was made of", () => {
    const context = {
      taskId: "t",
      turn: 1,
      windowTokens: 8000,
      answerTokens: 2000,
      inputTokens: 100,
      exact: true,
      errorShare: 0,
      compactions: 0,
      parts: [{ name: "task" as const, tokens: 100, share: 1, items: 1, truncated: false }],
    };
    expect(fold().context).toBeUndefined();
    expect(fold({ ...requested(0), context } as RunEventBody, requested(0)).context).toEqual(context);
  });

  it("drops a reservation that a crash left behind", () => {
    const state = fold(requested(0.5), { type: "run.started", attempt: 1, reason: "restart" });
    expect(state.budget.reservedUsd).toBe(0);
  });

  it("counts the model calls up to the first edit", () => {
    const edit: RunEventBody = {
      type: "tool.requested",
      ...call,
      callId: "c",
      tool: "edit_file",
      input: "{}",
      effect: "verifiable",
    };
    expect(fold(responded, responded, edit, responded, edit).stats.callsBeforeFirstEdit).toBe(2);
  });

  it("waits for every open approval", () => {
    const second = { ...approval, approvalId: "a2" };
    const open: RunEventBody[] = [
      { type: "approval.requested", approval },
      { type: "approval.requested", approval: second },
      { type: "approval.answered", approvalId: "a1", decision: "approve", by: "me" },
    ];
    expect(fold(...open).status).toBe("awaiting_approval");
    expect(fold(...open, { type: "approval.answered", approvalId: "a2", decision: "reject", by: "me" })).toMatchObject({
      status: "working",
      pendingApprovals: [],
    });
  });

  it("waits for every open question, beside approvals, and shows the latest list", () => {
    const question = { questionId: "q1", taskId: "t", agent: "coder", text: "Which?", choices: [] };
    const todo = { taskId: "t", items: [{ text: "Build", status: "doing" as const }] };
    const asked: RunEventBody[] = [
      { type: "approval.requested", approval },
      { type: "question.asked", question },
      { type: "todo.changed", todo },
    ];
    const answered: RunEventBody = { type: "question.answered", questionId: "q1", answer: "this", by: "me" };
    const approved: RunEventBody = { type: "approval.answered", approvalId: "a1", decision: "approve", by: "me" };
    expect(fold(...asked)).toMatchObject({ status: "awaiting_approval", pendingQuestions: [question], todo });
    expect(fold(...asked, approved).status).toBe("awaiting_approval");
    expect(fold(...asked, answered).status).toBe("awaiting_approval");
    expect(fold(...asked, answered, approved)).toMatchObject({ status: "working", pendingQuestions: [] });
    const ended: RunEventBody = { type: "run.finished", status: "cancelled", summary: "" };
    expect(fold(...asked, ended).pendingQuestions).toEqual([]);
  });

  it("still waits after a restart, until what was asked before it is answered", () => {
    const question = { questionId: "q1", taskId: "t", agent: "coder", text: "Which?", choices: [] };
    const restarted: RunEventBody = { type: "run.started", attempt: 2, reason: "restart" };
    const answered: RunEventBody = { type: "question.answered", questionId: "q1", answer: "this", by: "me" };
    const approved: RunEventBody = { type: "approval.answered", approvalId: "a1", decision: "approve", by: "me" };
    const asked: RunEventBody = { type: "question.asked", question };
    expect(fold({ type: "approval.requested", approval }, restarted).status).toBe("awaiting_approval");
    expect(fold({ type: "approval.requested", approval }, restarted, approved).status).toBe("working");
    expect(fold(asked, { type: "run.suspended", reason: "" }, restarted).status).toBe("awaiting_approval");
    expect(fold(asked, answered, restarted).status).toBe("working");
  });

  it("keeps track of what was decided about each file", () => {
    const file = (path: string) => ({ path, status: "modified" as const, additions: 1, deletions: 0, binary: false });
    const ready: RunEventBody = {
      type: "changes.ready",
      changeSet: { baseCommit: "b", resultCommit: "r", files: [file("a"), file("b"), file("c")] },
    };
    const state = fold(ready, { type: "changes.accepted", paths: ["a"] }, { type: "changes.discarded", paths: ["b"] });
    expect(pendingPaths(state)).toEqual(["c"]);
    expect(pendingPaths(fold(ready, { type: "changes.superseded", byRun: "x" }))).toEqual([]);
  });

  it("does not change the state that it is given", () => {
    const bodies: RunEventBody[] = [
      { type: "run.started", attempt: 1, reason: "new" },
      { type: "task.started", taskId: "t", title: "T", agent: "coder" },
      requested(0.1),
      responded,
      { type: "approval.requested", approval },
      { type: "run.noticed", level: "info", code: "x", message: "y" },
      { type: "task.finished", taskId: "t", outcome: "done", summary: "s" },
      { type: "run.finished", status: "done", summary: "ok" },
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...bodies), { maxLength: 12 }),
        fc.constantFrom(...bodies),
        (before, last) => {
          const state = fold(...before);
          const copy = structuredClone(state);
          applyRunEvent(state, { runId: "r", seq: state.seq + 1, at: "z", body: last });
          expect(state).toEqual(copy);
        },
      ),
    );
  });

  it("stays bounded however many events there are", () => {
    const notices = Array.from(
      { length: 500 },
      (_, index): RunEventBody => ({
        type: "run.noticed",
        level: "info",
        code: "n",
        message: `${index}`,
      }),
    );
    const state = fold(...notices);
    expect(state.notices).toHaveLength(20);
    expect(state.notices.at(-1)?.message).toBe("499");
  });
});
