/** An agent's question at the terminal: its choices by number, or words of one's own. */
import type { Question } from "../../protocol/index.ts";
import { type Paint, printable } from "./format.ts";

/** The question is told when it is asked, and again here: other lines may have come in between. */
export function questionText({ text, choices }: Question, paint: Paint): string {
  const lines = choices.map((choice, index) => `  ${paint("bold", `${index + 1}`)} ${printable(choice)}\n`);
  return `  ${paint("bold", printable(text))}\n${lines.join("")}`;
}

export function questionPrompt({ choices }: Question): string {
  return choices.length > 0 ? "  Number, or your own words: " : "  Your answer: ";
}

/** What the agent is told for what was typed. */
export function wordsOf({ choices }: Question, typed: string): string {
  const chosen = /^\d+$/.test(typed) ? choices[Number(typed) - 1] : undefined;
  return chosen ?? (typed === "" ? "(no answer: decide by yourself)" : typed);
}
