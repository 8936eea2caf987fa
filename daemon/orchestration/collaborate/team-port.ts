/** The board, messages and questions of one agent's calls, over the run's events: each call does what it does once. */
import { type BoardEntry, failure, ok, type Result, type RunState } from "../../../protocol/index.ts";
import { type BoardWrite, writeBoard } from "../../collaboration/blackboard.ts";
import type { BoardText, TeamPort } from "../../tools/team-port.ts";
import { type RunContext, stateOf } from "../run-context.ts";
import { askAgent } from "./questions.ts";
import { sendMessage, type TeamCall } from "./sending.ts";

export function teamPort(context: RunContext, call: TeamCall): TeamPort {
  return {
    readBoard: async () => (await stateOf(context)).board ?? [],
    writeBoard: (write) => recordEntry(context, call, write),
    send: (message) => sendMessage(context, call, message),
    ask: (question, signal) => askAgent({ ...context, signal }, call, question),
  };
}

async function recordEntry(
  context: RunContext,
  { taskId, agent, key: callKey }: TeamCall,
  { value, source, ...rest }: BoardText,
): Promise<Result<{ entry: BoardEntry; merged: boolean }>> {
  const told = source === undefined ? {} : { source: context.redact(source) };
  const key = context.redact(rest.key);
  const write = { ...rest, ...told, key, taskId, agent, value: jsonOf(context.redact(value)) };
  for (;;) {
    const known = await context.store.events.find(context.runId, `${callKey}/board`);
    if (known?.body.type === "board.written") return ok({ entry: known.body.entry, merged: false });
    const seen = await stateOf(context);
    const written = writeBoard(seen.board ?? [], write);
    if (!written.ok) return failure(written.why === "conflict" ? "board.conflict" : "board.invalid", written.problem);
    const { entry, merged } = written;
    const event = { body: { type: "board.written" as const, entry }, key: `${callKey}/board` };
    const isSame = (now: RunState) => versionOf(now, write) === versionOf(seen, write);
    if ((await context.store.events.append(context.runId, [event], [], isSame)).length > 0)
      return ok({ entry, merged });
  }
}

function versionOf({ board = [] }: RunState, { key }: Pick<BoardWrite, "key">): number {
  return board.find((entry) => entry.key === key)?.version ?? 0;
}

/** What is no JSON is text. */
function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
