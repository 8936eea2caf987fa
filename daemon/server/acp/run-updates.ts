/** From the events of a run to the updates of a session. The same for a run at work and for one that is told again. */
import type { SessionUpdate } from "@agentclientprotocol/sdk";
import {
  applyRunEvent,
  type Evidence,
  type RunDelta,
  type RunEvent,
  type RunEventOf,
  type RunState,
} from "../../../protocol/index.ts";
import { type CallUpdates, createCallUpdates } from "./call-updates.ts";
import type { ClientAbilities } from "./client.ts";
import { planEntries } from "./plan-entries.ts";
import { createTextUpdates } from "./text-updates.ts";
import { fenced, oneLine, textContent } from "./tool-calls.ts";

export interface RunUpdates {
  /** Undefined before the first event. */
  readonly state: RunState | undefined;
  readonly calls: CallUpdates;
  event(event: RunEvent): SessionUpdate[];
  /** Of the model's words; what calls print goes to `calls`. */
  delta(delta: RunDelta): SessionUpdate[];
  /** Pieces were lost on the way here. */
  lost(): void;
  /** What was told from its log goes on. */
  goLive(): void;
}

export interface RunUpdatesOptions {
  readonly runId: string;
  readonly client: ClientAbilities;
  /** What the session's earlier runs cost, in USD. */
  readonly spentBefore: number;
  /** The client shows already what its own person wrote. */
  readonly isOwnPrompt: (promptId: string) => boolean;
  /** Tell the run's own prompt, and its end in words. */
  readonly tellsAll: boolean;
  /** It is told from its log, and asks nothing of anybody. */
  readonly isPast?: boolean;
  /** What the client knows of it already. */
  readonly from?: RunState;
}

export function createRunUpdates(options: RunUpdatesOptions, workspace: string): RunUpdates {
  const { runId, client } = options;
  let state: RunState | null = options.from ?? null;
  let plan = "";
  let isLive = options.isPast !== true;
  const asked = new Map<string, string>();
  const texts = createTextUpdates(runId, () => state?.kind ?? null);
  const calls = createCallUpdates(runId, workspace);

  function planUpdate(present: RunState): SessionUpdate[] {
    const entries = planEntries(present);
    const text = JSON.stringify(entries);
    if (entries === undefined || text === plan) return [];
    plan = text;
    return [{ sessionUpdate: "plan", entries }];
  }

  function usage(present: RunState): SessionUpdate[] {
    if (present.context === undefined) return [];
    const { inputTokens: used, windowTokens: size } = present.context;
    const amount = options.spentBefore + present.budget.spentUsd;
    return [{ sessionUpdate: "usage_update", used, size, cost: { amount, currency: "USD" } }];
  }

  function notice(severity: "info" | "warning", title: string): SessionUpdate[] {
    if (client.notices) return [{ sessionUpdate: "notice", severity, title }];
    return severity === "info" ? [] : [thought(`${runId}/notice/${state?.seq ?? 0}`, `! ${title}\n`)];
  }

  /** Of a run that is told again. While it is at work questions are asked and answered where people see them. */
  function questionAndAnswer({ questionId, answer }: RunEventOf<"question.answered">): SessionUpdate[] {
    const id = `${runId}/${questionId}`;
    return [messageChunk(id, asked.get(questionId) ?? ""), userChunk(`${id}/answer`, answer)];
  }

  function updatesOf({ body, seq }: RunEvent, present: RunState): SessionUpdate[] {
    switch (body.type) {
      case "run.created":
        return options.tellsAll ? [userChunk(`${runId}/prompt`, body.prompt)] : [];
      case "run.started":
        if (body.reason !== "new") texts.restarted();
        return [];
      case "prompt.received":
        return options.isOwnPrompt(body.promptId) ? [] : [userChunk(`${runId}/${body.promptId}`, body.text)];
      case "model.responded":
        calls.responded(body);
        return [...texts.responded(body), ...usage(present)];
      case "model.requested":
        texts.requested(body);
        return usage(present);
      case "model.failed":
        texts.restarted(body.taskId);
        return body.willRetry ? notice("info", `${body.error.message} Trying again.`) : [];
      case "tool.requested":
        return calls.requested(body);
      case "tool.finished":
        return calls.finished(body);
      case "verification.finished":
        return body.evidence === null ? [] : [evidenceUpdate(`${runId}/tests/${seq}`, body.evidence)];
      case "context.compacted":
        return client.compaction
          ? [{ sessionUpdate: "compaction_update", compactionId: `${runId}/${seq}`, status: "completed" }]
          : [];
      case "run.noticed":
        return notice(body.level, body.message);
      case "run.suspended":
        return notice("info", `Suspended: ${body.reason}`);
      case "run.reviewed":
        return findings(`${runId}/review`, body);
      case "question.asked":
        asked.set(body.question.questionId, body.question.text);
        return [];
      case "question.answered":
        return isLive ? [] : questionAndAnswer(body);
      case "run.answered":
        return texts.answered(body.text);
      case "changes.ready":
        return options.tellsAll ? [changesCall(runId, body)] : [];
      case "changes.accepted":
        return options.tellsAll ? [changesEnd(runId, "completed")] : [];
      case "changes.discarded":
        return options.tellsAll ? [changesEnd(runId, "failed")] : [];
      case "run.finished":
        return isSaid(present) ? [] : texts.answered(endText(present));
      default:
        return [];
    }
  }

  /** How a run ended is its answer already, or told by the answer to the prompt. */
  function isSaid({ status, kind, answer }: RunState): boolean {
    if (status === "done") return (kind === "question" || kind === "change") && answer !== null;
    return status === "failed" && !options.tellsAll;
  }

  return {
    get state() {
      return state ?? undefined;
    },
    calls,
    event(event) {
      const before = state;
      state = applyRunEvent(before, event);
      const isPlan = before?.tasks !== state.tasks || before.todo !== state.todo || before.plan !== state.plan;
      return [...(isPlan ? planUpdate(state) : []), ...updatesOf(event, state)];
    },
    delta: (delta) => texts.delta(delta),
    lost: () => texts.lost(),
    goLive() {
      isLive = true;
    },
  };
}

