/** Knowledge over a store in a temporary folder, with code that a test writes down. */
import type { CitedCode } from "../../../daemon/memory/knowledge/cited-code.ts";
import type { VectorOf } from "../../../daemon/memory/knowledge/fact-index.ts";
import { createKnowledge, type Knowledge } from "../../../daemon/memory/knowledge/knowledge.ts";
import type { Connect } from "../../../daemon/store/connection.ts";
import type { Fact, NewFact, Result } from "../../../protocol/index.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { collectingLog, openTestStore, type TestStore } from "../../support/store.ts";

export const WORKSPACE = "/workspace";

export interface TestKnowledge {
  readonly knowledge: Knowledge;
  readonly clock: ManualClock;
  readonly store: TestStore;
  readonly logged: string[];
  /** Path → text; change it, then reconcile. */
  readonly files: Map<string, string>;
  /** The same store opened again, by a daemon that knows nothing yet. */
  reopen(): Promise<Knowledge>;
}

export async function openKnowledge(
  options: { files?: Record<string, string>; vectorOf?: VectorOf; cited?: CitedCode; connect?: Connect } = {},
): Promise<TestKnowledge> {
  const store = await openTestStore(options.connect === undefined ? {} : { connect: options.connect });
  const clock = createManualClock();
  const files = new Map(Object.entries(options.files ?? {}));
  const logged: string[] = [];
  let lastId = 0;
  const make = (rows: TestStore["store"]) =>
    createKnowledge({
      store: rows,
      clock,
      log: collectingLog(logged),
      newId: () => `f${++lastId}`,
      cited: options.cited ?? codeIn(files),
      termsOf,
      ...(options.vectorOf === undefined ? {} : { vectorOf: options.vectorOf }),
    });
  return { knowledge: make(store.store), clock, store, logged, files, reopen: async () => make(await store.reopen()) };
}

const STOP_WORDS = new Set("the a an is are in of to and we use".split(" "));

/** Words in lower case, identifiers in parts, a plural's s cut off. */
export function termsOf(text: string): string[] {
  const parts = text.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+/gu) ?? [];
  const words = parts.map((part) => part.toLowerCase().replace(/(?<=\w{3})s$/, ""));
  return words.filter((word) => word.length > 1 && !STOP_WORDS.has(word));
}

/** A symbol is everything from "function NAME" to the next line that is "}". */
export function codeIn(files: ReadonlyMap<string, string>): CitedCode {
  return {
    async content(_workspace, path) {
      const text = files.get(path);
      return text === undefined ? undefined : { oid: Buffer.from(text).toString("hex").slice(0, 128) || "00", text };
    },
    async symbol(_workspace, path, name) {
      const lines = files.get(path)?.split("\n") ?? [];
      const start = lines.findIndex((line) => line.includes(`function ${name}(`));
      const length = lines.slice(start).indexOf("}") + 1;
      if (start < 0 || length === 0) return undefined;
      return { text: lines.slice(start, start + length).join("\n"), startLine: start + 1, endLine: start + length };
    },
  };
}

export function newFact(more: Partial<NewFact> = {}): NewFact {
  return { kind: "fact", text: "Prices are kept in cents.", scope: "workspace", cites: [], ...more };
}

export const untrusted = { agent: "coder", runId: "run-1", source: "untrusted" } as const;
export const trusted = { agent: "coder", runId: "run-1", source: "trusted" } as const;

/** The fact of an answer that must be good. */
export async function factOf(answer: Promise<Result<Fact> | Result<{ fact: Fact }>>): Promise<Fact> {
  const result = await answer;
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return "fact" in result.value ? result.value.fact : result.value;
}
