/** Tools by which a person, asked through the assistant's client, answers what waits. The assistant only puts the question. */
import type { InputRequiredResult } from "@modelcontextprotocol/server";
import * as z from "zod/mini";
import {
  type Approval,
  ChangeConflict,
  NexusError,
  nexusError,
  pendingPaths,
  type RunState,
} from "../../../../protocol/index.ts";
import { revealed } from "../../../tools/gate/result.ts";
import { approvalQuestion } from "../approval-text.ts";
import { askPerson } from "../asking.ts";
import { type Desk, runOf } from "../desk.ts";
import { runId, text } from "./fields.ts";
import { openApprovals } from "./plans.ts";
import { type Tool, type ToolCall, tool } from "./tool.ts";

const MOST_FILES = 300;

const outcome = z.enum(["approved", "rejected", "not_answered", "answered_elsewhere"]);

export function approvalTools(desk: Desk): Tool[] {
  return [
    tool({
      name: "decide_approval",
      title: "Ask the person about an approval",
      description:
        "Shows the person exactly what an approval would allow and passes their answer on. The answer is theirs alone: there is nothing to argue in the arguments.",
      needs: "approvals",
      destructive: true,
      input: z.strictObject({ approvalId: text("An open approval, as list_approvals gives it.", 200) }),
      output: z.object({ approvalId: z.string(), outcome }),
      async call({ approvalId }, call) {
        const open = await openApprovals(desk, call.signal);
        const found = open.find(({ approval }) => approval.approvalId === approvalId);
        if (found === undefined) throw nexusError("approval.unknown", approvalId);
        return decide(desk, found.runId, found.approval, call);
      },
    }),
    tool({
      name: "answer_question",
      title: "Ask the person an agent's question",
      description: "Puts the question of a run's agent to the person and passes their words on.",
      needs: "approvals",
      input: z.strictObject({ runId, questionId: text("An open question, as show_run gives it.", 200) }),
      output: z.object({ questionId: z.string(), outcome: z.enum(["answered", "not_answered"]) }),
      call: (params, call) => answerQuestion(desk, params, call),
    }),
  ];
}

export function changeTools(desk: Desk): Tool[] {
  return [
    tool({
      name: "accept_changes",
      title: "Ask the person to accept a change",
      description:
        "Asks the person whether a run's change is written into the folder, and writes it when they say so: all files or none.",
      needs: "changes",
      destructive: true,
      input: z.strictObject({ runId }),
      output: z.object({
        outcome: z.enum(["accepted", "conflicts", "not_accepted"]),
        accepted: z.array(z.string()),
        conflicts: z.array(ChangeConflict),
      }),
      call: (params, call) => accept(desk, params.runId, call),
    }),
    tool({
      name: "discard_changes",
      title: "Ask the person to discard a change",
      description: "Asks the person whether a run's change is given up. The folder itself is not touched.",
      needs: "changes",
      destructive: true,
      input: z.strictObject({ runId }),
      output: z.object({ outcome: z.enum(["discarded", "kept"]), discarded: z.array(z.string()) }),
      call: (params, call) => discard(desk, params.runId, call),
    }),
  ];
}

/** The first value is what a client that fills in by itself would choose: never the one that allows. */
function choice(title: string, refuse: string, allow: string) {
  return { type: "string" as const, title, enum: [refuse, allow] };
}

async function decide(desk: Desk, id: string, approval: Approval, call: ToolCall) {
  const { approvalId, subjectHash } = approval;
  const elsewhere = await whenAnswered(desk, id, approvalId, call.signal);
  try {
    const answer = await askPerson(call.person, {
      subject: `approval ${id} ${approvalId} ${subjectHash}`,
      message: `${approvalQuestion(approval)}\n\nAllow it, once?`,
      schema: {
        type: "object",
        properties: {
          decision: choice("Your decision", "reject", "approve"),
          feedback: { type: "string", title: "What to do instead (with a rejection)", maxLength: 2000 },
        },
        required: ["decision"],
      },
      signal: call.signal,
      withdrawn: elsewhere.signal,
    });
    if (answer.kind === "pending") return answer.result;
    if (answer.kind === "open")
      return { approvalId, outcome: elsewhere.signal.aborted ? "answered_elsewhere" : "not_answered" } as const;
    const approves = answer.kind === "accepted" && answer.content["decision"] === "approve";
    const feedback = answer.kind === "accepted" ? wordsOf(answer.content["feedback"]) : undefined;
    const decision = approves ? "approve" : "reject";
    const given = {
      runId: id,
      approvalId,
      subjectHash,
      decision,
      ...(approves || !feedback ? {} : { feedback }),
    } as const;
    await desk.links.deciding.request("approval/answer", given, { signal: call.signal });
    return { approvalId, outcome: approves ? "approved" : "rejected" } as const;
  } catch (error) {
    if (error instanceof NexusError && error.value.code === "approval.unknown")
      return { approvalId, outcome: "answered_elsewhere" } as const;
    throw error;
  } finally {
    elsewhere.stop();
  }
}

