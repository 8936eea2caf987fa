/**
 * The policy: what an agent may do, must ask for, or may not do. Each call is taken apart into concerns; what is built in
 * and what people wrote decide each of them, and the strictest verdict counts. docs/policy.md lists the rules.
 */
import type { PolicyAccess } from "../access.ts";
import type { CommandFacts } from "../command/facts.ts";
import type { Judgement } from "../judgement.ts";
import { type Taint, UNTAINTED } from "../taint.ts";
import { accessConcerns } from "./access-concerns.ts";
import { commandConcerns, onlyReads, unclearConcern } from "./command-concerns.ts";
import { hostsOf } from "./command-hosts.ts";
import { type Concern, concern, NOTHING } from "./concern.ts";
import { type Decision, decide, isStricter } from "./decide.ts";
import { keepable } from "./keepable.ts";
import type { PolicySetting } from "./setting.ts";
import { effectiveTiers } from "./tiers.ts";

export interface Explanation {
  readonly judgement: Judgement;
  /** Every piece of it with its own verdict, in the order of the line. */
  readonly decisions: readonly Decision[];
}

export interface Policy {
  /** `taint`: what the run has been in touch with so far. Never rejects for a bad access. */
  judge(access: PolicyAccess, taint?: Taint): Promise<Judgement>;
  explain(access: PolicyAccess, taint?: Taint): Promise<Explanation>;
}

export function createPolicy(setting: PolicySetting): Policy {
  const tiers = effectiveTiers(setting.tiers, setting.trusted);
  const agreed = new Set([...setting.agreedCommands, ...(setting.permissions?.commands ?? [])]);
  const explain = async (access: PolicyAccess, taint = UNTAINTED): Promise<Explanation> => {
    const { concerns, facts } = await concernsOf(access, setting);
    const isAgreed = setting.trusted && access.kind === "command" && agreed.has(access.command);
    const decisions = concerns
      .map((one) => (setting.trusted ? one : eachTime(one)))
      .map((one) => (isThird(one, taint) ? ruleOfTwo(one) : one))
      .map((one) => decide(one, tiers, isAgreed));
    const hosts = facts === undefined ? [] : hostsOf(facts, tiers);
    return { judgement: judgementOf(access, decisions, { facts, hosts }, setting), decisions };
  };
  return { explain, judge: async (access, taint) => (await explain(access, taint)).judgement };
}

interface Concerns {
  readonly concerns: readonly Concern[];
  readonly facts?: CommandFacts;
}

async function concernsOf(access: PolicyAccess, setting: PolicySetting): Promise<Concerns> {
  const facts = access.kind === "command" ? await factsOf(access, setting) : undefined;
  const reads = access.kind === "read" || access.kind === "none" || (facts !== undefined && onlyReads(facts));
  if (setting.mode !== "act" && !reads) return { concerns: [ONLY_READS] };
  if (access.kind !== "command") return { concerns: await accessConcerns(access, setting) };
  if (facts === undefined) return { concerns: [unclearConcern("commands cannot be taken apart here", setting)] };
  return { concerns: await commandConcerns(facts, setting), facts };
}

const ONLY_READS = concern({
  rule: "mode-only-reads",
  verdict: "deny",
  reason: "This session only reads; switch its mode to “act” to change or run anything.",
  subject: NOTHING,
});

/** Undefined where nobody can take commands apart; an analysis that fails has understood nothing. */
async function factsOf(
  { command, cwd }: Extract<PolicyAccess, { kind: "command" }>,
  { analyse, root }: PolicySetting,
): Promise<CommandFacts | undefined> {
  return analyse?.(command, { root, cwd }).catch(() => ({ parts: [], unclear: ["taking it apart failed"] }));
}

function isThird(one: Concern, { untrustedInput, privateData }: Taint): boolean {
  return untrustedInput && privateData && one.actsOutside && one.verdict !== "deny";
}

/** It read what strangers wrote and could see what is private: acting outside is a person's decision, each time. */
function ruleOfTwo(one: Concern): Concern {
  const reason = `This run read what strangers wrote and can see private files, so a person decides each time it acts outside. ${one.reason}`;
  return eachTime({ ...one, rule: "rule-of-two", verdict: "ask", reason });
}

/** What asks is asked about each time, whatever anybody's rules say. */
function eachTime(one: Concern): Concern {
  if (one.verdict !== "ask") return one;
  return { ...one, lift: "none", keyLifts: false, agreedLifts: false, planned: false, mayKeep: false };
}

/** The stricter one; of two that allow, the one that somebody had to allow. */
function decidesMore(next: Decision, before: Decision): boolean {
  if (next.verdict !== before.verdict) return isStricter(next.verdict, before.verdict);
  return next.verdict === "allow" && isStricter(next.concern.verdict, before.concern.verdict);
}

function judgementOf(
  access: PolicyAccess,
  decisions: readonly Decision[],
  { facts, hosts }: { readonly facts: CommandFacts | undefined; readonly hosts: readonly string[] },
  { headless }: PolicySetting,
): Judgement {
  const worst = decisions.reduce<Decision | undefined>(
    (before, next) => (before === undefined || decidesMore(next, before) ? next : before),
    undefined,
  );
  // Nothing to object to is no permission: there is a concern in everything that may be done.
  if (worst === undefined) return { verdict: "deny", rule: "no-rule", reason: "No rule speaks of this." };
  const isUnanswered = worst.verdict === "ask" && headless;
  const remember = worst.verdict === "ask" && !headless ? keepable(decisions) : undefined;
  const parts = facts?.parts.map(({ text, why }) => ({ text, why }));
  const files = facts === undefined ? [] : filesOf(facts);
  const actsOutside = decisions.some((decision) => decision.concern.actsOutside);
  return {
    verdict: isUnanswered ? "deny" : worst.verdict,
    rule: worst.rule,
    reason: isUnanswered ? `${worst.reason} Nobody is there to be asked.` : worst.reason,
    ...(remember === undefined ? {} : { remember }),
    ...(parts === undefined || access.kind !== "command" ? {} : { parts }),
    ...(files.length === 0 ? {} : { files }),
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(actsOutside ? { actsOutside } : {}),
  };
}

/** An answer holds for what these files hold; a line that names more is bound to the first of them. */
const MOST_FILES = 50;

function filesOf({ parts }: CommandFacts): string[] {
  const inside = parts.flatMap(({ paths }) => paths.flatMap(({ inside }) => (inside === null ? [] : [inside])));
  return [...new Set(inside)].slice(0, MOST_FILES);
}
