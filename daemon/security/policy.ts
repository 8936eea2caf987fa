/** The policy: what an agent may do, must ask for, or may not do. One table of rules; the first that applies decides. */
import type { PolicyRules, PolicyVerdict, SessionMode } from "../../protocol/index.ts";
import type { PolicyAccess } from "./access.ts";
import type { Judgement } from "./judgement.ts";
import { isGitPath, isProtectedPath, isSecretPath } from "./path-classes.ts";

export interface PolicyQuestion {
  readonly access: PolicyAccess;
  readonly mode: SessionMode;
  /** Nobody can answer: what would ask is denied. */
  readonly headless: boolean;
  readonly rules: PolicyRules;
  /** Commands that an approved plan, or the project, allows word for word. */
  readonly allowedCommands: readonly string[];
}

interface Rule {
  readonly name: string;
  readonly reason: string;
  applies(question: PolicyQuestion): boolean;
  verdict(question: PolicyQuestion): PolicyVerdict;
}

/** Answers with verdict, deciding rule and a reason that a person or a model can act on. */
export function judge(question: PolicyQuestion): Judgement {
  const rule = RULES.find((candidate) => candidate.applies(question)) ?? LAST_RULE;
  const verdict = rule.verdict(question);
  if (verdict !== "ask" || !question.headless) return { verdict, rule: rule.name, reason: rule.reason };
  return { verdict: "deny", rule: rule.name, reason: `${rule.reason} Nobody is there to be asked.` };
}

const RULES: readonly Rule[] = [
  {
    name: "git-is-never-written",
    reason: "Git's own files are never written by a tool.",
    applies: ({ access }) => access.kind === "write" && access.paths.some(isGitPath),
    verdict: () => "deny",
  },
  {
    name: "mode-only-reads",
    reason: "This session only reads; switch its mode to “act” to change or run anything.",
    applies: ({ access, mode }) => mode !== "act" && access.kind !== "read" && access.kind !== "none",
    verdict: () => "deny",
  },
  {
    name: "protected-file",
    reason: "Editor settings, hooks, CI, agents' rules, start files and keys change only when a person agrees.",
    applies: ({ access }) => access.kind === "write" && access.paths.some(isProtectedPath),
    verdict: ({ rules }) => stricter(rules.protectedWrite ?? "ask", rules.write ?? "allow"),
  },
  {
    name: "write",
    reason: "Files are written in the agent's own copy of the workspace.",
    applies: ({ access }) => access.kind === "write",
    verdict: ({ rules }) => rules.write ?? "allow",
  },
  {
    name: "secret-file",
    reason: "The file may hold keys or passwords, which the model would see.",
    applies: ({ access }) => access.kind === "read" && access.paths.some(isSecretPath),
    verdict: ({ rules }) => stricter("ask", rules.read ?? "allow"),
  },
  {
    name: "read",
    reason: "Files of the workspace are read.",
    applies: ({ access }) => access.kind === "read",
    verdict: ({ rules }) => rules.read ?? "allow",
  },
  {
    name: "project-tests",
    reason: "The project's own tests run in the agent's copy of the workspace.",
    applies: ({ access }) => access.kind === "test",
    verdict: ({ rules }) => rules.test ?? "allow",
  },
  {
    name: "planned-command",
    reason: "The command is a check of the approved plan, or the project's own test command.",
    applies: ({ access, allowedCommands }) => access.kind === "command" && allowedCommands.includes(access.command),
    verdict: ({ rules }) => (rules.command === "deny" ? "deny" : "allow"),
  },
  {
    name: "command",
    reason: "Commands that are not part of the approved plan run only when a person agrees.",
    applies: ({ access }) => access.kind === "command",
    verdict: ({ rules }) => rules.command ?? "ask",
  },
  {
    name: "outside",
    reason: "What reaches out of the workspace, or runs what others wrote, happens only when a person agrees.",
    applies: ({ access }) => access.kind === "network" || access.kind === "foreign" || access.kind === "git",
    verdict: () => "ask",
  },
  {
    name: "conversation",
    reason: "It touches nothing outside the conversation.",
    applies: ({ access }) => access.kind === "none",
    verdict: () => "allow",
  },
];

/** What is left is a plan. Without a person it goes on, because its result stays apart until somebody accepts it. */
const LAST_RULE: Rule = {
  name: "plan",
  reason: "A plan is carried out when a person agrees with it.",
  applies: () => true,
  verdict: ({ rules, headless }) => rules.plan ?? (headless ? "allow" : "ask"),
};

const STRICTNESS: readonly PolicyVerdict[] = ["allow", "ask", "deny"];

function stricter(first: PolicyVerdict, second: PolicyVerdict): PolicyVerdict {
  return STRICTNESS.indexOf(first) > STRICTNESS.indexOf(second) ? first : second;
}
