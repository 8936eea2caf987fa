/** How a reviewing agent says what it thinks: one call that ends its work. */
import * as z from "zod/mini";
import type { Opinion } from "../../collaboration/disagreement.ts";
import { jsonSchemaOf } from "../../tools/catalogue.ts";
import type { HandOver } from "../work.ts";

const Verdict = z.object({
  verdict: z.enum(["accepted", "rejected"]),
  /** What must change, one thing each. */
  comments: z.array(z.string().check(z.minLength(1), z.maxLength(500))).check(z.maxLength(10)),
});

export const VERDICT_TOOL = "give_verdict";

export function takeVerdict(take: (opinion: Opinion) => void): HandOver {
  return {
    schema: {
      name: VERDICT_TOOL,
      description: "Ends your review. rejected needs comments: what is wrong where, and what would make it right.",
      parameters: jsonSchemaOf(Verdict),
    },
    async take(argumentsText) {
      const parsed = parse(argumentsText);
      if (typeof parsed === "string") return parsed;
      take(parsed);
      return undefined;
    },
  };
}

function parse(text: string): Opinion | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "The arguments are not JSON.";
  }
  const parsed = Verdict.safeParse(value);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  if (parsed.data.verdict === "rejected" && parsed.data.comments.every((comment) => comment.trim() === ""))
    return "A rejection says in comments what must change.";
  return parsed.data;
}
