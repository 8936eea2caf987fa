/** Plans whose tasks scripted models carry out, and a gate that holds their answers. */
import type { RunEvent, RunEventOf, RunEventType } from "../../../protocol/index.ts";
import type { Conversation, Reply, Script } from "../../support/scripted/script.ts";

export const GOAL = "- do one thing\n- do another thing\n- do a third thing";

export function call(tool: string, ...inputs: unknown[]): Reply {
  return { toolCalls: inputs.map((input) => ({ tool, arguments: input })) };
}

export function task(id: string, more: Readonly<Record<string, unknown>> = {}) {
  const own = { id, title: `Do ${id}`, goal: `Do ${id}.`, agent: "coder", files: [`${id}.txt`] };
  return { ...own, acceptance: null, dependsOn: [], ...more };
}

export function planned(...tasks: unknown[]): Script {
  return [{ when: { tool: "propose_plan" }, reply: call("propose_plan", { summary: "Several things.", tasks }) }];
}

/** What a scripted model says to a task, turn by turn. */
export function turns(id: string, ...replies: Reply[]): Script {
  return replies.map((reply, turn) => ({ when: { firstUser: `Your task (${id})`, turn }, reply }));
}

/** A task that writes `<id>.txt` and says so. */
export function writes(id: string): Script {
  return turns(id, call("write_file", { path: `${id}.txt`, content: `${id}\n` }), { text: `${id} is done.` });
}

export function isFor(conversation: Conversation, id: string, turn: number): boolean {
  const { messages } = conversation;
  const first = messages.find(({ role }) => role === "user")?.text ?? "";
  return first.includes(`Your task (${id})`) && messages.filter(({ role }) => role === "assistant").length === turn;
}

export interface Gate {
  /** To be awaited by whoever comes to it. */
  readonly passed: Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: () => resolve() };
}

export function bodies<Type extends RunEventType>(events: readonly RunEvent[], type: Type): RunEventOf<Type>[] {
  return events.flatMap(({ body }) => (body.type === type ? [body as RunEventOf<Type>] : []));
}
