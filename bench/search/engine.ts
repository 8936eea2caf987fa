/** The product's own index and ranking of a snapshot, in process; and the reference over the same files. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../daemon/host/clock.ts";
import { createParsePool } from "../../daemon/memory/index/parse-pool.ts";
import type { Query } from "../../daemon/memory/search/query.ts";
import { rank, type Weights } from "../../daemon/memory/search/ranking.ts";
import type { Workspace } from "../../daemon/memory/thread/workspace.ts";
import { createWorkspaces } from "../../daemon/memory/thread/workspaces.ts";
import { loadWordTable } from "../../daemon/memory/vector/word-table.ts";
import { createReference, type Reference } from "./reference.ts";
import type { PlainTable } from "./word-table.ts";

const GRAMMARS = fileURLToPath(new URL("../../grammars/", import.meta.url));

export interface Engine {
  readonly workspace: Workspace;
  rank(query: Query, weights: Weights, limit: number): { readonly path: string; readonly score: number }[];
  close(): Promise<void>;
}

/** Indexes `root` with what it needs kept in `home`. */
export async function openEngine(root: string, home: string): Promise<Engine> {
  const table = await loadWordTable();
  const pool = createParsePool({ threads: availableParallelism(), grammars: GRAMMARS, clock: systemClock });
  const workspaces = createWorkspaces({ folder: home, pool, table, clock: systemClock, onChange: () => {} });
  const { signal } = new AbortController();
  const workspace = await workspaces.open(root, signal);
  await workspace.update(signal);
  return {
    workspace,
    rank: (query, weights, limit) => rank(workspace.ranked(), query, { weights, limit }),
    async close() {
      await pool.close();
      workspace.repository.close();
    },
  };
}

export function referenceOf({ workspace }: Engine, table: PlainTable | undefined): Reference {
  const { view, root } = workspace;
  const opened = workspace.history();
  if (opened === undefined) throw new Error(`There is no history of ${root}.`);
  const files = view.paths().map((path) => ({
    path,
    text: readFileSync(join(root, path), "utf8"),
    symbols: view.facts(path)?.symbols.map(({ name }) => name) ?? [],
  }));
  return createReference(files, opened.history, table);
}
