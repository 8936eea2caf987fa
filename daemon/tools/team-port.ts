/** How a tool reaches the other agents of a run; orchestration implements it over the run's events. */
import type { AgentMessage, BoardEntry, Result } from "../../protocol/index.ts";

export interface BoardText {
  readonly key: string;
  /** JSON text; what is none is kept as text. */
  readonly value: string;
  readonly policy: "replace" | "append" | "keep_both";
  /** The version that the agent saw; 0: there was none. */
  readonly seen: number;
  readonly source?: string | undefined;
}

export interface OutgoingMessage {
  /** A task's id, or "all". */
  readonly to: string;
  readonly kind: AgentMessage["kind"];
  readonly inReplyTo?: string | undefined;
  readonly text: string;
}

/** `unanswered`: the other agent ended first; the text is then what it said at its end. */
export interface Answer {
  readonly text: string;
  readonly outcome: "answered" | "unanswered";
}

export interface TeamPort {
  readBoard(): Promise<readonly BoardEntry[]>;
  /** `merged`: somebody else had written meanwhile, and both stand there now. Codes: board.conflict, board.invalid. */
  writeBoard(write: BoardText): Promise<Result<{ readonly entry: BoardEntry; readonly merged: boolean }>>;
  /** Answers with the message's id. Code: message.refused. */
  send(message: OutgoingMessage): Promise<Result<string>>;
  /** Waits for the answer of another task's agent. Codes: message.refused, wait.refused. Rejects with the signal's reason. */
  ask(question: { readonly to: string; readonly text: string }, signal: AbortSignal): Promise<Result<Answer>>;
}
