/**
 * The memory of a run over the code index and what is known of the project. It is bounded in time and never what keeps a
 * run from working: what the index cannot tell soon is found by names and words, as without one.
 */
import type { Fact } from "../../protocol/index.ts";
import type { Clock } from "../host/clock.ts";
import { lstat } from "../host/files.ts";
import type { Memory } from "../memory/create.ts";
import { spokenFact } from "../memory/knowledge/render.ts";
import { gitOutput } from "../memory/listing.ts";
import { recall } from "../memory/recall.ts";
import { promptWords } from "../memory/words.ts";
import type { Log } from "../observability/log.ts";
import { isSecretPath } from "../security/paths/path-classes.ts";
import type { CodeLookup } from "../tools/code-lookup.ts";
import { type MemoryPlace, type OpenMemory, type RunMemory, recallMemory } from "./run-memory.ts";

export interface IndexedMemoryParts {
  readonly memory: Pick<Memory, "search" | "map" | "uses" | "knowledge"> & Partial<Pick<Memory, "syntax">>;
  readonly clock: Clock;
  readonly log: Log;
}

type Found = readonly { readonly path: string; readonly why: string }[];

/** How long a run waits for its first look; a tool, whose agent has nothing else to go by, waits longer. */
const PATIENCE_MS = 2000;
const TOOL_PATIENCE_MS = 15_000;
/** An edit does not wait long for what is only said beside its result. */
const SYNTAX_PATIENCE_MS = 3000;
const LONGEST_QUERY = 10_000;
const LONGEST_WHY = 160;
/** Of the files: kept for those that the run has changed, which the index does not know as they are. */
const CHANGED_FILES = 4;
const CHANGED_MS = 500;
/** Any search makes ready what searching needs; a failure is told at the first look. */
const PREPARING = "index";
const STANDING = { kinds: ["preference", "convention"], statuses: ["active"] } satisfies {
  kinds: Fact["kind"][];
  statuses: Fact["status"][];
};

export function createIndexedMemory({ memory, clock, log }: IndexedMemoryParts): OpenMemory {
  /** What keeps a run waiting, by workspace: nobody waits for it a second time. */
  const slow = new Set<string>();

  /** Undefined when it takes longer, or fails. What was asked goes on, so that the next question finds it done. */
  async function soon<Value>(
    { workspace, signal }: MemoryPlace,
    what: "index" | "knowledge",
    work: () => Promise<Value>,
  ): Promise<Value | undefined> {
    const key = `${what} ${workspace}`;
    if (slow.has(key)) return undefined;
    try {
      const asked = work();
      const answer = await within(clock, PATIENCE_MS, asked);
      if (answer === undefined) {
        slow.add(key);
        void asked.catch(() => undefined).then(() => slow.delete(key));
      }
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      log.write("warn", "a run goes on without code memory", { workspace, error });
      return undefined;
    }
  }

  return (place) => {
    const { root, workspace, signal } = place;
    const call = { name: "run", signal };
    let found: Promise<Found> | undefined;

    async function search(query: string, limit: number): Promise<Found> {
      const asked = { workspace, query: query.slice(0, LONGEST_QUERY), limit: limit + CHANGED_FILES };
      const [answer, changed] = await Promise.all([
        soon(place, "index", () => memory.search(asked, call)),
        changedFiles(place, query),
      ]);
      const indexed = await present(root, answer?.results.map(fileOf) ?? []);
      if (indexed.length === 0) return (await recall({ root, prompt: query, signal })).files.slice(0, limit);
      const known = new Set(indexed.map(({ path }) => path));
      const own = changed.filter(({ path }) => !known.has(path)).slice(0, CHANGED_FILES);
      return [...indexed.slice(0, limit - own.length), ...own];
    }

    async function map(tokens: number, focus: readonly string[]): Promise<string> {
      const count = await place.count();
      for (let budget = tokens, round = 0; round < 3; round++) {
        const asked = { workspace, tokens: budget, focus: [...focus].slice(0, 50) };
        const text = (await soon(place, "index", () => memory.map(asked, call)))?.text ?? "";
        const used = count(text);
        if (used <= tokens) return text;
        // The index estimates; the run's model counts.
        budget = Math.floor(((budget * tokens) / used) * 0.95);
      }
      return "";
    }

    async function knowledge(query: string, limit: number): Promise<string[]> {
      const paths = ((await found) ?? []).map(({ path }) => path);
      const facts = await soon(place, "knowledge", () => factsFor(memory, workspace, { query, limit, paths }));
      return (facts ?? []).map(spokenFact);
    }

    const made: RunMemory = {
      prepare: () => void memory.search({ workspace, query: PREPARING, limit: 1 }, call).catch(() => undefined),
      rules: recallMemory(place).rules,
      map,
      search: (query, limit) => (found = search(query, limit)),
      knowledge,
      lookup: createLookup({ memory, clock }, place),
      note: (by) => async (fact) => (await memory.knowledge()).propose(workspace, fact, by),
    };
    return made;
  };
}

