/** A fork replays what was done, and takes over no permission for what was not. */
import { describe, expect, it } from "vitest";
import { approvalIdOf, checkQuestionKey } from "../../../daemon/orchestration/people/approval-gate.ts";
import { forkRun } from "../../../daemon/orchestration/rewind/fork.ts";
import { findCheckpoint } from "../../../daemon/orchestration/rewind/listing.ts";
import { subjectHash } from "../../../daemon/security/approvals.ts";
import type { ApprovalDecision, ApprovalSubject, RunState } from "../../../protocol/index.ts";
import { repositoryWith } from "../changes/fixture.ts";
import { type RunBench, runIn } from "./fixture.ts";

const command: ApprovalSubject = { kind: "command", command: "make", cwd: "/w" };
const plan: ApprovalSubject = { kind: "plan", summary: "One step.", taskCount: 1, commands: [] };
const passed = {
  ...{ command: "make", exitCode: 0, expected: "pass" as const, satisfied: true, durationMs: 1 },
  ...{ outputTail: "", outputArtifact: null },
};

/** Asks under the name of the run that asked first, as the gate does. */
async function ask(run: RunBench, key: string, subject: ApprovalSubject, round = 0): Promise<string> {
  const hash = subjectHash(subject);
  const approvalId = approvalIdOf(run.runId, { key, hash, round });
  const approval = { approvalId, taskId: "t", title: "wants", reason: "because", subject, subjectHash: hash };
  await run.append({ type: "approval.requested", approval });
  return approvalId;
}

async function answer(run: RunBench, approvalId: string, decision: ApprovalDecision): Promise<string> {
  await run.append({ type: "approval.answered", approvalId, decision, by: "me" });
  return approvalId;
}

async function finish(run: RunBench, key: string): Promise<void> {
  const what = {
    taskId: "t",
    turn: 1,
    callId: "c",
    tool: "run_command",
    status: "done" as const,
    summary: "",
    output: "",
  };
  await run.append({ type: "tool.finished", key, ...what, artifact: null, durationMs: 1, changed: [] });
}

async function fork(run: RunBench): Promise<{ answered: string[]; state: RunState | undefined }> {
  await run.checkpoint();
  const { events } = run.dependencies.store;
  const checkpoint = await findCheckpoint(run.dependencies.store, run.runId, 1);
  const at = { checkpoint, commit: checkpoint.commit, prompt: undefined, idempotencyKey: "fork-key-1", by: "me" };
  const { runId } = await forkRun(run.dependencies, { from: await run.state(), ...at });
  const history = await events.readKeyed(runId, { after: 0, limit: 500 });
  const answered = history.flatMap(({ event: { body } }) =>
    body.type === "approval.answered" ? [body.approvalId] : [],
  );
  return { answered, state: await events.state(runId) };
}

describe("a fork", () => {
  it("keeps the answers of what was done, of the plan, and those that said no", async () => {
    const run = await runIn(repositoryWith({ "a.txt": "a\n" }));
    const kept = [
      await answer(run, await ask(run, "plan/1", plan), "approve"),
      await answer(run, await ask(run, "tool/t/1/0", command), "approve"),
      await answer(run, await ask(run, "tool/t/1/0", command, 1), "approve"),
      await answer(run, await ask(run, "tool/t/1/1", command), "reject"),
      await answer(run, await ask(run, checkQuestionKey("verify/t"), command), "approve"),
    ];
    await finish(run, "tool/t/1/0");
    const checked = { type: "verification.finished" as const, taskId: "t", evidence: passed };
    await run.dependencies.store.events.append(run.runId, [{ body: checked, key: "verify/t" }]);
    expect((await fork(run)).answered).toEqual(kept);
  });

  it("carries no approval over whose effect has no result, and no open question", async () => {
    const run = await runIn(repositoryWith({ "a.txt": "a\n" }));
    await answer(run, await ask(run, "tool/t/1/0", command), "approve");
    await answer(run, await ask(run, checkQuestionKey("verify/t"), command), "approve");
    await ask(run, "tool/t/1/1", command);
    await finish(run, "tool/t/1/2");
    const { answered, state } = await fork(run);
    expect(answered).toEqual([]);
    expect(state).toMatchObject({ status: "working", pendingApprovals: [] });
  });
});
