/** What agents say, as chunks of messages: streamed, or whole from the log, and never both. */
import type { SessionUpdate } from "@agentclientprotocol/sdk";
import type { RunDelta, RunEventOf, RunState } from "../../../protocol/index.ts";

export interface TextUpdates {
  requested(body: RunEventOf<"model.requested">): void;
  delta(delta: RunDelta): SessionUpdate[];
  responded(body: RunEventOf<"model.responded">): SessionUpdate[];
  answered(text: string): SessionUpdate[];
  /** What streams now will begin anew: the model is asked again. */
  restarted(taskId?: string): void;
  /** Pieces of what streams now were lost. */
  lost(): void;
}

interface Stream {
  readonly taskId: string;
  readonly turn: number;
  /** Of the message, where a turn's answer was begun more than once. */
  readonly again: number;
  text: string;
  isBroken: boolean;
}

type Kind = RunState["kind"];

/** `kind`: of the run, asked at each piece. Where several agents work, what each of them says aloud is a thought. */
export function createTextUpdates(runId: string, kind: () => Kind): TextUpdates {
  const streams = new Map<string, Stream>();
  let last = { id: "", text: "" };

  function chunk(stream: Stream, text: string): SessionUpdate[] {
    if (text === "") return [];
    const { taskId, turn, again } = stream;
    const messageId = `${runId}/${taskId}/${turn}${again === 0 ? "" : `/${again}`}`;
    const isThought = kind() === "goal" || kind() === "workflow";
    if (!isThought) last = { id: messageId, text: last.id === messageId ? last.text + text : text };
    const content = { type: "text" as const, text };
    return [{ sessionUpdate: isThought ? "agent_thought_chunk" : "agent_message_chunk", messageId, content }];
  }

  function streamOf(taskId: string, turn: number): Stream {
    const key = `${taskId}/${turn}`;
    // Nobody knows what was said before, where the beginning was not heard.
    const stream = streams.get(key) ?? { taskId, turn, again: 0, text: "", isBroken: true };
    streams.set(key, stream);
    return stream;
  }

  function anew(stream: Stream): Stream {
    const next = { ...stream, again: stream.text === "" ? stream.again : stream.again + 1, text: "", isBroken: false };
    streams.set(`${stream.taskId}/${stream.turn}`, next);
    return next;
  }

  return {
    requested({ key, taskId, turn }) {
      if (key.startsWith("notes/")) return;
      const known = streams.get(`${taskId}/${turn}`);
      if (known === undefined) streams.set(`${taskId}/${turn}`, { taskId, turn, again: 0, text: "", isBroken: false });
      else anew(known);
    },
    delta({ taskId, turn, text }) {
      const stream = streamOf(taskId, turn);
      if (stream.isBroken) return [];
      stream.text += text;
      return chunk(stream, text);
    },
    responded({ key, taskId, turn, text }) {
      if (key.startsWith("notes/")) return [];
      const stream = streamOf(taskId, turn);
      streams.delete(`${taskId}/${turn}`);
      if (text.startsWith(stream.text)) return chunk(stream, text.slice(stream.text.length));
      // The log has only the beginning of a long text.
      return stream.text.startsWith(text) ? [] : chunk(anew(stream), text);
    },
    answered(text) {
      const said = last.text.trim();
      const answer = text.trim();
      if (said.includes(answer)) return [];
      const isRest = said !== "" && answer.startsWith(said);
      const content = { type: "text" as const, text: isRest ? answer.slice(said.length) : answer };
      return [{ sessionUpdate: "agent_message_chunk", messageId: isRest ? last.id : `${runId}/answer`, content }];
    },
    restarted(taskId) {
      for (const stream of [...streams.values()]) if (taskId === undefined || stream.taskId === taskId) anew(stream);
    },
    lost() {
      for (const stream of streams.values()) stream.isBroken = true;
    },
  };
}