/** The tools' questions: an index that is being built is waited for a while, then told as `undefined`. */
function createLookup({ memory, clock }: Pick<IndexedMemoryParts, "memory" | "clock">, place: MemoryPlace): CodeLookup {
  const { workspace, signal } = place;
  const call = { name: "run", signal };
  const patient = <Value>(asked: Promise<Value>) => within(clock, TOOL_PATIENCE_MS, asked);
  return {
    search: async (query, { limit, paths }) =>
      (await patient(memory.search({ workspace, query, limit, paths: [...paths] }, call)))?.results,
    symbols: async (query, limit) =>
      (await patient(memory.search({ workspace, query, limit, mode: "symbol" }, call)))?.results,
    async syntax(path, text) {
      if (memory.syntax === undefined) return undefined;
      const problems = await within(clock, SYNTAX_PATIENCE_MS, memory.syntax({ path, text }, call));
      return problems ?? undefined;
    },
    uses: (symbol, path, limit) =>
      patient(memory.uses({ workspace, symbol, limit, ...(path === undefined ? {} : { path }) }, call)),
  };
}

/** Undefined when it takes longer; it goes on all the same. */
async function within<Value>(clock: Clock, milliseconds: number, work: Promise<Value>): Promise<Value | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const cancel = clock.timer(milliseconds, () => resolve(undefined));
  work.catch(() => undefined);
  return Promise.race([work, promise]).finally(cancel);
}

function fileOf({
  path,
  symbol,
  startLine,
  why,
}: {
  path: string;
  symbol: string | null;
  startLine: number;
  why: readonly string[];
}) {
  const place = symbol === null ? `line ${startLine}` : `${symbol}, line ${startLine}`;
  const text = [place, ...why.slice(0, 2)].join("; ").replace(/\s+/g, " ");
  return { path, why: text.length <= LONGEST_WHY ? text : `${text.slice(0, LONGEST_WHY - 1)}…` };
}

/** Those that are still files in the copy, and no secrets. */
async function present(root: string, files: Found): Promise<Found> {
  const kept = await Promise.all(
    files.map(async (file) => {
      if (isSecretPath(file.path)) return [];
      const stats = await lstat(`${root}/${file.path}`).catch(() => undefined);
      return stats?.isFile() === true ? [file] : [];
    }),
  );
  return kept.flat();
}

/** What the run has changed in its copy so far, those that a word of the query names first. */
async function changedFiles({ root, base, signal }: MemoryPlace, query: string): Promise<Found> {
  if (base === undefined) return [];
  const [changed, added] = await Promise.all([
    gitOutput(root, ["diff", "--name-only", "--no-renames", "--relative", "-z", base], signal, CHANGED_MS),
    gitOutput(root, ["ls-files", "-z", "--others", "--exclude-standard"], signal, CHANGED_MS),
  ]);
  const paths = [...new Set(`${changed ?? ""}\0${added ?? ""}`.split("\0"))].filter((path) => path !== "");
  const words = promptWords(query);
  const named = (path: string) => words.filter((word) => path.toLowerCase().includes(word)).length;
  const sorted = paths.sort((first, second) => named(second) - named(first) || (first < second ? -1 : 1));
  return present(
    root,
    sorted.slice(0, CHANGED_FILES * 2).map((path) => ({ path, why: "changed earlier in this work" })),
  );
}

/** What fits the question, then what holds for all work here; facts that may be out of date stay out. */
async function factsFor(
  memory: Pick<Memory, "knowledge">,
  workspace: string,
  { query, limit, paths }: { query: string; limit: number; paths: readonly string[] },
): Promise<Fact[]> {
  const knowledge = await memory.knowledge();
  const [fitting, standing] = await Promise.all([
    knowledge.find(workspace, query, { limit: limit * 2, paths }),
    knowledge.list(workspace, { filter: STANDING, limit }),
  ]);
  const active = [...fitting.map(({ fact }) => fact), ...standing.facts].filter(({ status }) => status === "active");
  const facts = [...new Map(active.map((fact) => [fact.factId, fact])).values()].slice(0, limit);
  await knowledge.used(
    workspace,
    facts.map(({ factId }) => factId),
  );
  return facts;
}
