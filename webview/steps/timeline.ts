/** Turns events into what a person follows: a call and its result become one step, bookkeeping becomes nothing. */
import type { RunEvent } from "../../protocol/run-events.ts";
import { callStreamKey } from "../state/panel-state.ts";
import { withBackground } from "./background.ts";
import type { NoteStep, Step, StepBase, ToolStep, TurnStep } from "./step.ts";
import { contractNote, teamNote } from "./team-notes.ts";

/** Steps in the order in which they began. A result whose beginning is on an older page stands for itself. */
export function timelineSteps(events: readonly RunEvent[]): Step[] {
  const steps = new Map<string, Step>();
  for (const event of events) {
    const step = stepOf(event, steps);
    if (step !== undefined) steps.set(step.id, step);
  }
  return withBackground([...steps.values()], events.at(-1)?.body.type === "run.finished");
}

function stepOf(event: RunEvent, steps: ReadonlyMap<string, Step>): Step | undefined {
  const { body, seq, at } = event;
  const base = (id: string) => ({ id, seq: steps.get(id)?.seq ?? seq, at: steps.get(id)?.at ?? at });
  switch (body.type) {
    case "run.entered":
      return { ...base(`phase/${seq}`), kind: "phase", phase: body.phase };
    case "task.started":
      return { ...base(`task/${seq}`), kind: "task", taskId: body.taskId, title: body.title, agent: body.agent };
    case "model.requested":
    case "model.responded":
    case "model.failed":
      // Notes on a conversation that got too long are no step of the agent.
      if (body.key.startsWith("notes/")) return undefined;
      return turnStep(body, base(`model/${body.key}`), steps.get(`model/${body.key}`));
    case "tool.requested":
    case "tool.finished":
      return toolStep(body, base(`tool/${body.key}/${body.callId}`), steps.get(`tool/${body.key}/${body.callId}`));
    case "approval.requested":
      return {
        ...base(`approval/${body.approval.approvalId}`),
        kind: "approval",
        approval: body.approval,
        decision: null,
        by: "",
        feedback: "",
      };
    case "approval.answered": {
      const asked = steps.get(`approval/${body.approvalId}`);
      if (asked?.kind !== "approval") return noteStep(event);
      return { ...asked, decision: body.decision, by: body.by, feedback: body.feedback ?? "" };
    }
    case "verification.finished":
      if (body.evidence === null) return noteStep(event);
      return { ...base(`check/${seq}`), kind: "check", taskId: body.taskId, evidence: body.evidence };
    case "checkpoint.taken": {
      const isIts = (step: Step) => step.kind === "turn" && step.taskId === body.taskId && step.turn === body.turn;
      const turn = [...steps.values()].findLast(isIts);
      return turn?.kind === "turn" ? { ...turn, checkpoint: body.number } : undefined;
    }
    case "contract.announced":
    case "contract.bid":
    case "contract.awarded": {
      const contract = base(`contract/${body.taskId}/${body.round}`);
      const before = steps.get(contract.id);
      return contractNote(body, before?.kind === "note" ? before : undefined, (tone, text, details = []) => {
        return { ...contract, kind: "note", tone, text, details };
      });
    }
    case "prompt.received":
      return { ...base(`prompt/${body.promptId}`), kind: "prompt", text: body.text, delivery: body.delivery };
    default:
      return noteStep(event);
  }
}

type Body<Type extends RunEvent["body"]["type"]> = Extract<RunEvent["body"], { type: Type }>;

function turnStep(
  body: Body<"model.requested" | "model.responded" | "model.failed">,
  base: StepBase,
  before: Step | undefined,
): TurnStep {
  const { taskId, turn } = body;
  const fresh: TurnStep = {
    ...base,
    kind: "turn",
    taskId,
    turn,
    status: "working",
    text: "",
    tools: 0,
    costUsd: 0,
    inputTokens: 0,
    outputTokens: 0,
    durationMs: 0,
    error: null,
    checkpoint: null,
  };
  switch (body.type) {
    case "model.requested":
      return { ...fresh, inputTokens: body.inputTokens };
    case "model.responded": {
      const { text, toolCalls, usage, costUsd, durationMs } = body;
      const inputTokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
      const { outputTokens } = usage;
      return {
        ...fresh,
        status: "done",
        text,
        tools: toolCalls.length,
        costUsd,
        inputTokens,
        outputTokens,
        durationMs,
      };
    }
    case "model.failed":
      return {
        ...(before?.kind === "turn" ? before : fresh),
        status: body.willRetry ? "working" : "failed",
        error: body.error,
      };
  }
}

function toolStep(body: Body<"tool.requested" | "tool.finished">, base: StepBase, before: Step | undefined): ToolStep {
  const { taskId, tool } = body;
  const stream = callStreamKey(body.key);
  if (body.type === "tool.requested")
    return {
      ...base,
      kind: "tool",
      taskId,
      tool,
      input: body.input,
      status: "working",
      summary: "",
      output: "",
      durationMs: 0,
      changed: [],
      stream,
    };
  const { status, summary, output, durationMs, changed } = body;
  const input = before?.kind === "tool" ? before.input : "";
  return { ...base, kind: "tool", taskId, tool, input, status, summary, output, durationMs, changed, stream };
}

