/** What is known of a workspace, for people. */
import type { Answer, LanguageCount } from "../../../protocol/index.ts";
import { createExtractor, type Extractor } from "../code/extract.ts";
import type { UpdateTotals } from "../index/workspace-index.ts";
import type { Freshness } from "./freshness.ts";
import type { Vectors } from "./vectors.ts";
import type { Workspace } from "./workspace.ts";
import type { Workspaces } from "./workspaces.ts";

export interface StatusParts {
  readonly workspaces: Workspaces;
  readonly grammars: string;
  readonly vectors: Pick<Vectors, "statusOf" | "progressOf">;
}

export function createStatus({ workspaces, grammars, vectors }: StatusParts, freshness: Freshness) {
  let extractor: Promise<Extractor> | undefined;

  async function languagesOf(workspace: Workspace): Promise<LanguageCount[]> {
    extractor ??= createExtractor({ folder: grammars });
    const counts = new Map<string, number>();
    for (const { language } of workspace.view.files)
      counts.set(language ?? "text", (counts.get(language ?? "text") ?? 0) + 1);
    const known = await extractor;
    const languages = [...counts].map(async ([name, files]) => ({
      name,
      files,
      engine: name === "text" ? ("plain" as const) : await known.engineOf(name),
    }));
    return (await Promise.all(languages)).sort((first, second) => second.files - first.files);
  }

  async function statusOf(root: string, signal: AbortSignal): Promise<Answer<"memory/status">> {
    const workspace = await workspaces.open(root, signal);
    const { view, index, repository } = workspace;
    const languages = await languagesOf(workspace);
    const history = workspace.history();
    const { degraded, stale } = freshness.about(workspace);
    const sizes = sizesOf(workspace);
    const isNone = view.entries().size === 0 && !workspace.isCurrent;
    return {
      workspace: root,
      state: stateOf(workspace, isNone, stale !== null),
      problem: workspace.problem,
      engine: engineOf(languages),
      branch: index.lastScan?.branch ?? null,
      ...sizes,
      languages,
      skipped: skippedOf(index),
      progress: workspace.progress() ?? vectors.progressOf(workspace),
      vectors: isNone ? null : vectors.statusOf(workspace),
      history: history === undefined ? null : { commits: history.history.commits, limited: history.limited },
      facts: 0,
      sizeBytes: repository.rows.size(),
      sourceBytes: sizes.bytes,
      watching: freshness.watchOf(root)?.mode === "watching",
      indexedAt: workspace.updatedAt,
      degraded,
      stale,
    };
  }

  function stateOf(workspace: Workspace, isNone: boolean, isStale: boolean): Answer<"memory/status">["state"] {
    if (freshness.isUpdating(workspace.root)) return "indexing";
    if (workspace.problem !== null) return "failed";
    if (isNone) return "none";
    return isStale ? "stale" : "ready";
  }

  async function totalsOf(workspace: Workspace, totals: UpdateTotals, wallMs: number): Promise<Answer<"memory/index">> {
    return {
      ...sizesOf(workspace),
      wallMs: Math.round(wallMs * 10) / 10,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      reused: totals.reused,
      languages: await languagesOf(workspace),
      skipped: skippedOf(workspace.index),
      degraded: freshness.about(workspace).degraded,
    };
  }

  return { statusOf, totalsOf };
}

function sizesOf({ view }: Workspace) {
  const sizes = { files: 0, bytes: 0, symbols: 0, chunks: view.corpus().liveChunks };
  for (const { kind, bytes, symbols } of view.entries().values()) {
    if (kind !== "text") continue;
    sizes.files++;
    sizes.bytes += bytes;
    sizes.symbols += symbols;
  }
  return sizes;
}

function engineOf(languages: readonly LanguageCount[]): Answer<"memory/status">["engine"] {
  const engines = new Set(languages.flatMap(({ engine }) => (engine === "plain" ? [] : [engine])));
  if (engines.size === 0) return "plain";
  return engines.size === 2 ? "mixed" : engines.has("native") ? "native" : "wasm";
}

function skippedOf(index: Workspace["index"]) {
  return index.skipped().map(({ reason, count, examples }) => ({ reason, count, examples: [...examples] }));
}
