/** What the memory thread is started with. */
export interface MemoryThreadData {
  /** The data folder's part for indexes. */
  readonly folder: string;
  readonly grammars: string;
  readonly parseThreads: number;
}
