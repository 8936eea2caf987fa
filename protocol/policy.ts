/** What people write about what an agent may do. What the rules mean, and what holds without any: docs/policy.md. */
import * as z from "zod/mini";

export const PolicyVerdict = z.enum(["allow", "ask", "deny"]);
export type PolicyVerdict = z.infer<typeof PolicyVerdict>;

const MAX_RULES = 500;
const MAX_WORDS = 50;

const plainText = (most: number) =>
  z.string().check(
    z.minLength(1),
    z.maxLength(most),
    // Invisible characters would make a rule something else than what a person reads.
    z.refine((text) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text), "it holds a character that cannot be seen"),
  );
const word = z.union([plainText(500), z.literal("")]);

const CommandMatch = z
  .strictObject({
    kind: z.literal("command"),
    /** Program and arguments as the program gets them; after the program `*` stands for any one word. */
    words: z.array(word).check(z.minLength(1), z.maxLength(MAX_WORDS)),
    /** Whether more arguments may follow. */
    rest: z.enum(["none", "any"]),
  })
  .check(
    z.refine(({ words }) => words[0] !== "*" && words[0] !== "", "the program must be named"),
    z.refine(({ words }) => words.length === 1 || words.at(-1) !== "*", "for any last arguments write rest: any"),
  );

export const PolicyMatch = z.discriminatedUnion("kind", [
  CommandMatch,
  /** `path`: a glob from the workspace's root, or an absolute one. Without `*` and its like it names exactly one file. */
  z.strictObject({ kind: z.literal("read"), path: plainText(500) }),
  z.strictObject({ kind: z.literal("write"), path: plainText(500) }),
  /** `host`: exactly this one, with its port where that is not the usual one. */
  z.strictObject({ kind: z.literal("network"), host: plainText(260) }),
  /** `name`: `server/tool` of an MCP server, or the name of a plug-in. */
  z.strictObject({ kind: z.literal("foreign"), name: plainText(300) }),
  z.strictObject({ kind: z.literal("git"), action: z.enum(["commit", "branch"]) }),
]);
/** What one rule is about. */
export type PolicyMatch = z.infer<typeof PolicyMatch>;

export const PolicyRule = z.strictObject({ effect: PolicyVerdict, match: PolicyMatch });
export type PolicyRule = z.infer<typeof PolicyRule>;

export const PolicyRules = z.strictObject({
  read: z.optional(PolicyVerdict),
  write: z.optional(PolicyVerdict),
  protectedWrite: z.optional(PolicyVerdict),
  test: z.optional(PolicyVerdict),
  command: z.optional(PolicyVerdict),
  plan: z.optional(PolicyVerdict),
  /** True: under an approved plan, writing a file that the plan does not name asks. */
  planStrict: z.optional(z.boolean()),
  /** The strictest one that fits counts. */
  rules: z.optional(z.array(PolicyRule).check(z.maxLength(MAX_RULES))),
});
/** Verdicts by kind, and single rules; what is left out keeps its default. */
export type PolicyRules = z.infer<typeof PolicyRules>;
