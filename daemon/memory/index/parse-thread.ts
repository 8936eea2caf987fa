/** A parse thread: reads files, extracts facts, collects segments. It holds no state that could not be made again. */
import { breathe } from "../../host/source-files.ts";
import { ownThread } from "../../host/threads.ts";
import { createExtractor } from "../code/extract.ts";
import { loadWordTable } from "../vector/word-table.ts";
import { createContentCollector } from "./content-reader.ts";
import { readContent } from "./read-content.ts";
import type { FromParser, ToParser } from "./thread-messages.ts";
import { createWordSplitter } from "./word-splitter.ts";

const FILES_A_TURN = 8;

const thread = ownThread();
if (thread !== undefined) await serve(thread);

async function serve({ data, post, onMessage, end }: NonNullable<ReturnType<typeof ownThread>>): Promise<void> {
  const [extractor, table] = await Promise.all([createExtractor({ folder: String(data) }), loadWordTable()]);
  const collector = createContentCollector({
    read: readContent,
    prepare: (path, text) => extractor.prepare(path, text),
    extract: (path, text) => extractor.extract(path, text),
    splitter: createWordSplitter((word) => table.rowsOf(word)),
  });
  const tell = (message: FromParser, transfer: ArrayBuffer[] = []) => post(message, transfer);

  async function work(order: ToParser): Promise<void> {
    if (order.type === "work") {
      for (const [place, task] of order.tasks.entries()) {
        await collector.add(task);
        // Native trees are only freed between turns of the event loop, and a tree is twenty times its text.
        if (place % FILES_A_TURN === 0) await breathe();
      }
      tell({ type: "done", files: order.tasks.length, characters: collector.characters });
      return;
    }
    if (order.type === "end") return end();
    const batch = collector.take();
    if (order.type === "drop") return tell({ type: "dropped" });
    const { segment } = batch;
    tell({ type: "batch", ...batch }, segment === null ? [] : [segment.bytes.buffer, segment.chunkRows.buffer]);
  }

  // One after the other, although a grammar may have to be waited for.
  let turn = Promise.resolve();
  onMessage((message) => {
    turn = turn.then(() => work(toOrder(message)));
  });
  tell({ type: "ready" });
}

/** Only the memory thread speaks to this one. */
function toOrder(message: unknown): ToParser {
  if (typeof message !== "object" || message === null || !("type" in message)) return { type: "flush" };
  if (message.type === "work" && "tasks" in message)
    return { type: "work", tasks: Array.isArray(message.tasks) ? message.tasks : [] };
  return { type: message.type === "drop" ? "drop" : message.type === "end" ? "end" : "flush" };
}
