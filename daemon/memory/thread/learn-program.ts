/** A thread that learns from a repository's history: minutes of computing, which must not keep questions waiting. */
import { nexusError } from "../../../protocol/index.ts";
import { errorCode } from "../../host/files.ts";
import { ownThread } from "../../host/threads.ts";
import { learnWords } from "../vector/learn.ts";
import { loadWordTable } from "../vector/word-table.ts";
import { serveCalls } from "./calls.ts";

export interface LearnOrder {
  /** The repository. */
  readonly folder: string;
  readonly tablesFolder: string;
  /** ISO 8601. */
  readonly at: string;
}

const thread = ownThread();
if (thread !== undefined) serve(thread);

function serve(own: NonNullable<typeof thread>): void {
  const notify = serveCalls(own, {
    learn: {
      async call(order, signal) {
        if (!isOrder(order)) throw new Error("the order to learn lacks something");
        const { folder, tablesFolder, at } = order;
        const table = await loadWordTable();
        const onProgress = (progress: unknown) => notify("progress", progress);
        return learnWords({ folder, tablesFolder, at, table, signal, onProgress }).catch((error: unknown) => {
          signal.throwIfAborted();
          // A disk has codes; git has words.
          if (!(error instanceof Error) || errorCode(error) !== undefined) throw error;
          throw nexusError("memory.history_missing", error.message);
        });
      },
    },
  });
}

/** Only learning.ts speaks to this thread. */
function isOrder(value: unknown): value is LearnOrder {
  return typeof value === "object" && value !== null && "folder" in value && "tablesFolder" in value && "at" in value;
}