function noteStep({ body, seq, at }: RunEvent): NoteStep | undefined {
  const note = (tone: NoteStep["tone"], text: string, details: readonly string[] = []): NoteStep => {
    return { id: `note/${seq}`, seq, at, kind: "note", tone, text, details };
  };
  switch (body.type) {
    case "run.started":
      return body.reason === "new" ? undefined : note("plain", RESTARTS[body.reason]);
    case "run.triaged":
      return note("plain", `Taken as a ${KINDS[body.kind]}: ${body.reason}.`);
    case "run.recalled": {
      const details = [...body.rules, ...body.files.map((file) => `${file.path}: ${file.why}`)];
      return details.length === 0
        ? undefined
        : note("plain", `Recalled ${recalled(body.files.length, body.rules.length)}`, details);
    }
    case "run.isolated":
      return note("plain", "A private copy of the workspace is ready.", body.linked);
    case "plan.proposed":
      return note("good", `Planned ${count(body.plan.tasks.length, "task")}`, [body.plan.summary]);
    case "plan.rejected":
      return note("warning", `Plan ${body.attempt} was not usable`, body.problems);
    case "approval.answered":
      return note(body.decision === "approve" ? "good" : "bad", `${body.by} chose to ${body.decision}.`);
    case "question.asked":
      return note("warning", `${body.question.agent} asks: ${body.question.text}`, body.question.choices);
    case "question.answered":
      return note("good", `${body.by} answered.`, [body.answer]);
    case "task.finished":
      return note(
        OUTCOMES[body.outcome],
        `Task ${body.taskId} ${body.outcome}`,
        body.summary === "" ? [] : [body.summary],
      );
    case "verification.finished":
      return note("warning", "No tests ran on the whole change.");
    case "context.compacted":
      return note(
        "plain",
        `Shortened the conversation to notes: ${body.tokensBefore} → ${body.tokensAfter} tokens.`,
        body.problems,
      );
    case "run.noticed":
      return note(body.level === "warning" ? "warning" : "plain", body.message);
    case "prompt.delivered":
      return note("plain", "The agent has read your message.");
    case "run.reviewed":
      return note(
        body.findings.length === 0 ? "good" : "warning",
        body.findings.length === 0 ? "Reviewed, nothing found." : `Reviewed: ${count(body.findings.length, "finding")}`,
        body.findings.map((finding) => `${finding.severity}: ${finding.path ?? ""} ${finding.message}`),
      );
    case "changes.ready":
      return note("good", `Change set ready: ${count(body.changeSet.files.length, "file")}`);
    case "changes.accepted":
      return note(
        "good",
        `Accepted ${count(body.paths.length, "file")}`,
        body.paths.map((path) => (body.inEditor?.includes(path) ? `${path} (in the editor, not saved)` : path)),
      );
    case "changes.discarded":
      return note("plain", `Discarded ${count(body.paths.length, "file")}`, body.paths);
    case "changes.conflicted":
      return note(
        "bad",
        "Not written: files were changed meanwhile",
        body.conflicts.map((conflict) => `${conflict.path}: ${conflict.reason}`),
      );
    case "changes.superseded":
      return note("plain", "A later run goes on from this change set.");
    case "rewind.finished": {
      const conflicts = body.conflicts.map((conflict) => `${conflict.path}: ${conflict.reason}`);
      if (conflicts.length > 0) return note("bad", "Nothing was put back: files were changed meanwhile", conflicts);
      return { ...note("good", "Files were put back."), rewind: body.number };
    }
    case "run.forked":
      return note("plain", `Goes on from checkpoint ${body.checkpoint} of another run.`);
    case "run.rewound":
      if (body.byRun === null) return note("plain", "The conversation stands again.");
      return {
        ...note("plain", `The conversation went back to checkpoint ${body.checkpoint}; another run goes on.`),
        rewind: null,
      };
    case "budget.changed":
      return note("plain", body.budgetUsd === null ? "No budget limit." : `Budget is now $${body.budgetUsd}.`);
    case "run.cancel_requested":
      return note("warning", `${body.by} asked to cancel.`);
    case "run.suspended":
      return note("warning", `Suspended: ${body.reason}`);
    case "run.finished":
      return note(body.status === "done" ? "good" : "bad", ENDS[body.status]);
    default:
      return teamNote(body, note);
  }
}

const RESTARTS = { restart: "Taken up again after the daemon had stopped.", resume: "Resumed." } as const;
const KINDS = { workflow: "workflow", question: "question", change: "small change", goal: "goal" } as const;
const OUTCOMES = { done: "good", failed: "bad", skipped: "plain" } as const;
const ENDS = {
  done: "Done.",
  failed: "Failed.",
  denied: "Denied.",
  cancelled: "Cancelled.",
  out_of_budget: "Out of budget.",
} as const;

function recalled(files: number, rules: number): string {
  const parts = [files > 0 ? count(files, "file") : "", rules > 0 ? count(rules, "rule") : ""];
  return parts.filter((part) => part !== "").join(" and ");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
