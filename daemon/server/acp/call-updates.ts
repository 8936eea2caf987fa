/** A run's tool calls as an editor follows them: announced, at work, with what they print, and how they ended. */
import type { SessionUpdate, ToolCallContent } from "@agentclientprotocol/sdk";
import type { Approval, RunDelta, RunEventOf } from "../../../protocol/index.ts";
import { type CallView, fenced, kindOf, placeOf, textContent, viewOfCall } from "./tool-calls.ts";

export interface CallUpdates {
  responded(body: RunEventOf<"model.responded">): void;
  requested(body: RunEventOf<"tool.requested">): SessionUpdate[];
  finished(body: RunEventOf<"tool.finished">): SessionUpdate[];
  /** Keeps what a call prints; answers with the call's id where an editor knows the call. */
  printed(delta: RunDelta): string | undefined;
  /** What the call has printed so far. */
  output(id: string): SessionUpdate[];
  /** The call that an approval is about, where it can be told; no other approval gets the same. */
  callOf(approval: Approval): string | undefined;
  /** Shown with an approval: the call need not be announced again. */
  announced(id: string): void;
}

interface Call {
  readonly id: string;
  readonly taskId: string;
  readonly tool: string;
  isAnnounced: boolean;
  isAsked: boolean;
  view: CallView | undefined;
  printed: string;
}

/** Characters of output that are shown while a command runs. */
const TAIL = 8000;

const FITS: Readonly<Record<Approval["subject"]["kind"], readonly string[]>> = {
  plan: [],
  command: ["execute", "other"],
  read: ["read", "search", "other"],
  write: ["edit", "delete", "move", "other"],
  network: ["fetch", "other"],
  foreign: ["other"],
  git: ["execute", "other"],
};

/** `root`: the user's folder, whose files the run's copy stands for. */
export function createCallUpdates(runId: string, root: string): CallUpdates {
  const calls = new Map<string, Call>();

  function callAt(key: string, taskId: string, tool: string): Call {
    const id = `${runId}/${key}`;
    const call = calls.get(id) ?? {
      ...{ id, taskId, tool, isAnnounced: false, isAsked: false, view: undefined, printed: "" },
    };
    calls.set(id, call);
    return call;
  }

  function shown(call: Call, more: Extract<SessionUpdate, { sessionUpdate: "tool_call" }>): SessionUpdate {
    const { sessionUpdate: _, ...fields } = more;
    if (call.isAnnounced) return { sessionUpdate: "tool_call_update", ...fields };
    call.isAnnounced = true;
    return { sessionUpdate: "tool_call", ...fields };
  }

  return {
    responded({ key, taskId, turn, toolCalls }) {
      if (key.startsWith("notes/")) return;
      for (const [index, { tool }] of toolCalls.entries()) callAt(`tool/${taskId}/${turn}/${index}`, taskId, tool);
    },
    requested({ key, taskId, tool, input }) {
      const call = callAt(key, taskId, tool);
      call.view = viewOfCall(tool, input, root);
      const about = { toolCallId: call.id, name: tool, status: "in_progress" as const, ...call.view };
      return [shown(call, { sessionUpdate: "tool_call", ...about })];
    },
    finished({ key, taskId, tool, status, summary, output, changed }) {
      const call = callAt(key, taskId, tool);
      calls.delete(call.id);
      const { title = tool, content = [], locations = [] } = call.view ?? {};
      const places = changed.length > 0 ? changed.map((path) => ({ path: placeOf(root, path) })) : locations;
      const isDone = status === "done";
      const about = {
        toolCallId: call.id,
        name: tool,
        title,
        kind: call.view?.kind ?? kindOf(tool),
        locations: places,
      };
      const said = isDone && content.length > 0 ? content : [...content, ...textOf(output)];
      const end = { status: isDone ? ("completed" as const) : ("failed" as const), content: said };
      return [shown(call, { sessionUpdate: "tool_call", ...about, ...end, rawOutput: { status, summary, output } })];
    },
    printed({ taskId, turn, call: index, text }) {
      const call = calls.get(`${runId}/tool/${taskId}/${turn}/${index}`);
      if (call === undefined || !call.isAnnounced) return undefined;
      call.printed = (call.printed + text).slice(-TAIL);
      return call.id;
    },
    output(id) {
      const call = calls.get(id);
      if (call === undefined) return [];
      const content = [...(call.view?.content ?? []), ...textOf(call.printed)];
      return [{ sessionUpdate: "tool_call_update", toolCallId: id, content }];
    },
    callOf({ taskId, subject }) {
      const fits = [...calls.values()].find(
        (call) =>
          call.taskId === taskId &&
          !call.isAsked &&
          call.view === undefined &&
          FITS[subject.kind].includes(kindOf(call.tool)),
      );
      if (fits !== undefined) fits.isAsked = true;
      return fits?.id;
    },
    announced(id) {
      const call = calls.get(id);
      if (call !== undefined) call.isAnnounced = true;
    },
  };
}

function textOf(output: string): ToolCallContent[] {
  return output.trim() === "" ? [] : [textContent(fenced(output))];
}
