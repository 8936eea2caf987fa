/** The table of what the memory thread can be asked. */
import type { Answer, Params } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { createSyntaxChecker, type SyntaxChecker, type SyntaxProblem } from "../code/syntax.ts";
import type { SymbolText } from "../knowledge/cited-code.ts";
import { citedCodeOf } from "../knowledge/code-of-view.ts";
import { readLearnedTable, tablesFolder } from "../vector/table-file.ts";
import { about } from "./about.ts";
import { rootOfBranch } from "./branches.ts";
import type { Freshness } from "./freshness.ts";
import * as graph from "./graph-answers.ts";
import { search } from "./search.ts";
import { sourceText } from "./source-lines.ts";
import { createStatus } from "./status.ts";
import type { Vectors } from "./vectors.ts";
import type { Workspace } from "./workspace.ts";
import type { Workspaces } from "./workspaces.ts";

/** Methods of the service that the thread answers, by name. */
export const METHODS = [
  "status",
  "index",
  "forget",
  "unsaved",
  "search",
  "symbols",
  "about",
  "uses",
  "impact",
  "connect",
  "map",
  "place",
  "file",
  "hotspots",
  "symbolText",
  "syntax",
  "embedding",
  "tablesFolder",
  "adoptLearned",
] as const;

export interface MemoryMethods {
  status(params: Params<"memory/status">, signal: AbortSignal): Promise<Answer<"memory/status">>;
  index(params: Params<"memory/index">, signal: AbortSignal): Promise<Answer<"memory/index">>;
  forget(params: Params<"memory/forget">, signal: AbortSignal): Promise<Answer<"memory/forget">>;
  unsaved(params: Params<"memory/unsaved">, signal: AbortSignal): Promise<Answer<"memory/unsaved">>;
  search(params: Params<"memory/search">, signal: AbortSignal): Promise<Answer<"memory/search">>;
  symbols(params: Params<"memory/symbols">, signal: AbortSignal): Promise<Answer<"memory/symbols">>;
  about(params: Params<"memory/about">, signal: AbortSignal): Promise<Answer<"memory/about">>;
  uses(params: Params<"memory/uses">, signal: AbortSignal): Promise<Answer<"memory/uses">>;
  impact(params: Params<"memory/impact">, signal: AbortSignal): Promise<Answer<"memory/impact">>;
  connect(params: Params<"memory/connect">, signal: AbortSignal): Promise<Answer<"memory/connect">>;
  map(params: Params<"memory/map">, signal: AbortSignal): Promise<Answer<"memory/map">>;
  place(params: Params<"memory/place">, signal: AbortSignal): Promise<Answer<"memory/place">>;
  file(params: Params<"memory/file">, signal: AbortSignal): Promise<Answer<"memory/file">>;
  hotspots(params: Params<"memory/hotspots">, signal: AbortSignal): Promise<Answer<"memory/hotspots">>;
  /** The lines of a definition that knowledge cites; null where there is none. */
  symbolText(params: CitedSymbol, signal: AbortSignal): Promise<SymbolText | null>;
  /** Where a text does not follow its language's grammar; null where that cannot be told. Needs no index. */
  syntax(params: { readonly path: string; readonly text: string }): Promise<readonly SyntaxProblem[] | null>;
  embedding(params: Params<"memory/embedding">, signal: AbortSignal): Promise<Answer<"memory/embedding">>;
  /** Where tables that are learned from a workspace's history are kept. */
  tablesFolder(params: { readonly workspace: string }, signal: AbortSignal): Promise<string>;
  /** Puts the table that was learned to use; answers when all vectors are its own. */
  adoptLearned(params: { readonly workspace: string }, signal: AbortSignal): Promise<Record<never, never>>;
}

export interface CitedSymbol {
  readonly workspace: string;
  readonly path: string;
  readonly symbol: string;
}

export interface AnswerParts {
  readonly workspaces: Workspaces;
  readonly grammars: string;
  readonly clock: Clock;
  readonly vectors: Vectors;
  readonly freshness: Freshness;
}

type Meta = Pick<Answer<"memory/hotspots">, "tookMs" | "degraded" | "stale">;

