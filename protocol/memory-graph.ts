/** How code hangs together: uses, impact, connections, the map, what is known of a file, hot spots. */
import * as z from "zod/mini";
import { answerMeta, cursor, workspace, workspacePath } from "./memory.ts";
import { SymbolEntry } from "./memory-search.ts";
import { request } from "./message.ts";

const limit = z.optional(z.int().check(z.gte(1), z.lte(500)));

/**
 * Names a symbol: "add", "Cart.add", "src/cart.ts#Cart.add", "src/cart.ts:10", or a file by its path. Path and line (where it
 * stands or is used) tell apart those that have the same name; `memory.ambiguous_symbol` lists them when nothing does.
 */
const symbolTarget = {
  symbol: z.string().check(z.minLength(1), z.maxLength(500)),
  path: z.optional(workspacePath),
  line: z.optional(z.int().check(z.gte(1))),
};

export const SymbolUse = z.object({
  path: z.string(),
  line: z.int(),
  kind: z.enum(["call", "type", "extends", "use", "import"]),
  /** The symbol around it. */
  within: z.nullable(z.string()),
  /** The line, at most 200 characters. */
  text: z.string(),
  isTest: z.boolean(),
  /** False when only the name says so: another symbol may be meant. */
  isSure: z.boolean(),
});
export type SymbolUse = z.infer<typeof SymbolUse>;

export const memoryUses = request(
  "memory/uses",
  "Who uses a symbol. `memory.unknown_symbol` when there is none of that name.",
  z.object({ workspace, ...symbolTarget, limit, cursor: z.optional(cursor) }),
  z.object({
    definitions: z.array(SymbolEntry),
    uses: z.array(SymbolUse),
    total: z.int(),
    nextCursor: z.nullable(z.string()),
    ...answerMeta,
  }),
);

export const ImpactNode = z.object({
  /** Unique within the answer's pages. */
  id: z.int(),
  /** What it depends on, nearer to the symbol; null for what uses the symbol itself. */
  parent: z.nullable(z.int()),
  /** Steps from the symbol, from 1. */
  depth: z.int(),
  path: z.string(),
  /** Null: the file as a whole. */
  symbol: z.nullable(z.string()),
  kind: z.nullable(z.string()),
  line: z.int(),
  /** "calls Cart.add", "extends Shape", "changed together in 8 of 10 commits". */
  why: z.string(),
  isTest: z.boolean(),
});
export type ImpactNode = z.infer<typeof ImpactNode>;

export const TestToRun = z.object({
  path: z.string(),
  why: z.string(),
  /** Runs this file's tests; null when no runner is known for it. */
  command: z.nullable(z.string()),
});
export type TestToRun = z.infer<typeof TestToRun>;

export const TestRun = z.object({
  /** To be run in `folder`, relative to the workspace; "" is its root. */
  command: z.string(),
  folder: z.string(),
  tests: z.array(z.string()),
  /** What the choice rests on: "vitest in package.json". */
  why: z.string(),
});
export type TestRun = z.infer<typeof TestRun>;

export const memoryImpact = request(
  "memory/impact",
  "What may break when a symbol changes, nearest first (a parent before its children), and the tests to run.",
  z.object({
    workspace,
    ...symbolTarget,
    /** 3 when it is left out. */
    depth: z.optional(z.int().check(z.gte(1), z.lte(10))),
    limit,
    cursor: z.optional(cursor),
  }),
  z.object({
    definitions: z.array(SymbolEntry),
    nodes: z.array(ImpactNode),
    /** Of all pages. */
    total: z.int(),
    files: z.int(),
    /** The likeliest to fail first, at most 100; with the first page only. */
    tests: z.array(TestToRun),
    /** Commands that run several of them at once, at most 20. */
    runs: z.optional(z.array(TestRun)),
    risk: z.optional(z.object({ level: z.enum(["low", "medium", "high"]), reasons: z.array(z.string()) })),
    nextCursor: z.nullable(z.string()),
    ...answerMeta,
  }),
);

export const ConnectionStep = z.object({
  path: z.string(),
  symbol: z.nullable(z.string()),
  line: z.int(),
  /** How one gets here from the step before: "calls", "is called by", "imports", …; null for the first. */
  relation: z.nullable(z.string()),
});
export type ConnectionStep = z.infer<typeof ConnectionStep>;

const connectionEnd = z.object(symbolTarget);

export const memoryConnect = request(
  "memory/connect",
  "How two symbols or files connect: the shortest chains, best first; none when they do not.",
  z.object({ workspace, from: connectionEnd, to: connectionEnd }),
  z.object({
    /** At most 5 of at most 20 steps. */
    chains: z.array(z.array(ConnectionStep)),
    ...answerMeta,
  }),
);

export const memoryMap = request(
  "memory/map",
  "The repository's most central files and signatures, as text within a token budget.",
  z.object({
    workspace,
    /** 2000 when it is left out. */
    tokens: z.optional(z.int().check(z.gte(100), z.lte(50_000))),
    /** Files that the map is for: what they need counts more. */
    focus: z.optional(z.array(workspacePath).check(z.maxLength(50))),
  }),
  z.object({
    text: z.string(),
    tokens: z.int(),
    files: z.int(),
    /** Of all files of the workspace. */
    totalFiles: z.int(),
    ...answerMeta,
  }),
);

export const memoryPlace = request(
  "memory/place",
  "Where something new would go.",
  z.object({
    workspace,
    description: z.string().check(z.minLength(1), z.maxLength(10_000)),
    limit: z.optional(z.int().check(z.gte(1), z.lte(20))),
  }),
  z.object({
    places: z.array(
      z.object({
        /** A folder ends in "/". */
        path: z.string(),
        score: z.number(),
        why: z.array(z.string()),
        /** A neighbour to follow. */
        example: z.nullable(z.string()),
        /** Where its test would go. */
        test: z.optional(z.string()),
      }),
    ),
    ...answerMeta,
  }),
);

export const CommitEntry = z.object({ hash: z.string(), subject: z.string(), author: z.string(), at: z.string() });
export type CommitEntry = z.infer<typeof CommitEntry>;

export const memoryFile = request(
  "memory/file",
  "What is known of one file: outline, neighbours, tests, owners, history.",
  z.object({ workspace, path: workspacePath }),
  z.object({
    path: z.string(),
    language: z.nullable(z.string()),
    bytes: z.int(),
    lines: z.int(),
    /** The parser met code that it could not read. */
    broken: z.boolean(),
    /** The first 200; memory/symbols pages through all. */
    symbols: z.array(SymbolEntry),
    symbolCount: z.int(),
    /** Paths in the workspace, at most 50 each. */
    imports: z.array(z.string()),
    importedBy: z.array(z.string()),
    tests: z.array(TestToRun),
    /** At most 10 each. */
    /** Whom a CODEOWNERS file names. */
    declaredOwners: z.optional(z.array(z.string())),
    owners: z.array(z.object({ author: z.string(), commits: z.int(), share: z.number(), lastAt: z.string() })),
    commits: z.array(CommitEntry),
    changedWith: z.array(z.object({ path: z.string(), commits: z.int(), share: z.number() })),
    ...answerMeta,
  }),
);

export const memoryHotspots = request(
  "memory/hotspots",
  "Files that change often and are long: where change costs most.",
  z.object({ workspace, limit, cursor: z.optional(cursor) }),
  z.object({
    hotspots: z.array(z.object({ path: z.string(), commits: z.int(), score: z.number() })),
    nextCursor: z.nullable(z.string()),
    ...answerMeta,
  }),
);
