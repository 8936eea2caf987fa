/** A decision about a document as the words that its gate's question understands. */

import type { Question } from "../../protocol/question.ts";
import { clientError } from "../../protocol/raised-errors.ts";

/** Throws where none of the choices says that the document is approved: nothing else is taken for a yes. */
export function gateAnswer(
  { choices }: Pick<Question, "choices">,
  decision: "approve" | "send_back",
  remarks: string,
): string {
  if (decision === "approve") {
    const yes = choices.length === 0 ? "approve" : choices.find((choice) => /^(approve|yes|ok)\b/i.test(choice));
    if (yes === undefined) throw clientError("design.own_choices", `They are: ${choices.join(", ")}.`);
    return yes;
  }
  const back = choices.find((choice) => /^(send back|reject|no)\b/i.test(choice)) ?? "send back";
  return `${back}: ${remarks}`;
}
