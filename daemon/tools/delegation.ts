/** What one agent hands to another, and what it gets back. */
import * as z from "zod/mini";

export const Delegation = z.object({
  agent: z.string().check(z.minLength(1), z.maxLength(60)),
  title: z.string().check(z.minLength(1), z.maxLength(120)),
  goal: z.string().check(z.minLength(1), z.maxLength(2000)),
  returns: z.string().check(z.minLength(1), z.maxLength(500), z.describe("What to answer with")),
  files: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(500))).check(z.maxLength(50))),
  readOnly: z.optional(z.boolean()),
  budgetShare: z.optional(
    z.number().check(z.gt(0), z.lte(1), z.describe("Of what is left of your budget; default 0.5")),
  ),
});
/** A piece of work that one agent hands to another. */
export type Delegation = z.infer<typeof Delegation>;

export interface Delegated {
  /** What the other agent answered with. */
  readonly text: string;
  /** Paths that it changed. */
  readonly changed: readonly string[];
  readonly costUsd: number;
}
