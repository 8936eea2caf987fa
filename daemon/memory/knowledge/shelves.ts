/** The shelves of a store: loaded when they are first asked for, and changed one change after the other. */
import { type Fact, failure, ok, type Result } from "../../../protocol/index.ts";
import type { Log } from "../../observability/log.ts";
import { createQueue } from "../../store/queue.ts";
import type { FactChange, KnowledgeRows } from "../../store/store.ts";
import type { TermsOf, VectorOf } from "./fact-index.ts";
import { createShelf, type Shelf } from "./shelf.ts";

export interface Shelves {
  /** Of a workspace, or with null of what holds everywhere. */
  of(workspace: string | null): Promise<Shelf>;
  /** The workspace's own shelf first, then what holds everywhere. */
  both(workspace: string): Promise<readonly Shelf[]>;
  /** The fact as it is, wherever it stands for the workspace. */
  fact(workspace: string, factId: string): Promise<Result<Fact>>;
  /** Writes changes, then shows them in memory. To be called within `inTurn`. */
  save(changes: readonly FactChange[]): Promise<void>;
  purge(facts: readonly Fact[]): Promise<void>;
  versions(factId: string): Promise<Fact[]>;
  /** Runs a change alone: what it reads first is still true when it writes. */
  inTurn<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** Enough for the folders one works in; a shelf of 10 000 facts takes some 20 MB. */
const MAX_LOADED = 8;

export function createShelves(options: {
  rows: KnowledgeRows;
  log: Log;
  termsOf: TermsOf;
  vectorOf?: VectorOf;
}): Shelves {
  const { rows, log, termsOf, vectorOf } = options;
  const loaded = new Map<string | null, Promise<Shelf>>();
  const queue = createQueue();

  async function load(workspace: string | null): Promise<Shelf> {
    const { facts, damaged } = await rows.load(workspace);
    if (damaged.length > 0) log.write("error", "facts that are not as they were written are left out", { damaged });
    return createShelf(facts, termsOf, vectorOf);
  }

  function of(workspace: string | null): Promise<Shelf> {
    const shelf = loaded.get(workspace) ?? load(workspace);
    // The one asked for longest ago comes first in the map, and goes first.
    loaded.delete(workspace);
    loaded.set(workspace, shelf);
    shelf.catch(() => loaded.delete(workspace));
    for (const oldest of loaded.keys()) if (loaded.size > MAX_LOADED) loaded.delete(oldest);
    return shelf;
  }

  const both = (workspace: string) => Promise.all([of(workspace), of(null)]);
  return {
    of,
    both,
    async fact(workspace, factId) {
      const fact = (await both(workspace)).map((shelf) => shelf.get(factId)).find((found) => found !== undefined);
      return fact === undefined ? failure("memory.unknown_fact", `“${factId.slice(0, 80)}”`) : ok(fact);
    },
    async save(changes) {
      const numbers = await rows.put(changes);
      for (const [index, { fact }] of changes.entries()) {
        // Asked for after the write: whichever shelf is loaded now, or being loaded, hears of it.
        const shelf = await of(fact.workspace);
        shelf.put({ number: numbers[index] ?? 0, fact });
      }
    },
    async purge(facts) {
      await rows.purge(facts.map(({ factId }) => factId));
      for (const { factId, workspace } of facts) (await of(workspace)).remove(factId);
    },
    versions: (factId) => rows.versions(factId),
    async inTurn(work) {
      const leave = await queue.enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
