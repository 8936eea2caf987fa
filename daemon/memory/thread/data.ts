/** What the memory thread is started with. */
import type { EmbeddingSettings } from "../embedding/choice.ts";

export interface MemoryThreadData {
  /** The data folder's part for indexes. */
  readonly folder: string;
  /** The daemon's main file: the grammars are beside its folder. */
  readonly main: string;
  readonly parseThreads: number;
  /** With its keys: never to be logged. */
  readonly embedding: EmbeddingSettings;
}
