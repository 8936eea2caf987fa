import { expect, it } from "vitest";
import { createWaitGraph } from "../../daemon/collaboration/wait-for.ts";
import type { RunDependencies } from "../../daemon/orchestration/dependencies.ts";
import { createAnswers } from "../../daemon/orchestration/people/answers.ts";
import { askApproval, type Question } from "../../daemon/orchestration/people/approval-gate.ts";
import type { RunContext } from "../../daemon/orchestration/run-context.ts";
import type { Approval } from "../../protocol/index.ts";
import { collectingAudit } from "../support/guard.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { openTestStore, runCreated } from "../support/store.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const COMMAND: Question = {
  key: "tool/change/1/0",
  taskId: "change",
  title: "coder wants to run a command",
  reason: "It runs the project's code.",
  subject: { kind: "command", command: "npm run build", cwd: "/w" },
  remember: "command npm run build",
};
const ALIKE: Question = { ...COMMAND, key: "tool/change/1/1" };
const PLAN: Question = {
  key: "plan",
  taskId: null,
  title: "Approve the plan?",
  reason: "",
  subject: { kind: "plan", summary: "One step.", taskCount: 1, commands: [] },
};

async function setUp() {
  const clock = createManualClock();
  const { store } = await openTestStore({ now: clock.iso });
  await store.events.append("r", [{ body: runCreated() }]);
  const stop = new AbortController();
  const kept: string[] = [];
  const audit = collectingAudit();
  const redact = (text: string) => text;
  const waits = createWaitGraph();
  const context = { runId: "r", store, clock, audit, redact, waits, signal: stop.signal } as unknown as RunContext;
  const keepRule = async (rule: string) => void kept.push(rule);
  const answers = createAnswers({ store, clock, audit, keepRule } as unknown as RunDependencies);
  const pending = async () => (await answers.approvals()).approvals.map(({ approval }) => approval);
  /** Asks, and answers with what waits then. */
  async function ask(question: Question): Promise<{ decided: ReturnType<typeof askApproval>; approval: Approval }> {
    const before = (await pending()).length;
    const asked = Promise.withResolvers<void>();
    const unsubscribe = store.events.subscribe(() => asked.resolve());
    const decided = askApproval(context, question);
    decided.catch(asked.reject);
    await asked.promise;
    unsubscribe();
    const approval = (await pending())[before];
    if (approval === undefined) throw new Error("nothing was asked");
    return { decided, approval };
  }
  const answer = (
    approval: Approval,
    more: { decision: "approve" | "reject"; remember?: boolean; feedback?: string },
  ) =>
    answers.answer(
      { runId: "r", approvalId: approval.approvalId, subjectHash: approval.subjectHash, ...more },
      { name: "cli 1" },
    );
  return { audit, clock, store, context, answers, ask, answer, pending, kept, stop };
}

it("waits for the answer and hands the feedback over", async () => {
  const { ask, answer, pending } = await setUp();
  const { decided, approval } = await ask(COMMAND);
  expect(approval).toMatchObject({ remember: "command npm run build", expiresAt: "2026-01-02T00:00:00.000Z" });
  await answer(approval, { decision: "reject", feedback: "Use make." });
  expect(await decided).toMatchObject({ decision: "reject", feedback: "Use make.", subjectHash: approval.subjectHash });
  expect(await pending()).toEqual([]);
});

