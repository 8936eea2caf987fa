/** What is known of a project beyond its code: facts, decisions, conventions, dead ends and preferences, with provenance. */
import * as z from "zod/mini";

export const FactKind = z.enum(["fact", "decision", "convention", "dead_end", "preference"]);
export type FactKind = z.infer<typeof FactKind>;

export const FactStatus = z.enum(["proposed", "active", "flagged", "retired"]);
/**
 * proposed: waits for a person, never used · active · flagged: what it cites changed, or is gone; shown with a warning ·
 * retired: forgotten or superseded, kept until it is purged, never used.
 */
export type FactStatus = z.infer<typeof FactStatus>;

export const FACT_TEXT_CHARACTERS = 2000;
export const FACT_CITES = 20;

const path = z.string().check(z.minLength(1), z.maxLength(1000));
const name = z.string().check(z.minLength(1), z.maxLength(300));
const address = z.string().check(z.minLength(1), z.maxLength(1000));
const isoTime = z.string().check(z.maxLength(40));
const digest = z.string().check(z.regex(/^[0-9a-f]{1,128}$/, "hexadecimal digits"));
const factText = z.string().check(z.minLength(1), z.maxLength(FACT_TEXT_CHARACTERS));
const confidence = z.number().check(z.gte(0), z.lte(1));

export const LineRange = z.object({ start: z.int().check(z.gte(1)), end: z.int().check(z.gte(1)) });
/** Lines from 1, both ends included. */
export type LineRange = z.infer<typeof LineRange>;

const codeKind = z.enum(["symbol", "file", "test"]);
const refKind = z.enum(["commit", "run", "url", "person"]);

export const CodeCite = z.object({
  kind: codeKind,
  /** Relative to the workspace, forward slashes. */
  path,
  /** A definition's name, with its holders' where it has some: "Cart.add"; null for a file or lines of it. */
  symbol: z.nullable(name),
  /** Where it stood when it was last looked at; null for a whole file. */
  lines: z.nullable(LineRange),
  /** The blob id of the file's content then. */
  oid: z.nullable(digest),
  /** Of what is cited, white space put aside. */
  hash: z.nullable(digest),
});
/** A place in the code, with its content at the time. */
export type CodeCite = z.infer<typeof CodeCite>;

export const RefCite = z.object({ kind: refKind, ref: address });
/** A commit's hash, a run's id, an address or a person's name. */
export type RefCite = z.infer<typeof RefCite>;

export const Cite = z.discriminatedUnion("kind", [CodeCite, RefCite]);
export type Cite = z.infer<typeof Cite>;

export const CiteInput = z.discriminatedUnion("kind", [
  z.object({ kind: codeKind, path, symbol: z.optional(name), lines: z.optional(LineRange) }),
  RefCite,
]);
/** A citation as it is given; its content is looked up by the daemon. */
export type CiteInput = z.infer<typeof CiteInput>;

export const FactAuthor = z.discriminatedUnion("type", [
  z.object({ type: z.literal("person"), name }),
  z.object({ type: z.literal("agent"), name, runId: name }),
  z.object({ type: z.literal("import"), name }),
]);
export type FactAuthor = z.infer<typeof FactAuthor>;

export const Fact = z.object({
  factId: name,
  kind: FactKind,
  text: factText,
  /** null: holds for the user, in every workspace. */
  workspace: z.nullable(z.string().check(z.minLength(1), z.maxLength(4096))),
  status: FactStatus,
  /** Why it is proposed, flagged or retired, in a sentence; "" for an active one. */
  reason: z.string().check(z.maxLength(1000)),
  supersededBy: z.nullable(name),
  cites: z.array(Cite).check(z.maxLength(FACT_CITES)),
  author: FactAuthor,
  /** 0 to 1: what a person says is 1. */
  confidence,
  /** How often it was put before a model. */
  uses: z.int().check(z.gte(0)),
  lastUsedAt: z.nullable(isoTime),
  createdAt: isoTime,
  updatedAt: isoTime,
  /** 1 at first; grows with every edit of text, kind or citations. */
  version: z.int().check(z.gte(1)),
});
export type Fact = z.infer<typeof Fact>;

export const NewFact = z.object({
  kind: FactKind,
  text: factText,
  scope: z.enum(["workspace", "user"]),
  cites: z.array(CiteInput).check(z.maxLength(FACT_CITES)),
  confidence: z.optional(confidence),
  /** The fact that this one takes the place of; it is retired. */
  supersedes: z.optional(name),
});
export type NewFact = z.infer<typeof NewFact>;

export const FactEdit = z.object({
  kind: z.optional(FactKind),
  text: z.optional(factText),
  cites: z.optional(z.array(CiteInput).check(z.maxLength(FACT_CITES))),
});
/** What is left out stays as it is. */
export type FactEdit = z.infer<typeof FactEdit>;

export const Remembered = z.object({
  fact: Fact,
  /** merged: known in the same words, so only citations were added · known: nothing was new, or was allowed to be added. */
  outcome: z.enum(["added", "merged", "known"]),
});
export type Remembered = z.infer<typeof Remembered>;

export const FactFilter = z.object({
  kinds: z.optional(z.array(FactKind)),
  /** Left out: all but the retired ones. */
  statuses: z.optional(z.array(FactStatus)),
  scope: z.optional(z.enum(["workspace", "user"])),
  /** A file, or a folder above it, that is cited. */
  path: z.optional(path),
  /** Letters that stand in the text, upper and lower case alike. */
  text: z.optional(z.string().check(z.maxLength(200))),
});
export type FactFilter = z.infer<typeof FactFilter>;

export const FoundFact = z.object({
  fact: Fact,
  score: z.number(),
  /** Such as “rounding” in its text · close in meaning · cites src/cart.ts. */
  why: z.string(),
});
export type FoundFact = z.infer<typeof FoundFact>;

export const ImportReport = z.object({
  /** All of them as proposals. */
  added: z.int(),
  /** In the same words as one that is there. */
  known: z.int(),
  /** At most 20, each with its line. */
  problems: z.array(z.object({ line: z.int(), problem: z.string() })),
  /** Lines that could not be used, those that are not told included. */
  refused: z.int(),
});
export type ImportReport = z.infer<typeof ImportReport>;

export const ReconcileReport = z.object({
  checked: z.int(),
  /** What is cited moved, unchanged. */
  followed: z.int(),
  /** Newly, or for another reason than before. */
  flagged: z.array(z.object({ factId: z.string(), reason: z.string() })),
  /** Flagged ones whose code is again as it was cited. */
  restored: z.int(),
});
export type ReconcileReport = z.infer<typeof ReconcileReport>;
