/** All that was said in one piece of work, and what of it must never be lost when the conversation gets too long. */
import type { Message, ToolCall } from "../models/model.ts";

export interface Transcript {
  /** Without the opening. */
  readonly messages: readonly Message[];
  /** What the user said meanwhile, word for word. */
  readonly corrections: readonly string[];
  /** Paths of the files that were changed, each once. */
  readonly changed: readonly string[];
  /** What failed, one line each: calls, checks, and what the loop detector found. The latest 40. */
  readonly deadEnds: readonly string[];
}

export interface TranscriptWriter extends Transcript {
  /** `by`: the user, Nexus, or a check that the finished work did not pass. */
  say(text: string, by: "user" | "nexus" | "check"): void;
  answer(text: string, toolCalls: readonly ToolCall[]): void;
  result(
    call: ToolCall,
    result: { text: string; isError: boolean; changed: readonly string[]; finding?: string },
  ): void;
}

const MOST_DEAD_ENDS = 40;
const ARGUMENTS = 100;
const WHY = 180;

export function createTranscript(): TranscriptWriter {
  const messages: Message[] = [];
  const corrections: string[] = [];
  const changed = new Set<string>();
  const deadEnds = new Set<string>();

  function addDeadEnd(line: string): void {
    deadEnds.delete(line);
    deadEnds.add(line);
    for (const oldest of deadEnds) {
      if (deadEnds.size <= MOST_DEAD_ENDS) break;
      deadEnds.delete(oldest);
    }
  }

  return {
    messages,
    corrections,
    get changed() {
      return [...changed];
    },
    get deadEnds() {
      return [...deadEnds];
    },
    say(text, by) {
      messages.push({ role: "user", text });
      if (by === "user") corrections.push(text);
      if (by === "check") addDeadEnd(short(text, WHY));
    },
    answer(text, toolCalls) {
      messages.push({ role: "assistant", text, toolCalls });
    },
    result({ callId, tool, argumentsText }, { text, isError, changed: paths, finding }) {
      const warning = finding === undefined ? "" : `\n\n${finding} Do something else.`;
      messages.push({ role: "tool", callId, tool, text: text + warning, isError });
      for (const path of paths) changed.add(path);
      if (isError) addDeadEnd(`${tool} ${short(argumentsText, ARGUMENTS)} failed: ${short(text, WHY)}`);
      if (finding !== undefined) addDeadEnd(finding);
    },
  };
}

/** The beginning as one line. */
function short(text: string, length: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