/** Aborts its signal when the approval is answered by any client. */
async function whenAnswered({ links }: Desk, id: string, approvalId: string, signal: AbortSignal) {
  const answered = new AbortController();
  const { run } = await links.looking.request("run/show", { runId: id }, { signal });
  const stop = links.looking.watch(id, run.seq, ({ body }) => {
    if (body.type === "run.finished" || (body.type === "approval.answered" && body.approvalId === approvalId))
      answered.abort();
  });
  if (!run.pendingApprovals.some((each) => each.approvalId === approvalId)) answered.abort();
  return { signal: answered.signal, stop };
}

async function answerQuestion(
  desk: Desk,
  { runId: id, questionId }: { runId: string; questionId: string },
  call: ToolCall,
) {
  const { pendingQuestions = [] } = await runOf(desk, id, call.signal);
  const question = pendingQuestions.find((each) => each.questionId === questionId);
  if (question === undefined) throw nexusError("question.unknown", questionId);
  const choices = question.choices.map((each) => `- ${each}`).join("\n");
  const answer = await askPerson(call.person, {
    subject: `question ${id} ${questionId}`,
    message: revealed(`${question.agent} asks:\n${question.text}\n${choices}`),
    schema: {
      type: "object",
      properties: { answer: { type: "string", title: "Your answer", minLength: 1, maxLength: 2000 } },
      required: ["answer"],
    },
    signal: call.signal,
  });
  if (answer.kind === "pending") return answer.result;
  const words = answer.kind === "accepted" ? wordsOf(answer.content["answer"]) : undefined;
  if (!words) return { questionId, outcome: "not_answered" } as const;
  await desk.links.deciding.request(
    "question/answer",
    { runId: id, questionId, answer: words },
    { signal: call.signal },
  );
  return { questionId, outcome: "answered" } as const;
}

async function accept(desk: Desk, id: string, call: ToolCall) {
  const asked = await askAboutChange(desk, id, call, {
    question: (folder) => `Write this change into ${folder}? All files or none.`,
    decision: choice("Your decision", "not now", "accept"),
    yes: "accept",
  });
  const { change, instead } = asked;
  if (change === undefined) return instead ?? { outcome: "not_accepted" as const, accepted: [], conflicts: [] };
  const { accepted, conflicts } = await desk.links.deciding.request("changes/accept", { runId: id, ...change });
  return { outcome: conflicts.length > 0 ? ("conflicts" as const) : ("accepted" as const), accepted, conflicts };
}

async function discard(desk: Desk, id: string, call: ToolCall) {
  const asked = await askAboutChange(desk, id, call, {
    question: () => "Give up this change?",
    decision: choice("Your decision", "keep", "discard"),
    yes: "discard",
  });
  const { change, instead } = asked;
  if (change === undefined) return instead ?? { outcome: "kept" as const, discarded: [] };
  const { discarded } = await desk.links.deciding.request("changes/discard", { runId: id, paths: change.paths });
  return { outcome: "discarded" as const, discarded };
}

interface ChangeQuestion {
  question(folder: string): string;
  readonly decision: ReturnType<typeof choice>;
  readonly yes: string;
}

/** The change that the person said yes to, still as it was shown; or what is answered for now, undefined for everything but a yes. */
async function askAboutChange(
  desk: Desk,
  id: string,
  call: ToolCall,
  { question, decision, yes }: ChangeQuestion,
): Promise<{ change?: { paths: string[]; shown: string }; instead?: InputRequiredResult }> {
  const run = await runOf(desk, id, call.signal);
  const shown = changeText(run);
  const answer = await askPerson(call.person, {
    subject: `change ${id} ${yes}`,
    message: `${shown}\n\n${revealed(question(run.workspace))}`,
    schema: { type: "object", properties: { decision }, required: ["decision"] },
    signal: call.signal,
  });
  if (answer.kind === "pending") return { instead: answer.result };
  if (answer.kind !== "accepted" || answer.content["decision"] !== yes) return {};
  const now = await runOf(desk, id, call.signal);
  if (changeText(now) !== shown)
    throw nexusError("changes.none", "The change is not the one that was shown any more. Ask again.");
  return { change: { paths: pendingPaths(now), shown: now.changes?.changeSet.resultCommit ?? "" } };
}

/** Names the change by its commit, so that another change of the same files is another question. */
function changeText(run: RunState): string {
  const pending = pendingPaths(run);
  if (run.changes === null || pending.length === 0) throw nexusError("changes.none");
  if (pending.length > MOST_FILES)
    throw nexusError(
      "changes.none",
      `${pending.length} files are too many to be shown here: use \`nexus runs accept\` or the editor.`,
    );
  const { files, resultCommit } = run.changes.changeSet;
  const lines = files
    .filter(({ path }) => pending.includes(path))
    .map(({ status, path, additions, deletions }) => `${status} ${path} (+${additions} −${deletions})`);
  return revealed(`${run.prompt.slice(0, 500)}\n\n${lines.join("\n")}\n\nchange ${resultCommit.slice(0, 12)}`);
}

function wordsOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.slice(0, 10_000) : undefined;
}