/** What a person reads when the run has ended. */
function endText({ status, summary, error }: RunState): string {
  if (status === "done" || status === "cancelled") return summary === "" ? "It was cancelled." : summary;
  const why = error === null ? summary : `${error.message} ${error.hint}`;
  return `${END_WORDS[status] ?? ""} ${why}`.trim();
}

const END_WORDS: Readonly<Record<string, string>> = {
  failed: "It failed.",
  denied: "It was not allowed.",
  out_of_budget: "The budget is spent.",
};

function evidenceUpdate(toolCallId: string, { command, satisfied, outputTail, exitCode }: Evidence): SessionUpdate {
  return {
    sessionUpdate: "tool_call",
    toolCallId,
    title: oneLine(`Checks: ${command}`),
    kind: "execute",
    status: satisfied ? "completed" : "failed",
    content: outputTail.trim() === "" ? [] : [textContent(fenced(outputTail))],
    rawInput: { command },
    rawOutput: { exitCode, satisfied },
  };
}

function findings(messageId: string, { findings: found }: RunEventOf<"run.reviewed">): SessionUpdate[] {
  if (found.length === 0) return [];
  const lines = found.map(
    ({ severity, path, message }) => `- ${severity}: ${path === null ? "" : `${path}: `}${message}`,
  );
  return [messageChunk(messageId, `\n${lines.join("\n")}\n`)];
}

function changesCall(runId: string, { changeSet }: RunEventOf<"changes.ready">): SessionUpdate {
  const { files } = changeSet;
  const lines = files.map(({ path, additions, deletions }) => `${path} +${additions} −${deletions}`);
  return {
    sessionUpdate: "tool_call",
    toolCallId: `${runId}/changes`,
    title: filesTitle(files.length),
    kind: "edit",
    status: "pending",
    content: [textContent(fenced(lines.join("\n")))],
  };
}

export function filesTitle(count: number): string {
  return count === 1 ? "Change of 1 file" : `Change of ${count} files`;
}

function changesEnd(runId: string, status: "completed" | "failed"): SessionUpdate {
  return { sessionUpdate: "tool_call_update", toolCallId: `${runId}/changes`, status };
}

function userChunk(messageId: string, text: string): SessionUpdate {
  return { sessionUpdate: "user_message_chunk", messageId, content: { type: "text", text } };
}

export function messageChunk(messageId: string, text: string): SessionUpdate {
  return { sessionUpdate: "agent_message_chunk", messageId, content: { type: "text", text } };
}

function thought(messageId: string, text: string): SessionUpdate {
  return { sessionUpdate: "agent_thought_chunk", messageId, content: { type: "text", text } };
}
