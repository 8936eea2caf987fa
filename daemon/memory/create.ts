/** Code memory as the daemon serves it: indexes in a thread of their own, knowledge in the store. */
import { join } from "node:path";
import type { NotificationParams } from "../../protocol/index.ts";
import { processorCount } from "../host/processors.ts";
import { grammarsBeside } from "./code/languages.ts";
import type { MemoryCall, MemoryService } from "./service.ts";
import { type MemoryMethods, METHODS } from "./thread/answers.ts";
import { createThreadClient } from "./thread/calls.ts";
import type { MemoryThreadData } from "./thread/data.ts";

export interface MemoryOptions {
  /** The data folder. */
  readonly home: string;
  /** The daemon's main file: the grammars are beside its folder. */
  readonly main: string;
}

type Progress = NotificationParams<"memory/progress">;
type ThreadService = { [Name in keyof MemoryMethods]: (params: Parameters<MemoryMethods[Name]>[0], call: MemoryCall) => ReturnType<MemoryMethods[Name]> };

const PROGRAM = { source: new URL("./thread/program.ts", import.meta.url), bundled: "memory-thread" };

export interface IndexService extends ThreadService {
  readonly busy: boolean;
  onProgress: MemoryService["onProgress"];
  close(): Promise<void>;
}

/** What the memory thread answers. It is started with the first question. */
export function createIndexService({ home, main }: MemoryOptions): IndexService {
  const listeners = new Set<(progress: Progress) => void>();
  const working = new Set<string>();
  let pending = 0;
  const data: MemoryThreadData = {
    folder: join(home, "memory"),
    grammars: grammarsBeside(main),
    parseThreads: Math.max(1, Math.min(processorCount(), 8)),
  };
  const thread = createThreadClient(PROGRAM, data, (name, value) => {
    if (name !== "progress" || !isProgress(value)) return;
    if (value.progress === null) working.delete(value.workspace);
    else working.add(value.workspace);
    for (const listener of listeners) listener(value);
  });

  async function ask(method: string, params: unknown, { signal }: MemoryCall): Promise<unknown> {
    pending++;
    try {
      return await thread.call(method, params, signal);
    } finally {
      pending--;
    }
  }

  const methods = Object.fromEntries(METHODS.map((name) => [name, (params: unknown, call: MemoryCall) => ask(name, params, call)]));
  return {
    ...typed(methods),
    get busy() {
      return pending > 0 || working.size > 0;
    },
    onProgress(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
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
