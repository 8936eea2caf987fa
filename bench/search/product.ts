/** The product's own ranking over a snapshot, in this process: the same index, the same weights, part by part. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../daemon/host/clock.ts";
import { grammarsBeside } from "../../daemon/memory/code/languages.ts";
import { createParsePool } from "../../daemon/memory/index/parse-pool.ts";
import type { Query } from "../../daemon/memory/search/query.ts";
import { rank, type Weights } from "../../daemon/memory/search/ranking.ts";
import { createWorkspaces } from "../../daemon/memory/thread/workspaces.ts";
import { loadWordTable } from "../../daemon/memory/vector/word-table.ts";

export interface Product {
  readonly commits: number;
  rank(query: Query, limit: number, weights?: Weights): string[];
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("../../daemon/main.ts", import.meta.url));

export async function openProduct(root: string, home: string): Promise<Product> {
  const pool = createParsePool({ threads: 2, grammars: grammarsBeside(MAIN), clock: systemClock });
  const workspaces = createWorkspaces({
    folder: join(home, "memory"),
    pool,
    table: await loadWordTable(),
    clock: systemClock,
    onChange: () => undefined,
  });
  const { signal } = new AbortController();
  const workspace = await workspaces.open(root, signal);
  await workspace.update(signal);
  const view = workspace.ranked();
  return {
    commits: view.history?.commits ?? 0,
    rank(query, limit, weights) {
      const options = weights === undefined ? { limit } : { limit, weights };
      return rank(view, query, options).map(({ path }) => path);
    },
    close: () => pool.close(),
  };
}
