/**
 * What a run wants allowed, asked in the client's own dialogue: exactly what the answer holds for, withdrawn as soon as
 * somebody else has answered. Only what a person chose there is sent as an answer.
 */
import type {
  PermissionOption,
  RequestPermissionResponse,
  ToolCall,
  ToolCallContent,
  ToolCallUpdate,
} from "@agentclientprotocol/sdk";
import {
  type Approval,
  type ApprovalSubject,
  NexusError,
  type Params,
  type RunEvent,
  type RunState,
} from "../../../protocol/index.ts";
import { revealed } from "../../tools/gate/result.ts";
import type { DaemonLink } from "../link.ts";
import { subjectLines } from "../subject-lines.ts";
import type { CallUpdates } from "./call-updates.ts";
import type { SessionClient } from "./client.ts";
import { insist } from "./insist.ts";
import { messageChunk } from "./run-updates.ts";
import { fenced, placeOf, textContent } from "./tool-calls.ts";

export interface PermissionOptions {
  readonly sessionId: string;
  readonly client: SessionClient;
  readonly link: DaemonLink;
  readonly calls: CallUpdates;
}

export interface PermissionAsker {
  /** Asks about what is open in this state and was not asked; withdraws what is open no more. */
  update(state: RunState): void;
  /** A call that stood for nothing but an approval ends with its answer. */
  answered(event: RunEvent): Promise<void>;
  stop(): void;
}

export function createPermissionAsker(options: PermissionOptions): PermissionAsker {
  const { sessionId, client, link, calls } = options;
  const asked = new Map<string, AbortController>();
  const alone = new Map<string, string>();

  async function ask(state: RunState, approval: Approval, withdraw: AbortSignal): Promise<void> {
    const { runId } = state;
    const known = calls.callOf(approval);
    const toolCallId = known ?? `${runId}/approval/${approval.approvalId}`;
    if (known === undefined) alone.set(approval.approvalId, toolCallId);
    const toolCall = { ...shownCall(approval, state.workspace), toolCallId };
    await client.tell([{ sessionUpdate: "tool_call", ...toolCall }]);
    calls.announced(toolCallId);
    const options = permissionOptions(approval);
    const { outcome } = await askPerson(client, { sessionId, toolCall, options }, withdraw);
    if (outcome.outcome === "cancelled" || withdraw.aborted) return;
    const given = ANSWERS.get(outcome.optionId);
    if (given === undefined || !options.some(({ optionId }) => optionId === outcome.optionId)) return;
    const { approvalId, subjectHash } = approval;
    await insist(() => link.request("approval/answer", { runId, approvalId, subjectHash, ...given }));
  }

  /** A client that shows no such question, or an answer that the daemon does not take: it stays where others can answer it. */
  async function failed(runId: string, { approvalId, title }: Approval, error: unknown): Promise<void> {
    const isLate = error instanceof NexusError && error.value.code === "approval.unknown";
    const why =
      error instanceof NexusError ? `${error.value.message} ${error.value.hint}` : "It could not be asked here.";
    const text = `\n${revealed(title)}: ${why} \`nexus approvals\` shows what waits.\n`;
    if (!isLate) await client.tell([messageChunk(`${runId}/approval/${approvalId}/failed`, text)]);
  }

  return {
    update(state) {
      const open = new Set(state.pendingApprovals.map(({ approvalId }) => approvalId));
      for (const [approvalId, withdraw] of asked)
        if (!open.has(approvalId)) {
          asked.delete(approvalId);
          withdraw.abort();
        }
      for (const approval of state.pendingApprovals) {
        if (asked.has(approval.approvalId)) continue;
        const withdraw = new AbortController();
        asked.set(approval.approvalId, withdraw);
        ask(state, approval, withdraw.signal).catch((error: unknown) => {
          if (!withdraw.signal.aborted) void failed(state.runId, approval, error);
        });
      }
    },
    async answered({ body }) {
      if (body.type !== "approval.answered") return;
      const toolCallId = alone.get(body.approvalId);
      alone.delete(body.approvalId);
      if (toolCallId === undefined) return;
      const status = body.decision === "approve" ? "completed" : "failed";
      await client.tell([{ sessionUpdate: "tool_call_update", toolCallId, status }]);
    },
    stop() {
      for (const withdraw of asked.values()) withdraw.abort();
      asked.clear();
    },
  };
}

interface Asked {
  readonly sessionId: string;
  readonly toolCall: ToolCallUpdate;
  readonly options: PermissionOption[];
}

/** Resolves as cancelled when the question was withdrawn. */
export async function askPerson(
  { context }: SessionClient,
  asked: Asked,
  withdraw: AbortSignal,
): Promise<RequestPermissionResponse> {
  try {
    const wait = { cancellationSignal: withdraw, stopWaitingOnCancel: true };
    return await context.request("session/request_permission", asked, wait);
  } catch (error) {
    if (withdraw.aborted) return { outcome: { outcome: "cancelled" } };
    throw error;
  }
}

const ANSWERS: ReadonlyMap<string, Pick<Params<"approval/answer">, "decision" | "remember">> = new Map([
  ["allow", { decision: "approve" as const }],
  ["always", { decision: "approve" as const, remember: true }],
  ["reject", { decision: "reject" as const }],
]);

function permissionOptions({ remember }: Approval): PermissionOption[] {
  return [
    { optionId: "allow", name: "Allow once", kind: "allow_once" },
    ...(remember === undefined
      ? []
      : [
          {
            optionId: "always",
            name: `Always allow: ${revealed(remember).replaceAll("\n", "⏎")}`,
            kind: "allow_always" as const,
          },
        ]),
    { optionId: "reject", name: "Reject", kind: "reject_once" },
  ];
}

const KINDS = {
  plan: "think",
  command: "execute",
  read: "read",
  write: "edit",
  network: "fetch",
  foreign: "other",
  git: "execute",
} as const;

/** Clients show the words as Markdown, in which a text could hide or forge others: all that is not our own stands as code. */
function shownCall({ title, reason, subject, parts = [] }: Approval, root: string): ToolCall {
  const explained = parts.map(({ text, why }) => `${text}: ${why}`).join("\n");
  const words = [reason, explained].filter((text) => text !== "").map(asCode);
  return {
    toolCallId: "",
    title: revealed(title).replaceAll("\n", "⏎"),
    kind: KINDS[subject.kind],
    status: "pending",
    content: [...subjectContent(subject), ...words],
    locations: "path" in subject ? [{ path: placeOf(root, subject.path) }] : [],
    rawInput: subject,
  };
}

function asCode(text: string): ToolCallContent {
  return textContent(fenced(revealed(text)));
}

function subjectContent(subject: ApprovalSubject): ToolCallContent[] {
  if (subject.kind === "command") return [textContent(fenced(revealed(subject.command), "sh")), ...rest(subject)];
  if (subject.kind !== "write") return [asCode(subjectLines(subject).join("\n"))];
  const diff = subject.diff === undefined ? [] : [textContent(fenced(revealed(subject.diff), "diff"))];
  return [asCode(subjectLines({ ...subject, diff: undefined }).join("\n")), ...diff];
}

function rest(subject: Extract<ApprovalSubject, { kind: "command" }>): ToolCallContent[] {
  return [asCode(subjectLines(subject).slice(1).join("\n"))];
}