it("takes the first answer only, and tells who gave it", async () => {
  const { ask, answer } = await setUp();
  const { decided, approval } = await ask(COMMAND);
  const both = await Promise.allSettled([
    answer(approval, { decision: "approve" }),
    answer(approval, { decision: "reject" }),
  ]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(both[1]).toMatchObject({ reason: { value: { code: "approval.unknown" } } });
  expect(await decided).toMatchObject({ decision: "approve" });
});

it("counts a question that nobody answered as rejected", async () => {
  const { clock, ask, answer, pending } = await setUp();
  const { decided, approval } = await ask(COMMAND);
  clock.advance(DAY);
  await expect(answer(approval, { decision: "approve" })).rejects.toMatchObject({
    value: { code: "approval.expired" },
  });
  expect(await decided).toMatchObject({ decision: "reject", feedback: "Nobody answered in time." });
  expect(await pending()).toEqual([]);
});

it("expires at the time that was set before a restart, not later", async () => {
  const { clock, context, ask, stop } = await setUp();
  const { decided } = await ask(COMMAND);
  stop.abort(new Error("the daemon ends"));
  await expect(decided).rejects.toThrow("the daemon ends");
  clock.advance(DAY + MINUTE);
  const after = { ...context, signal: new AbortController().signal };
  const again = askApproval(after, COMMAND);
  while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(0);
  expect(await again).toMatchObject({ decision: "reject" });
});

it("uses an answer that a crash left unused only for a short while", async () => {
  const { clock, context, ask, answer, pending } = await setUp();
  const first = await ask(COMMAND);
  await answer(first.approval, { decision: "approve" });
  await first.decided;
  clock.advance(9 * MINUTE);
  expect(await askApproval(context, COMMAND)).toMatchObject({ decision: "approve" });
  clock.advance(2 * MINUTE);
  const second = await ask(COMMAND);
  expect(second.approval.approvalId).not.toBe(first.approval.approvalId);
  await answer(second.approval, { decision: "reject" });
  expect(await second.decided).toMatchObject({ decision: "reject" });
  expect(await pending()).toEqual([]);
});

it("agrees to a plan for the whole run", async () => {
  const { clock, context, ask, answer } = await setUp();
  const { decided, approval } = await ask(PLAN);
  await answer(approval, { decision: "approve" });
  await decided;
  clock.advance(3 * DAY);
  expect(await askApproval(context, PLAN)).toMatchObject({ decision: "approve" });
});

it("asks anew when what is asked about has changed", async () => {
  const { ask, answer } = await setUp();
  const first = await ask(COMMAND);
  await answer(first.approval, { decision: "approve" });
  const files = [{ path: "build.sh", sha256: "0".repeat(64) }];
  const changed = await ask({ ...COMMAND, subject: { ...COMMAND.subject, kind: "command", files } as never });
  expect(changed.approval.subjectHash).not.toBe(first.approval.subjectHash);
  await expect(
    answer({ ...changed.approval, subjectHash: first.approval.subjectHash }, { decision: "approve" }),
  ).rejects.toMatchObject({ value: { code: "approval.mismatch" } });
});

it("keeps the rule that was shown, and answers by it what else waits", async () => {
  const { ask, answer, kept, pending, store } = await setUp();
  const first = await ask(COMMAND);
  const second = await ask(ALIKE);
  await answer(first.approval, { decision: "approve", remember: true });
  expect(kept).toEqual(["command npm run build"]);
  expect(await second.decided).toMatchObject({ decision: "approve" });
  expect(await pending()).toEqual([]);
  const events = await store.events.read("r", { after: 0, limit: 50 });
  expect(events.filter(({ body }) => body.type === "approval.answered").map(({ body }) => body)).toMatchObject([
    { by: "cli 1", remembered: "command npm run build" },
    { by: "cli 1, by the rule “command npm run build”" },
  ]);
});

it("keeps no rule where none was offered, and answers nothing then", async () => {
  const { ask, answer, kept, pending } = await setUp();
  const { approval } = await ask({ ...COMMAND, remember: undefined });
  await expect(answer(approval, { decision: "approve", remember: true })).rejects.toMatchObject({
    value: { code: "approval.not_rememberable" },
  });
  expect(kept).toEqual([]);
  expect(await pending()).toHaveLength(1);
});

it("records who answered what, before the answer counts, and when time ran out", async () => {
  const { audit, ask, answer, clock } = await setUp();
  const { approval } = await ask(COMMAND);
  const both = [answer(approval, { decision: "approve" }), answer(approval, { decision: "reject" })];
  await Promise.allSettled(both);
  const told = audit.entries.map(({ event, actor, verdict, approvalHash }) => [event, actor, verdict, approvalHash]);
  const { subjectHash } = approval;
  expect(told).toEqual([
    ["approval", "client:cli 1", "approved", subjectHash],
    ["approval", "client:cli 1", "rejected", subjectHash],
    ["approval", "client:cli 1", "failed", subjectHash],
  ]);
  expect(audit.entries[0]?.action).toContain('"command":"npm run build"');
  const late = await ask(ALIKE);
  clock.advance(DAY);
  await late.decided;
  expect(audit.entries.at(-1)).toMatchObject({ actor: "nexus", verdict: "expired" });
});

it("lets no answer count that cannot be recorded", async () => {
  const { audit, ask, answer, pending } = await setUp();
  const { approval } = await ask(COMMAND);
  audit.record = async () => {
    throw new Error("no space");
  };
  await expect(answer(approval, { decision: "approve" })).rejects.toThrow("no space");
  expect(await pending()).toHaveLength(1);
});
