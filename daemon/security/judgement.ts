/** What the policy answers. */
import type { PolicyVerdict } from "../../protocol/index.ts";

export interface Judgement {
  readonly verdict: PolicyVerdict;
  /** Stable name of the rule that decided, as docs/security.md lists them; `tier/name` for rules that people wrote. */
  readonly rule: string;
  /** Why, so that a person or a model can act on it. */
  readonly reason: string;
  /** Where it asks: the narrowest rule that a person can keep in their own policy so as not to be asked again. */
  readonly remember?: string;
  /** Of a command: each simple command that it would start, with what it does, for the question to a person. */
  readonly parts?: readonly { readonly text: string; readonly why: string }[];
  /** Of a command: workspace paths of the files that it would run, read or change; an approval is bound to their content. */
  readonly files?: readonly string[];
  /** Of a command: the hosts that it may reach through the sandbox's proxy once it runs. */
  readonly hosts?: readonly string[];
  /** True when it can send something out of this machine or change what others see: the third bit of the Rule of Two. */
  readonly actsOutside?: boolean;
}
