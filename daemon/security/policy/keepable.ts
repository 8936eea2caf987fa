/** The narrowest rule that would answer a question once and for all, where that may be. */
import { PolicyMatch } from "../../../protocol/index.ts";
import type { Subject } from "./concern.ts";
import type { Decision } from "./decide.ts";
import { matchText } from "./rule-text.ts";

/** Undefined when more than one rule would be needed, or one of the questions must be asked each time. */
export function keepable(decisions: readonly Decision[]): string | undefined {
  const asking = decisions.filter(({ verdict }) => verdict === "ask");
  const texts = new Set(asking.map((decision) => keepableText(decision)));
  const [only, ...others] = texts;
  return others.length === 0 ? only : undefined;
}

/** What a person's own ask or a tier above asks for is not answered by one more rule. */
function keepableText({ concern, rule }: Decision): string | undefined {
  if (!concern.mayKeep || rule !== concern.rule) return undefined;
  return liftingRule(concern.subject);
}

/** The rule that names exactly this; undefined where none can. */
export function liftingRule(subject: Subject): string | undefined {
  const match = PolicyMatch.safeParse(matchOf(subject));
  return match.success ? matchText(match.data) : undefined;
}

function matchOf(subject: Subject): unknown {
  switch (subject.kind) {
    case "command":
      // A star of the line itself cannot be told from a star that stands for any word.
      return subject.words.includes("*") ? undefined : { kind: "command", words: subject.words, rest: "none" };
    case "read":
    case "write":
      return /[*?{}]/.test(subject.path) ? undefined : subject;
    case "network":
      return { kind: "network", host: subject.url.host };
    case "foreign":
    case "git":
      return subject;
    case "nothing":
      return undefined;
  }
}
