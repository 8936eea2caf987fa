import * as z from "zod/mini";

export const PolicyVerdict = z.enum(["allow", "ask", "deny"]);
export type PolicyVerdict = z.infer<typeof PolicyVerdict>;

export const PolicyRules = z.object({
  read: z.optional(PolicyVerdict),
  write: z.optional(PolicyVerdict),
  protectedWrite: z.optional(PolicyVerdict),
  test: z.optional(PolicyVerdict),
  command: z.optional(PolicyVerdict),
  plan: z.optional(PolicyVerdict),
});
/** What a run may do by kind; what is left out keeps its default (docs/security.md). */
export type PolicyRules = z.infer<typeof PolicyRules>;
