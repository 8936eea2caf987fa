/**
 * What is known of a project beyond its code. A person's word counts at once; what an agent proposes after it read
 * untrusted content waits for a person; nothing that waits or is retired is ever found for a prompt.
 */
import type {
  Fact,
  FactEdit,
  FoundFact,
  ImportReport,
  NewFact,
  ReconcileReport,
  Remembered,
  Result,
} from "../../../protocol/index.ts";
import { ok } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../observability/log.ts";
import type { KnowledgeRows } from "../../store/store.ts";
import { confirmFact, editFact, forgetFact, purgeFacts } from "./changing.ts";
import type { CitedCode } from "./cited-code.ts";
import { type ExportPage, type ExportQuery, exportPage, importFacts } from "./exchange.ts";
import type { TermsOf, VectorOf } from "./fact-index.ts";
import { type FactPage, type FindOptions, findFacts, type ListQuery, listFacts } from "./finding.ts";
import { type Desk, type Proposer, proposeFact, rememberFact } from "./noting.ts";
import { reconcileFacts } from "./reconcile.ts";
import { createShelves } from "./shelves.ts";

export interface KnowledgeOptions {
  readonly store: { readonly knowledge: KnowledgeRows };
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly cited: CitedCode;
  readonly termsOf: TermsOf;
  /** Left out: facts are found by their words alone. */
  readonly vectorOf?: VectorOf;
}

/**
 * `workspace` is a folder's real path; what holds for the user everywhere is seen from every workspace. What a caller did
 * wrong comes back as a value (`memory.*`); faults of the store throw `store.*`.
 */
export interface Knowledge {
  /** A person's own command: active at once. In the words of a known fact it adds its citations and confirms that one. */
  remember(workspace: string, fact: NewFact, person: string): Promise<Result<Remembered>>;
  propose(workspace: string, fact: NewFact, by: Proposer): Promise<Result<Remembered>>;
  confirm(workspace: string, factId: string, person: string): Promise<Result<Fact>>;
  /** With `shown`, the version that the person saw: `memory.fact_changed` when another has come since. */
  edit(workspace: string, factId: string, edit: FactEdit, shown?: number): Promise<Result<Fact>>;
  forget(workspace: string, factId: string): Promise<Result<Fact>>;
  purge(workspace: string, which: readonly string[] | "retired"): Promise<Result<{ purged: number }>>;
  get(workspace: string, factId: string): Promise<Result<Fact>>;
  /** What an edited fact said before, oldest first, at most 50. */
  versions(workspace: string, factId: string): Promise<Result<Fact[]>>;
  list(workspace: string, query: ListQuery): Promise<FactPage>;
  /** Active and flagged facts, the best first. */
  find(workspace: string, query: string, options?: FindOptions): Promise<FoundFact[]>;
  /** Notes that facts were put before a model. */
  used(workspace: string, factIds: readonly string[]): Promise<void>;
  /** Oldest first; the pages joined are the whole. */
  exportPage(workspace: string, query: ExportQuery): Promise<ExportPage>;
  /** JSON Lines of `exportPage`; `from` says to people where they came from. */
  importLines(workspace: string, text: string, from: string): Promise<Result<ImportReport>>;
  /** To be called with the paths that changed, once the index shows them; without paths, everything is looked up. */
  reconcile(workspace: string, changed?: readonly string[]): Promise<ReconcileReport>;
}

export function createKnowledge(options: KnowledgeOptions): Knowledge {
  const { store, clock, log, newId, cited, termsOf, vectorOf } = options;
  const meaning = vectorOf === undefined ? {} : { vectorOf };
  const shelves = createShelves({ rows: store.knowledge, log, termsOf, ...meaning });
  const desk: Desk = { shelves, clock, newId, cited };
  const { inTurn } = shelves;
  return {
    remember: (workspace, fact, person) => inTurn(() => rememberFact(desk, workspace, fact, person)),
    propose: (workspace, fact, by) => inTurn(() => proposeFact(desk, workspace, fact, by)),
    confirm: (workspace, factId, person) => inTurn(() => confirmFact(desk, workspace, factId, person)),
    edit: (workspace, factId, edit, shown) => inTurn(() => editFact(desk, workspace, factId, edit, shown)),
    forget: (workspace, factId) => inTurn(() => forgetFact(desk, workspace, factId)),
    purge: (workspace, which) => inTurn(() => purgeFacts(desk, workspace, which)),
    get: (workspace, factId) => shelves.fact(workspace, factId),
    list: async (workspace, query) => listFacts(await shelves.both(workspace), query),
    find: async (workspace, query, more = {}) =>
      findFacts(await shelves.both(workspace), query, { ...more, termsOf, ...meaning }),
    used: (workspace, factIds) => inTurn(() => noteUse(desk, workspace, factIds)),
    importLines: (workspace, text, from) => inTurn(() => importFacts(desk, workspace, text, from)),
    reconcile: (workspace, changed) => inTurn(() => reconcileFacts(desk, workspace, changed)),

    async versions(workspace, factId) {
      const fact = await shelves.fact(workspace, factId);
      return fact.ok ? ok(await shelves.versions(factId)) : fact;
    },

    exportPage: async (workspace, query) => exportPage(await shelves.both(workspace), query),
  };
}

/** One transaction for a whole prompt; facts that are gone meanwhile are passed over. */
async function noteUse({ shelves, clock }: Desk, workspace: string, factIds: readonly string[]): Promise<void> {
  const lastUsedAt = clock.iso();
  const changes: { fact: Fact }[] = [];
  for (const factId of new Set(factIds)) {
    const fact = await shelves.fact(workspace, factId);
    if (fact.ok) changes.push({ fact: { ...fact.value, uses: fact.value.uses + 1, lastUsedAt } });
  }
  if (changes.length > 0) await shelves.save(changes);
}
