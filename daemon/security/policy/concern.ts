/** What a call would do, one piece at a time: each piece has a verdict of its own, and the strictest decides. */
import type { PolicyVerdict } from "../../../protocol/index.ts";
import type { Word } from "../command/facts.ts";
import type { RuleKey } from "./tiers.ts";

/** What people's rules are compared with. */
export type Subject =
  | { readonly kind: "command"; readonly words: readonly Word[] }
  /** From the workspace's root, or absolute where it is outside. */
  | { readonly kind: "read" | "write"; readonly path: string }
  | { readonly kind: "network"; readonly url: URL }
  | { readonly kind: "foreign"; readonly name: string }
  | { readonly kind: "git"; readonly action: string }
  | { readonly kind: "nothing" };

/** Which rule of a person can turn the question into an allow: any, one that names exactly this, or none. */
export type Lift = "any" | "exact" | "none";

export interface Concern {
  /** Name of the built-in rule, as docs/policy.md lists them. */
  readonly rule: string;
  /** What holds where nobody wrote a rule. */
  readonly verdict: PolicyVerdict;
  readonly reason: string;
  readonly subject: Subject;
  readonly lift: Lift;
  /** The kind whose verdict people can set as a whole, and whether “allow” for it lifts this question too. */
  readonly key: RuleKey | null;
  readonly keyLifts: boolean;
  /** A command line that was agreed on word for word lifts it. */
  readonly agreedLifts: boolean;
  /** The approved plan names it. */
  readonly planned?: boolean;
  /** The question may be offered to be kept. */
  readonly mayKeep: boolean;
  readonly actsOutside: boolean;
}

type Part = Pick<Concern, "rule" | "verdict" | "reason" | "subject"> & Partial<Concern>;

/** A concern is as strict as can be unless it says otherwise. */
export function concern(part: Part): Concern {
  return {
    lift: "none",
    key: null,
    keyLifts: false,
    agreedLifts: false,
    mayKeep: false,
    actsOutside: false,
    ...part,
  };
}

export const NOTHING: Subject = { kind: "nothing" };
