/** Requests about knowledge: what people and agents want remembered, held against the code as the index knows it. */

import type { Result } from "../../protocol/index.ts";
import { NexusError } from "../../protocol/index.ts";
import type { Clock } from "../host/clock.ts";
import type { Log } from "../observability/log.ts";
import type { KnowledgeRows } from "../store/store.ts";
import type { CitedCode } from "./knowledge/cited-code.ts";
import { createKnowledge, type Knowledge } from "./knowledge/knowledge.ts";
import { textStems } from "./search/words.ts";
import type { MemoryService } from "./service.ts";
import { blobOid } from "./sources/blob-oid.ts";
import type { MemoryMethods } from "./thread/answers.ts";
import { sourceText } from "./thread/source-lines.ts";
import { loadWordTable } from "./vector/word-table.ts";

export type KnowledgeService = Pick<
  MemoryService,
  "facts" | "factAdd" | "factEdit" | "factConfirm" | "factForget" | "factsExport" | "factsImport"
>;

export interface KnowledgeParts {
  readonly store: { readonly knowledge: KnowledgeRows };
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly symbolText: MemoryMethods["symbolText"];
}

const PAGE = 50;
/** Characters of an exported page: well within one frame. */
const EXPORTED = 400_000;

/** Made with the first question: the words' table is not loaded before. */
export function createLazyKnowledge(parts: KnowledgeParts): () => Promise<Knowledge> {
  let made: Promise<Knowledge> | undefined;
  return () => (made ??= make(parts));
}

async function make({ store, clock, log, newId, symbolText }: KnowledgeParts): Promise<Knowledge> {
  const table = await loadWordTable();
  const cited: CitedCode = {
    async content(workspace, path) {
      const text = sourceText(workspace, path);
      return text === undefined ? undefined : { oid: blobOid(Buffer.from(text)), text };
    },
    symbol: async (workspace, path, symbol) =>
      (await symbolText({ workspace, path, symbol }, new AbortController().signal)) ?? undefined,
  };
  const vectorOf = (text: string) => {
    const vector = table.textVector(text);
    return vector.some((component) => component !== 0) ? vector : undefined;
  };
  return createKnowledge({ store, clock, log, newId, cited, termsOf: textStems, vectorOf });
}

export function createKnowledgeService(open: () => Promise<Knowledge>): KnowledgeService {
  return {
    async facts({ workspace, limit = PAGE, cursor, ...filter }) {
      const page = await (await open()).list(workspace, { filter, limit, ...(cursor === undefined ? {} : { cursor }) });
      return { facts: [...page.facts], nextCursor: page.nextCursor };
    },
    factAdd: async ({ workspace, fact }, { name }) => unwrapped(await (await open()).remember(workspace, fact, name)),
    async factEdit({ workspace, factId, edit, version }) {
      const knowledge = await open();
      return { fact: unwrapped(await knowledge.edit(workspace, factId, edit, version)) };
    },
    factConfirm: async ({ workspace, factId }, { name }) => ({
      fact: unwrapped(await (await open()).confirm(workspace, factId, name)),
    }),
    async factForget({ workspace, factId, purge = false }) {
      const knowledge = await open();
      if (purge) unwrapped(await knowledge.purge(workspace, [factId]));
      else unwrapped(await knowledge.forget(workspace, factId));
      return {};
    },
    async factsExport({ workspace, cursor, ...filter }) {
      const knowledge = await open();
      const at = cursor === undefined ? {} : { cursor };
      const page = await knowledge.exportPage(workspace, { format: "jsonl", filter, maxCharacters: EXPORTED, ...at });
      return { ...page };
    },
    factsImport: async ({ workspace, text }, { name }) =>
      unwrapped(await (await open()).importLines(workspace, text, `imported by ${name}`)),
  };
}

function unwrapped<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new NexusError(result.error);
}
