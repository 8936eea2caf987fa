/** What an editor shows of a name under the cursor: one question instead of four. */
import * as z from "zod/mini";
import { answerMeta, workspace, workspacePath } from "./memory.ts";
import { CommitEntry, SymbolUse, TestToRun } from "./memory-graph.ts";
import { SymbolEntry } from "./memory-search.ts";
import { request } from "./message.ts";

export const memoryAbout = request(
  "memory/about",
  "What the name at a place of a file means, who uses it, what changed with it and which tests cover it: what is found within milliseconds.",
  z.object({
    workspace,
    path: workspacePath,
    /** Where the name stands, from 1. */
    line: z.int().check(z.gte(1)),
    name: z.string().check(z.minLength(1), z.maxLength(300)),
    /** Most uses in the answer; 10 when it is left out. */
    limit: z.optional(z.int().check(z.gte(0), z.lte(500))),
  }),
  z.object({
    /** The likeliest first, at most 10; empty when the line holds no such name, or nothing is known of it. */
    definitions: z.array(SymbolEntry),
    /** How sure it is that the first definition is meant. */
    confidence: z.enum(["certain", "likely", "possible"]),
    /** Of the first definition, the surest first. Only the first ten have their text. */
    uses: z.array(SymbolUse),
    /** Of all uses that are sure or likely, tests included. */
    total: z.int(),
    files: z.int(),
    /** False when the time was up before all were found: there may be more. */
    complete: z.boolean(),
    /** False when tests that reach it through imports were not all looked for yet: asked again later, there may be more. */
    knowsTests: z.optional(z.boolean()),
    /** At most 20, the surest first. */
    tests: z.array(TestToRun),
    /** The last 3 that changed its file. */
    commits: z.array(CommitEntry),
    /** At most 5. */
    changedWith: z.array(z.object({ path: z.string(), commits: z.int(), share: z.number() })),
    ...answerMeta,
  }),
);
