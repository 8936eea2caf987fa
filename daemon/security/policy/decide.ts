/** From one concern and everybody's rules to a verdict. */
import type { PolicyRule, PolicyVerdict } from "../../../protocol/index.ts";
import type { Concern } from "./concern.ts";
import { isExact, ruleFits } from "./rule-match.ts";
import { ruleText } from "./rule-text.ts";
import type { Tier } from "./tiers.ts";

export interface Decision {
  readonly concern: Concern;
  readonly verdict: PolicyVerdict;
  /** The built-in rule's name, `planned-command`, or `tier/what the person wrote`. */
  readonly rule: string;
  readonly reason: string;
}

const STRICTNESS: readonly PolicyVerdict[] = ["allow", "ask", "deny"];
/** A plan is agreed to by the user: it weighs as much as the user's word. */
const PLAN_RANK = 1;

export function isStricter(first: PolicyVerdict, second: PolicyVerdict): boolean {
  return STRICTNESS.indexOf(first) > STRICTNESS.indexOf(second);
}

/**
 * What is built in and denies is final. A deny of any tier counts, then an ask of any tier; only where the built-in rule
 * itself asks can somebody's allow lift it, and never the ask of a tier above its own.
 */
export function decide(concern: Concern, tiers: readonly Tier[], agreed: boolean): Decision {
  const builtIn = { concern, verdict: concern.verdict, rule: concern.rule, reason: concern.reason };
  if (concern.verdict === "deny") return builtIn;
  const found = tiers.flatMap((tier) =>
    tier.rules.filter((rule) => ruleFits(rule, concern.subject)).map((rule) => ({ tier, rule })),
  );
  const keys = concern.key === null ? [] : tiers.filter((tier) => verdictOf(tier, concern) !== undefined);
  const by = (tier: Tier, verdict: PolicyVerdict, rule = `${concern.key}: ${verdict}`): Decision => {
    return { concern, verdict, rule: `${tier.name}/${rule}`, reason: reasonOf(concern, tier, verdict, rule) };
  };
  const denying = found.find(({ rule }) => rule.effect === "deny");
  if (denying !== undefined) return by(denying.tier, "deny", ruleText(denying.rule));
  const denyingKey = keys.find((tier) => verdictOf(tier, concern) === "deny");
  if (denyingKey !== undefined) return by(denyingKey, "deny");
  const asking = found.find(({ rule }) => rule.effect === "ask");
  if (asking !== undefined) return by(asking.tier, "ask", ruleText(asking.rule));
  const askingKey = keys.find((tier) => verdictOf(tier, concern) === "ask");
  const lowest = askingKey?.rank ?? Number.POSITIVE_INFINITY;
  const lifting = found.find(({ tier, rule }) => tier.rank <= lowest && lifts(rule, concern));
  if (lifting !== undefined) return by(lifting.tier, "allow", ruleText(lifting.rule));
  if (PLAN_RANK <= lowest && isPlanned(concern, agreed))
    return { concern, verdict: "allow", rule: "planned-command", reason: PLANNED };
  if (askingKey !== undefined) return by(askingKey, "ask");
  if (concern.verdict === "allow") return builtIn;
  const allowingKey = keys.find((tier) => verdictOf(tier, concern) === "allow");
  return allowingKey !== undefined && concern.keyLifts ? by(allowingKey, "allow") : builtIn;
}

const PLANNED = "It is part of the approved plan, or the project's own test command.";

function isPlanned(concern: Concern, agreed: boolean): boolean {
  return concern.planned === true || (agreed && concern.agreedLifts);
}

function verdictOf(tier: Tier, { key }: Concern): PolicyVerdict | undefined {
  return key === null ? undefined : tier.verdicts[key];
}

function lifts(rule: PolicyRule, concern: Concern): boolean {
  if (rule.effect !== "allow" || concern.lift === "none") return false;
  return concern.verdict === "allow" || concern.lift === "any" || isExact(rule);
}

const OF_TIER: Readonly<Record<Tier["name"], string>> = {
  organisation: "The organisation's",
  user: "Your own",
  run: "This run's",
  workspace: "The workspace's",
};

function reasonOf(concern: Concern, tier: Tier, verdict: PolicyVerdict, rule: string): string {
  const says = { allow: "allows it", ask: "asks", deny: "denies it" }[verdict];
  return `${OF_TIER[tier.name]} policy ${says} (“${rule}”). ${concern.reason}`;
}
