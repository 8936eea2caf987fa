/** Code memory as the daemon serves it: indexes in a thread of their own, knowledge in the store. */
import { join } from "node:path";
import type { NotificationParams } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { processorCount } from "../host/processors.ts";
import type { EmbeddingSettings } from "./embedding/choice.ts";
import type { Knowledge } from "./knowledge/knowledge.ts";
import { createKnowledgeService, createLazyKnowledge, type KnowledgeParts } from "./knowledge-service.ts";
import { createLearning } from "./learning.ts";
import { paceProgress } from "./paced-progress.ts";
import { type Reranker, withReranking } from "./search/rerank.ts";
import type { MemoryCall, MemoryService } from "./service.ts";
import { METHODS, type MemoryMethods } from "./thread/answers.ts";
import { createThreadClient } from "./thread/calls.ts";
import type { MemoryThreadData } from "./thread/data.ts";

export interface MemoryOptions extends Omit<KnowledgeParts, "symbolText"> {
  /** The data folder. */
  readonly home: string;
  /** The daemon's main file: the grammars are beside its folder. */
  readonly main: string;
  /** Which model makes vectors, when somebody wants others than the built-in table's. */
  readonly embedding: EmbeddingSettings;
  /** The model that orders results on request; undefined while none is configured. */
  readonly reranker?: () => Reranker | undefined;
}

export interface Memory extends MemoryService {
  /** For those inside the daemon who need more of it than clients do. */
  readonly knowledge: () => Promise<Knowledge>;
  readonly syntax: ThreadService["syntax"];
  close(): Promise<void>;
}

/** After the last change of an index, facts that cite the code are looked at. */
const RECONCILE_MS = 2000;

export function createMemory(options: MemoryOptions): Memory {
  const { clock, log } = options;
  const index = createIndexService(options);
  const call = (signal: AbortSignal) => ({ name: "nexus", signal });
  const symbolText: KnowledgeParts["symbolText"] = (params, signal) => index.symbolText(params, call(signal));
  const knowledge = createLazyKnowledge({ ...options, symbolText });
  const waiting = new Map<string, () => void>();

  const learning = createLearning({
    clock,
    tablesFolder: (workspace, signal) => index.tablesFolder({ workspace }, call(signal)),
    adoptLearned: (workspace, signal) => index.adoptLearned({ workspace }, call(signal)),
    onProgress: index.tell,
  });

  index.onProgress(({ workspace, progress }) => {
    if (progress !== null) return;
    waiting.get(workspace)?.();
    waiting.set(
      workspace,
      clock.timer(RECONCILE_MS, () => void reconcile(workspace)),
    );
  });

  async function reconcile(workspace: string): Promise<void> {
    waiting.delete(workspace);
    try {
      const known = await knowledge();
      const { facts } = await known.list(workspace, { filter: { scope: "workspace" }, limit: 1 });
      if (facts.length > 0) await known.reconcile(workspace);
    } catch (error) {
      log.write("warn", "facts could not be held against the code", { workspace, error });
    }
  }

  const service = createKnowledgeService(knowledge);
  return {
    ...index,
    ...service,
    search: withReranking(index.search, { clock, log, reranker: options.reranker ?? (() => undefined) }),
    get busy() {
      return index.busy || learning.busy;
    },
    async status(params, asking) {
      const [status, { facts }] = await Promise.all([
        index.status(params, asking),
        service.facts({ workspace: params.workspace, limit: 100 }, asking),
      ]);
      return { ...status, facts: facts.length };
    },
    learn: learning.learn,
    knowledge,
    async close() {
      for (const cancel of waiting.values()) cancel();
      learning.close();
      await index.close();
    },
  };
}

type Progress = NotificationParams<"memory/progress">;
type ThreadService = {
  [Name in keyof MemoryMethods]: (
    params: Parameters<MemoryMethods[Name]>[0],
    call: MemoryCall,
  ) => ReturnType<MemoryMethods[Name]>;
};

const PROGRAM = { source: new URL("./thread/program.ts", import.meta.url), bundled: "memory-thread" };

export interface IndexService extends ThreadService {
  readonly busy: boolean;
  onProgress: MemoryService["onProgress"];
  /** Tells the listeners of work that goes on elsewhere. */
  tell(progress: Progress): void;
  close(): Promise<void>;
}

/** What the memory thread answers. It is started with the first question. */
export function createIndexService({
  home,
  main,
  embedding,
  log,
}: Pick<MemoryOptions, "home" | "main" | "embedding" | "log">): IndexService {
  const listeners = new Set<(progress: Progress) => void>();
  const working = new Set<string>();
  let pending = 0;
  const data: MemoryThreadData = {
    folder: join(home, "memory"),
    main,
    parseThreads: Math.max(1, Math.min(processorCount(), 8)),
    embedding,
  };
  const onNotice = (name: string, value: unknown) => {
    if (name === "failure") log.write("error", "a question to code memory failed", { error: String(value) });
    if (name !== "progress" || !isProgress(value)) return;
    if (value.progress === null) working.delete(value.workspace);
    else working.add(value.workspace);
    tell(value);
  };
  const thread = createThreadClient(PROGRAM, data, onNotice, () => {
    // Nobody is left to say that the work has ended.
    for (const workspace of working) tell({ workspace, progress: null });
    working.clear();
  });

  const tell = paceProgress(systemClock, (progress) => {
    for (const listener of listeners) listener(progress);
  });

  async function ask(method: string, params: unknown, { signal }: MemoryCall): Promise<unknown> {
    pending++;
    try {
      return await thread.call(method, params, signal);
    } finally {
      pending--;
    }
  }

  const methods = Object.fromEntries(
    METHODS.map((name) => [name, (params: unknown, call: MemoryCall) => ask(name, params, call)]),
  );
  return {
    ...typed(methods),
    get busy() {
      return pending > 0 || working.size > 0;
    },
    onProgress(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell,
    close: () => thread.close(),
  };
}

/** Both ends are compiled from one table of methods. */
function typed(methods: Record<string, unknown>): ThreadService {
  if (!isService(methods)) throw new Error("the table of methods lacks one");
  return methods;
}

function isService(methods: Record<string, unknown>): methods is ThreadService & Record<string, unknown> {
  return METHODS.every((name) => typeof methods[name] === "function");
}

function isProgress(value: unknown): value is Progress {
  return typeof value === "object" && value !== null && "workspace" in value && "progress" in value;
}
