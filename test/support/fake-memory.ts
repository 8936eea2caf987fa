/** Code memory without an index: answers that tests choose, facts in memory, and a record of what was asked. */
import type { MemoryCall, MemoryService } from "../../daemon/memory/service.ts";
import type { Answer, Fact, IndexProgress, MemoryStatus, SearchResult, SymbolEntry } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";

type Method = Exclude<keyof MemoryService, "busy" | "onProgress">;
type Progress = { workspace: string; progress: IndexProgress | null };

export interface FakeMemory extends MemoryService {
  /** Requests with their parameters, in order. */
  readonly calls: { readonly name: Method; readonly params: Readonly<Record<string, unknown>>; readonly by: string }[];
  /** Instead of the usual answers; throw to fail. */
  answers: { [Name in Method]?: (params: never, call: MemoryCall) => unknown };
  readonly knownFacts: Fact[];
  busy: boolean;
  progress(progress: Progress): void;
}

export const META = { tookMs: 1.5, degraded: [], stale: null };

export const STATUS: MemoryStatus = {
  workspace: "/work",
  state: "ready",
  problem: null,
  engine: "native",
  branch: "main",
  files: 120,
  bytes: 480_000,
  symbols: 900,
  chunks: 1300,
  languages: [
    { name: "typescript", files: 100, engine: "native" },
    { name: "hcl", files: 5, engine: "wasm" },
    { name: "text", files: 15, engine: "plain" },
  ],
  skipped: [
    { reason: "binary", count: 3, examples: ["logo.png", "icon.ico"] },
    { reason: "too large", count: 1, examples: ["data/big.json"] },
  ],
  progress: null,
  vectors: null,
  history: { commits: 321, limited: false },
  facts: 2,
  sizeBytes: 300_000,
  sourceBytes: 480_000,
  watching: true,
  indexedAt: "2026-01-01T00:00:00.000Z",
  degraded: [],
  stale: null,
};

export const TOTALS: Answer<"memory/index"> = {
  files: 120,
  bytes: 480_000,
  symbols: 900,
  chunks: 1300,
  wallMs: 850,
  peakRssBytes: 90_000_000,
  reused: 20,
  languages: STATUS.languages,
  skipped: STATUS.skipped,
  degraded: [],
};

export const RESULT: SearchResult = {
  path: "src/cart.ts",
  symbol: "Cart.add",
  kind: "method",
  startLine: 10,
  endLine: 14,
  score: 7.25,
  why: ["“add” names it", "in 3 commits about cart"],
  snippet: "  add(item: Item): void {\n    this.items.push(item);\n  }\n",
  snippetLine: 10,
};

const SYMBOL: SymbolEntry = {
  symbol: "Cart.add",
  kind: "method",
  path: "src/cart.ts",
  line: 10,
  startLine: 10,
  endLine: 14,
  signature: "add(item: Item): void",
  doc: "Puts an item into the cart.",
};

export const FACT: Fact = {
  factId: "fact-1",
  kind: "convention",
  text: "Prices are in cents.",
  workspace: "/work",
  status: "active",
  reason: "",
  supersededBy: null,
  cites: [{ kind: "file", path: "src/cart.ts", symbol: null, lines: { start: 3, end: 5 }, oid: null, hash: null }],
  author: { type: "person", name: "you" },
  confidence: 1,
  uses: 0,
  lastUsedAt: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  version: 1,
};

export const IMPACT: Answer<"memory/impact"> = {
  definitions: [SYMBOL],
  nodes: [
    node(1, null, 1, "src/checkout.ts", "checkout", 20, "calls Cart.add"),
    node(2, null, 1, "src/wish-list.ts", "WishList.move", 8, "calls Cart.add"),
    node(3, 1, 2, "src/server.ts", "handlePay", 44, "calls checkout"),
    { ...node(4, 1, 2, "test/checkout.test.ts", null, 1, "calls checkout"), isTest: true },
  ],
  total: 4,
  files: 4,
  tests: [{ path: "test/checkout.test.ts", why: "calls checkout", command: "npx vitest run test/checkout.test.ts" }],
  nextCursor: null,
  ...META,
};

export const ABOUT: Answer<"memory/about"> = {
  definitions: [SYMBOL],
  confidence: "certain",
  uses: [
    {
      path: "src/checkout.ts",
      line: 21,
      kind: "call",
      within: "checkout",
      text: "cart.add(item);",
      isTest: false,
      isSure: true,
    },
  ],
  total: 3,
  files: 2,
  complete: true,
  tests: [{ path: "test/cart.test.ts", why: "imports it", command: null }],
  commits: [{ hash: "0123456789abcdef", subject: "Add carts", author: "Ada", at: "2026-01-01T00:00:00.000Z" }],
  changedWith: [{ path: "src/price.ts", commits: 4, share: 0.5 }],
  ...META,
};

function node(
  id: number,
  parent: number | null,
  depth: number,
  path: string,
  symbol: string | null,
  line: number,
  why: string,
) {
  return { id, parent, depth, path, symbol, kind: symbol === null ? null : "function", line, why, isTest: false };
}

