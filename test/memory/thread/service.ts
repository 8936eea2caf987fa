/** The index service over temporary workspaces: real threads, real watchers, real databases. */
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { createIndexService } from "../../../daemon/memory/create.ts";
import { BUILT_IN } from "../../../daemon/memory/embedding/choice.ts";
import { silentLog } from "../../../daemon/observability/log-file.ts";
import type { Params } from "../../../protocol/index.ts";
import { temporaryFolder } from "../sources/workspace.ts";

const MAIN = fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));

interface ServiceOptions {
  readonly home?: string;
  readonly ends?: (close: () => Promise<void>) => void;
}

/** `ends`: when it is closed. */
export function serviceOf({ home = temporaryFolder(), ends = onTestFinished }: ServiceOptions = {}) {
  const service = createIndexService({ home, main: MAIN, embedding: BUILT_IN, log: silentLog });
  const call = (signal = new AbortController().signal) => ({ name: "test", signal });
  const listeners = new Set<() => void>();
  service.onProgress(() => {
    for (const listener of listeners) listener();
  });
  ends(() => service.close());
  const search = async (workspace: string, query: string, more: Partial<Params<"memory/search">> = {}) =>
    service.search({ workspace, query, ...more }, call());
  return {
    ...{ service, home, call, search },
    index: (workspace: string, signal?: AbortSignal) => service.index({ workspace }, call(signal)),
    status: (workspace: string) => service.status({ workspace }, call()),
    /** Paths that hold the pattern now. */
    async holding(workspace: string, pattern: string) {
      const { results } = await search(workspace, pattern, { mode: "regex" });
      return [...new Set(results.map(({ path }) => path))];
    },
    /** Asks again whenever progress is told, until the answer is as wanted. */
    async until<Value>(ask: () => Promise<Value>, isSo: (value: Value) => boolean): Promise<Value> {
      for (;;) {
        const { promise, resolve } = Promise.withResolvers<void>();
        listeners.add(resolve);
        const value = await ask();
        if (isSo(value)) return value;
        await promise;
        listeners.delete(resolve);
      }
    },
  };
}
