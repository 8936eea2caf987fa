/** Requests about what people and agents want remembered. Only a person's request makes a fact active. */
import * as z from "zod/mini";
import { Fact, FactEdit, FactFilter, ImportReport, NewFact, Remembered } from "./knowledge.ts";
import { cursor, workspace } from "./memory.ts";
import { request } from "./message.ts";

const factId = z.string().check(z.minLength(1), z.maxLength(300));

export const memoryFacts = request(
  "memory/facts",
  "Facts of a workspace and of the user, newest first, a page at a time.",
  z.object({
    workspace,
    ...FactFilter.shape,
    limit: z.optional(z.int().check(z.gte(1), z.lte(100))),
    cursor: z.optional(cursor),
  }),
  z.object({ facts: z.array(Fact), nextCursor: z.nullable(z.string()) }),
);

export const memoryFactAdd = request(
  "memory/factAdd",
  "Keeps a fact in a person's name; what it cites is looked up.",
  z.object({ workspace, fact: NewFact }),
  Remembered,
);

export const memoryFactEdit = request(
  "memory/factEdit",
  "Changes a fact in a person's name; what it said before is kept.",
  z.object({
    workspace,
    factId,
    edit: FactEdit,
    /** The version that was shown; when another has come since, nothing is changed (`memory.fact_changed`). */
    version: z.optional(z.int().check(z.gte(1))),
  }),
  z.object({ fact: Fact }),
);

export const memoryFactConfirm = request(
  "memory/factConfirm",
  "A person says that a proposed or flagged fact holds: it becomes active, its citations as they are now.",
  z.object({ workspace, factId }),
  z.object({ fact: Fact }),
);

export const memoryFactForget = request(
  "memory/factForget",
  "Retires a fact; with `purge` it is removed for good, its earlier versions too.",
  z.object({ workspace, factId, purge: z.optional(z.boolean()) }),
  z.object({}),
);

export const memoryFactsExport = request(
  "memory/factsExport",
  "Facts as a text, oldest first, a page at a time; the pages put together are the file.",
  z.object({
    workspace,
    ...FactFilter.shape,
    /** jsonl when it is left out: what memory/factsImport reads. Markdown is for people. */
    format: z.optional(z.enum(["jsonl", "markdown"])),
    cursor: z.optional(cursor),
  }),
  z.object({
    /** Whole facts, at most 500 000 characters. */
    text: z.string(),
    count: z.int(),
    nextCursor: z.nullable(z.string()),
  }),
);

export const memoryFactsImport = request(
  "memory/factsImport",
  "Takes facts from JSON Lines that were exported; all of them wait for a person's confirmation.",
  z.object({
    workspace,
    /** Whole lines; larger files in several requests. */
    text: z.string().check(z.maxLength(250_000)),
  }),
  ImportReport,
);