/** Rejects when the request is cancelled, and not before. */
export function untilCancelled(_params: never, { signal }: MemoryCall): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

export function createFakeMemory(): FakeMemory {
  const listeners = new Set<(progress: Progress) => void>();
  const facts: Fact[] = [FACT];

  const factOf = ({ factId }: { factId: string }): Fact => {
    const fact = facts.find((each) => each.factId === factId);
    if (fact === undefined) throw nexusError("memory.unknown_fact", factId);
    return fact;
  };
  const replace = (fact: Fact): { fact: Fact } => {
    facts.splice(facts.indexOf(factOf(fact)), 1, fact);
    return { fact };
  };
  const respond = (name: Method, usual: (params: never) => unknown) => {
    return async (params: Readonly<Record<string, unknown>>, call: MemoryCall) => {
      memory.calls.push({ name, params, by: call.name });
      return (memory.answers[name] ?? usual)(params as never, call) as never;
    };
  };

  const memory: FakeMemory = {
    calls: [],
    answers: {},
    knownFacts: facts,
    busy: false,
    status: respond("status", ({ workspace }: { workspace: string }) => ({ ...STATUS, workspace })),
    index: respond("index", () => TOTALS),
    forget: respond("forget", () => ({ freedBytes: 300_000 })),
    unsaved: respond("unsaved", () => ({})),
    embedding: respond("embedding", () => ({ vectors: null, estimate: null })),
    learn: respond("learn", () => ({
      kept: true,
      reason: "It ranks better than the built-in table.",
      measuredOn: 200,
      before: { recallAt10: 0.7, mrr: 0.5 },
      after: { recallAt10: 0.74, mrr: 0.53 },
    })),
    search: respond("search", () => ({ results: [RESULT], nextCursor: null, ...META })),
    symbols: respond("symbols", () => ({ symbols: [SYMBOL], nextCursor: null, ...META })),
    about: respond("about", () => ABOUT),
    uses: respond("uses", () => ({
      definitions: [SYMBOL],
      uses: [
        {
          path: "src/checkout.ts",
          line: 21,
          kind: "call",
          within: "checkout",
          text: "  cart.add(item);",
          isTest: false,
          isSure: true,
        },
        {
          path: "test/cart.test.ts",
          line: 5,
          kind: "call",
          within: null,
          text: "cart.add(one);",
          isTest: true,
          isSure: false,
        },
      ],
      total: 2,
      nextCursor: null,
      ...META,
    })),
    impact: respond("impact", () => IMPACT),
    connect: respond("connect", () => ({ chains: [], ...META })),
    map: respond("map", () => ({
      text: "src/cart.ts:\n  class Cart\n    add(item: Item): void\n",
      tokens: 15,
      files: 1,
      totalFiles: 120,
      ...META,
    })),
    place: respond("place", () => ({
      places: [{ path: "src/", score: 1, why: ["its files are about carts"], example: "src/cart.ts" }],
      ...META,
    })),
    file: respond("file", ({ path }: { path: string }) => {
      if (path !== "src/cart.ts") throw nexusError("memory.unknown_path", path);
      return {
        path,
        language: "typescript",
        bytes: 400,
        lines: 30,
        broken: false,
        symbols: [SYMBOL],
        symbolCount: 1,
        imports: ["src/item.ts"],
        importedBy: ["src/checkout.ts"],
        tests: IMPACT.tests,
        owners: [],
        commits: [],
        changedWith: [],
        ...META,
      };
    }),
    hotspots: respond("hotspots", () => ({
      hotspots: [{ path: "src/cart.ts", commits: 12, score: 3.5 }],
      nextCursor: null,
      ...META,
    })),
    facts: respond("facts", () => ({ facts: [...facts], nextCursor: null })),
    factAdd: respond("factAdd", ({ fact: { kind, text } }: { fact: Pick<Fact, "kind" | "text"> }) => {
      const fact = { ...FACT, factId: `fact-${facts.length + 1}`, kind, text, cites: [] };
      facts.push(fact);
      return { fact, outcome: "added" };
    }),
    factEdit: respond("factEdit", (params: { factId: string; edit: Partial<Fact> }) => {
      const fact = factOf(params);
      return replace({ ...fact, ...params.edit, version: fact.version + 1 });
    }),
    factConfirm: respond("factConfirm", (params: { factId: string }) =>
      replace({ ...factOf(params), status: "active", reason: "" }),
    ),
    factForget: respond("factForget", (params: { factId: string }) => {
      facts.splice(facts.indexOf(factOf(params)), 1);
      return {};
    }),
    factsExport: respond("factsExport", () => ({
      text: facts.map((fact) => `${JSON.stringify(fact)}\n`).join(""),
      count: facts.length,
      nextCursor: null,
    })),
    factsImport: respond("factsImport", ({ text }: { text: string }) => ({
      added: text.trim().split("\n").length,
      known: 0,
      problems: [],
      refused: 0,
    })),
    onProgress(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    progress(progress) {
      for (const listener of listeners) listener(progress);
    },
  };
  return memory;
}
