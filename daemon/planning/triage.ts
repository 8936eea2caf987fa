/**
 * Decides how much ceremony a prompt deserves, without asking a model: a question is answered, a small change goes to
 * one agent, a goal gets a plan first. A wrong guess costs little: the agent may still plan (propose_plan), and what a
 * run may do is decided by mode and policy, never by this.
 */
import type { RunKind, SessionMode } from "../../protocol/index.ts";

export interface Triage {
  readonly kind: RunKind;
  readonly reason: string;
}

const ASKING = /^(who|what|where|when|why|how|which|whose|explain|describe|tell me|show me|summari[sz]e|compare)\b/i;
const REQUEST = /^(can|could|would|will) (you|we)\b|^please\b/i;
const CHANGE_WORD =
  /\b(add|build|change|convert|create|delete|drop|extract|fix|implement|improve|make|migrate|move|port|refactor|remove|rename|replace|rewrite|split|support|update|upgrade|write)\b/gi;

const GOAL_WORDS = 45;
const GOAL_CHANGES = 4;

export function triage(prompt: string, mode: SessionMode): Triage {
  const text = prompt.trim();
  if (mode === "ask") return { kind: "question", reason: "the session is in ask mode" };
  if (mode === "plan") return { kind: "goal", reason: "the session is in plan mode" };
  const changes = text.match(CHANGE_WORD)?.length ?? 0;
  if (isQuestion(text, changes)) return { kind: "question", reason: "it asks and requests no change" };
  const items = text.match(/^\s*([-*•]|\d+[.)])\s+\S/gm)?.length ?? 0;
  if (items >= 3) return { kind: "goal", reason: `it lists ${items} things to do` };
  const words = text.split(/\s+/).length;
  if (words >= GOAL_WORDS) return { kind: "goal", reason: `it describes something large (${words} words)` };
  if (changes >= GOAL_CHANGES) return { kind: "goal", reason: `it asks for ${changes} changes` };
  return { kind: "change", reason: "it asks for one change" };
}

function isQuestion(text: string, changes: number): boolean {
  if (REQUEST.test(text)) return false;
  if (/^(how (do|can|would|should) (i|we|you)\b)/i.test(text)) return true;
  if (ASKING.test(text)) return text.endsWith("?") || changes === 0;
  return text.endsWith("?") && changes === 0;
}