export function createAnswers(parts: AnswerParts): MemoryMethods {
  const { workspaces, clock, vectors, freshness } = parts;
  const { statusOf, totalsOf } = createStatus(parts, freshness);

  /** Answers from an index that is there, and says how good it is. */
  async function from<Body extends object & { readonly degraded?: string[] }>(
    { workspace: root }: { readonly workspace: string },
    signal: AbortSignal,
    ask: (workspace: Workspace) => Body | Promise<Body>,
  ): Promise<Body & Meta> {
    const workspace = await freshness.ready(root, signal);
    const startedAt = clock.monotonic();
    const body = await ask(workspace);
    const { degraded, stale } = freshness.about(workspace);
    const tookMs = Math.round((clock.monotonic() - startedAt) * 100) / 100;
    return { ...body, tookMs, degraded: [...degraded, ...(body.degraded ?? [])], stale };
  }

  let checker: SyntaxChecker | undefined;

  return {
    async syntax({ path, text }) {
      checker ??= createSyntaxChecker({ folder: parts.grammars });
      return (await checker.check(path, text)) ?? null;
    },
    status: async ({ workspace }, signal) => statusOf(workspace, signal),
    async index(params, signal) {
      const startedAt = clock.monotonic();
      if (params.rebuild === true) {
        // What watches the old one would go on to bring that one up to date.
        await freshness.close(params.workspace);
        await workspaces.forget(params.workspace, signal);
      }
      const { workspace, totals } = await freshness.update(params.workspace, signal);
      return totalsOf(workspace, totals, clock.monotonic() - startedAt);
    },
    forget: async ({ workspace }, signal) => {
      await freshness.close(workspace);
      await vectors.forget(await workspaces.open(workspace, signal));
      return { freedBytes: await workspaces.forget(workspace, signal) };
    },
    async unsaved({ workspace: root, path, text }, signal) {
      // An editor that opens a large folder must not start its indexing by typing.
      await workspaces.opened(root)?.updateUnsaved(path, text, signal);
      return {};
    },
    search: async (params, signal) => {
      const root = await rootOfBranch({ workspaces, freshness }, params, signal);
      return from({ workspace: root }, signal, (workspace) => search(workspace, params, vectors.meaning, signal));
    },
    symbols: (params, signal) => from(params, signal, (workspace) => graph.symbols(workspace, params)),
    about: (params, signal) => from(params, signal, (workspace) => about(workspace, params, clock, signal)),
    uses: (params, signal) => from(params, signal, (workspace) => graph.uses(workspace, params, clock, signal)),
    impact: (params, signal) => from(params, signal, (workspace) => graph.impact(workspace, params, clock, signal)),
    connect: (params, signal) => from(params, signal, (workspace) => graph.connect(workspace, params, clock, signal)),
    map: (params, signal) =>
      from(params, signal, (workspace) => graph.map(workspace, params, (text) => Math.ceil(text.length / 3.6))),
    place: (params, signal) => from(params, signal, (workspace) => graph.place(workspace, params)),
    file: (params, signal) => from(params, signal, (workspace) => graph.file(workspace, params)),
    hotspots: (params, signal) => from(params, signal, (workspace) => graph.hotspots(workspace, params)),
    async symbolText({ workspace: root, path, symbol }, signal) {
      const { view } = await freshness.ready(root, signal);
      const code = citedCodeOf({ view: () => view, text: async (_root, cited) => sourceText(root, cited) });
      return (await code.symbol(root, path, symbol)) ?? null;
    },
    async embedding(params, signal) {
      const isAbout = params.action === "estimate" || params.action === "start";
      const { workspace: root } = params;
      const workspace = await (isAbout ? freshness.ready(root, signal) : workspaces.open(root, signal));
      return vectors.answer(workspace, params, signal);
    },
    async tablesFolder({ workspace }, signal) {
      return tablesFolder((await workspaces.open(workspace, signal)).place);
    },
    async adoptLearned({ workspace: root }, signal) {
      const workspace = await workspaces.open(root, signal);
      const learned = await readLearnedTable(tablesFolder(workspace.place));
      if (learned?.ok === true) workspace.table.change(learned.value.table);
      await freshness.update(root, signal);
      return {};
    },
  };
}
