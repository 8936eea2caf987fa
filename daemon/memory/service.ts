/** Code memory as server/rpc sees it: one method a request. */
import type { Answer, NotificationParams, Params } from "../../protocol/index.ts";

export interface MemoryCall {
  /** Who asks, for the record: client name and connection. */
  readonly name: string;
  /** The client no longer wants the answer: what is asked rejects with the signal's reason, soon. */
  readonly signal: AbortSignal;
}

/**
 * Workspaces are real paths of folders that exist; paths of files are inside them, relative, with forward slashes. Expected
 * failures reject with a NexusError (`memory.…`). Every list is a page; a cursor of an older index is `memory.bad_cursor`.
 */
export interface MemoryService {
  status(params: Params<"memory/status">, call: MemoryCall): Promise<Answer<"memory/status">>;
  /** Two clients that ask at once share one indexing; it ends early when all of them have cancelled. */
  index(params: Params<"memory/index">, call: MemoryCall): Promise<Answer<"memory/index">>;
  forget(params: Params<"memory/forget">, call: MemoryCall): Promise<Answer<"memory/forget">>;
  unsaved(params: Params<"memory/unsaved">, call: MemoryCall): Promise<Answer<"memory/unsaved">>;
  embedding(params: Params<"memory/embedding">, call: MemoryCall): Promise<Answer<"memory/embedding">>;
  learn(params: Params<"memory/learn">, call: MemoryCall): Promise<Answer<"memory/learn">>;
  /** Indexes first where there is no index yet; an index that is behind answers at once and says so (`stale`). */
  search(params: Params<"memory/search">, call: MemoryCall): Promise<Answer<"memory/search">>;
  symbols(params: Params<"memory/symbols">, call: MemoryCall): Promise<Answer<"memory/symbols">>;
  about(params: Params<"memory/about">, call: MemoryCall): Promise<Answer<"memory/about">>;
  uses(params: Params<"memory/uses">, call: MemoryCall): Promise<Answer<"memory/uses">>;
  impact(params: Params<"memory/impact">, call: MemoryCall): Promise<Answer<"memory/impact">>;
  connect(params: Params<"memory/connect">, call: MemoryCall): Promise<Answer<"memory/connect">>;
  map(params: Params<"memory/map">, call: MemoryCall): Promise<Answer<"memory/map">>;
  place(params: Params<"memory/place">, call: MemoryCall): Promise<Answer<"memory/place">>;
  file(params: Params<"memory/file">, call: MemoryCall): Promise<Answer<"memory/file">>;
  hotspots(params: Params<"memory/hotspots">, call: MemoryCall): Promise<Answer<"memory/hotspots">>;
  facts(params: Params<"memory/facts">, call: MemoryCall): Promise<Answer<"memory/facts">>;
  factAdd(params: Params<"memory/factAdd">, call: MemoryCall): Promise<Answer<"memory/factAdd">>;
  factEdit(params: Params<"memory/factEdit">, call: MemoryCall): Promise<Answer<"memory/factEdit">>;
  factConfirm(params: Params<"memory/factConfirm">, call: MemoryCall): Promise<Answer<"memory/factConfirm">>;
  factForget(params: Params<"memory/factForget">, call: MemoryCall): Promise<Answer<"memory/factForget">>;
  factsExport(params: Params<"memory/factsExport">, call: MemoryCall): Promise<Answer<"memory/factsExport">>;
  factsImport(params: Params<"memory/factsImport">, call: MemoryCall): Promise<Answer<"memory/factsImport">>;
  /** True while it indexes or embeds: an idle daemon must not exit then. */
  readonly busy: boolean;
  /** Told a few times a second at most while work goes on, and with `progress: null` when it ended or the state changed. */
  onProgress(listener: (progress: NotificationParams<"memory/progress">) => void): () => void;
}
