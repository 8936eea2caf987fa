/** Finding code: by words, by symbol, by regular expression. */
import * as z from "zod/mini";
import { answerMeta, cursor, workspace, workspacePath } from "./memory.ts";
import { request } from "./message.ts";

const names = z.array(z.string().check(z.minLength(1), z.maxLength(100))).check(z.maxLength(50));
const limit = z.optional(z.int().check(z.gte(1), z.lte(100)));

export const SearchMode = z.enum(["ranked", "symbol", "regex"]);
export type SearchMode = z.infer<typeof SearchMode>;

export const SearchFilters = z.object({
  /** Globs, relative to the workspace: "src/**", "!**\/*.test.ts". A file passes that one of them, and no "!" one, fits. */
  paths: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(500))).check(z.maxLength(50))),
  languages: z.optional(names),
  /** Of symbols: "class", "function", … */
  kinds: z.optional(names),
  /** Of this folder, or of another working tree of its repository that is indexed; left out: the files as they are. */
  branch: z.optional(z.string().check(z.minLength(1), z.maxLength(300))),
});
export type SearchFilters = z.infer<typeof SearchFilters>;

export const SearchResult = z.object({
  path: z.string(),
  /** "Cart.add"; null where the lines belong to no symbol. */
  symbol: z.nullable(z.string()),
  kind: z.nullable(z.string()),
  /** From 1, both ends included. */
  startLine: z.int(),
  endLine: z.int(),
  /** Comparable within one answer only. */
  score: z.number(),
  /** Reasons, the weightiest first. */
  why: z.array(z.string()),
  /** Lines from `snippetLine` on, at most 2000 characters. */
  snippet: z.string(),
  snippetLine: z.int(),
});
export type SearchResult = z.infer<typeof SearchResult>;

export const memorySearch = request(
  "memory/search",
  "Searches a workspace: `ranked` by words, `symbol` by name, `regex` through the text. Builds the index first where there is none.",
  z.object({
    workspace,
    query: z.string().check(z.minLength(1), z.maxLength(10_000)),
    mode: z.optional(SearchMode),
    /** 20 when it is left out. */
    limit,
    cursor: z.optional(cursor),
    ...SearchFilters.shape,
    /** Lets a model put the first 20 in order, within a time limit; without a model at hand it is told in `degraded`. */
    rerank: z.optional(z.boolean()),
  }),
  z.object({ results: z.array(SearchResult), nextCursor: z.nullable(z.string()), ...answerMeta }),
);

export const SymbolEntry = z.object({
  /** "Cart.add". */
  symbol: z.string(),
  kind: z.string(),
  path: z.string(),
  /** Where the name stands. */
  line: z.int(),
  startLine: z.int(),
  endLine: z.int(),
  signature: z.string(),
  doc: z.string(),
});
export type SymbolEntry = z.infer<typeof SymbolEntry>;

export const memorySymbols = request(
  "memory/symbols",
  "Definitions: of a file in their order, or of the whole workspace by name, best match first.",
  z.object({
    workspace,
    path: z.optional(workspacePath),
    /** Letters of the name in their order; left out: all. */
    query: z.optional(z.string().check(z.maxLength(300))),
    languages: z.optional(names),
    kinds: z.optional(names),
    limit: z.optional(z.int().check(z.gte(1), z.lte(500))),
    cursor: z.optional(cursor),
  }),
  z.object({ symbols: z.array(SymbolEntry), nextCursor: z.nullable(z.string()), ...answerMeta }),
);
