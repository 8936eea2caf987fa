/** A decision about a document as the words that its gate's question understands. */
import type { Question } from "../../protocol/question.ts";

export function gateAnswer(
  { choices }: Pick<Question, "choices">,
  decision: "approve" | "send_back",
  remarks: string,
): string {
  if (decision === "approve")
    return choices.find((choice) => /^(approve|yes|ok)/i.test(choice)) ?? choices[0] ?? "approve";
  const back = choices.find((choice) => /^(send back|reject|no)\b/i.test(choice)) ?? "send back";
  return `${back}: ${remarks}`;
}
