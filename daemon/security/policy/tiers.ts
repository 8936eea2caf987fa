/** Whose rules count: organisation, user, the run's client, the workspace; each may tighten, only the upper three loosen. */
import type { PolicyRule, PolicyRules } from "../../../protocol/index.ts";
import { ruleText } from "./rule-text.ts";

export const TIER_NAMES = ["organisation", "user", "run", "workspace"] as const;
export type TierName = (typeof TIER_NAMES)[number];

/** What each wrote; a tier that is left out has no rules. */
export type Tiers = Readonly<Partial<Record<TierName, PolicyRules>>>;

/** The kinds that a whole verdict can be written for. */
export type RuleKey = Exclude<keyof PolicyRules, "rules" | "planStrict">;

export const RULE_KEYS: readonly RuleKey[] = ["read", "write", "protectedWrite", "test", "command", "plan"];

/** What a workspace says, without what would loosen; `ignored` names that in words. */
export function tightening(rules: PolicyRules): { rules: PolicyRules; ignored: readonly string[] } {
  const keys = RULE_KEYS.filter((key) => rules[key] === "allow");
  const loosening = (rules.rules ?? []).filter(({ effect }) => effect === "allow");
  const { rules: all = [], ...verdicts } = rules;
  const kept = Object.fromEntries(Object.entries(verdicts).filter(([, verdict]) => verdict !== "allow"));
  return {
    rules: { ...kept, rules: all.filter(({ effect }) => effect !== "allow") },
    ignored: [...keys.map((key) => `${key}: allow`), ...loosening.map(ruleText)],
  };
}

export interface Tier {
  readonly name: TierName;
  /** 0 is the highest. */
  readonly rank: number;
  readonly verdicts: Readonly<Pick<PolicyRules, RuleKey>>;
  readonly rules: readonly PolicyRule[];
}

/** The tiers that count, highest first: what a workspace would loosen, or that is not trusted, is left out. */
export function effectiveTiers(tiers: Tiers, trusted: boolean): readonly Tier[] {
  return TIER_NAMES.flatMap((name, rank) => {
    const written = tiers[name];
    if (written === undefined || (name === "workspace" && !trusted)) return [];
    const { rules = [], ...verdicts } = name === "workspace" ? tightening(written).rules : written;
    return [{ name, rank, verdicts, rules }];
  });
}

export function isPlanStrict(tiers: Tiers, trusted: boolean): boolean {
  return TIER_NAMES.some((name) => (trusted || name !== "workspace") && tiers[name]?.planStrict === true);
}
