/** Code memory as the daemon serves it, with a scripted server of embeddings beside it. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import { createMemory, type Memory } from "../../../daemon/memory/create.ts";
import { BUILT_IN, type EmbeddingSettings } from "../../../daemon/memory/embedding/choice.ts";
import { silentLog } from "../../../daemon/observability/log-file.ts";
import type { Answer, IndexProgress, Params } from "../../../protocol/index.ts";
import { type ScriptedEmbeddings, startScriptedEmbeddings } from "../../support/scripted-embeddings.ts";
import { openTestStore } from "../../support/store.ts";

const MAIN = fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));

export interface World {
  readonly root: string;
  readonly home: string;
  readonly server: ScriptedEmbeddings;
  readonly told: readonly IndexProgress[];
  put(path: string, text: string): void;
  embedding(
    params: Omit<Params<"memory/embedding">, "workspace">,
    signal?: AbortSignal,
  ): Promise<Answer<"memory/embedding">>;
  status(): Promise<Answer<"memory/status">>;
  search(query: string): Promise<Answer<"memory/search">>;
  index(): Promise<unknown>;
  learn(signal?: AbortSignal): Promise<Answer<"memory/learn">>;
  forget(): Promise<Answer<"memory/forget">>;
  /** The same for another folder. */
  at(other: string): Pick<World, "status" | "search" | "index" | "forget">;
  /** Resolves when the vectors are as wanted; looks again at each progress that is told. */
  until(isSo: (vectors: NonNullable<Answer<"memory/status">["vectors"]>) => boolean): Promise<void>;
  untilTold(isSo: (progress: IndexProgress) => boolean): Promise<void>;
  /** Ends the daemon's memory and starts it anew, with something done in between. */
  restart(settings?: Partial<EmbeddingSettings>, between?: () => void): Promise<void>;
}

export const FILES: Readonly<Record<string, string>> = {
  "src/alpha.ts": "export function alpha() {\n  return quokka(1);\n}\n",
  "src/beta.ts": "export function beta() {\n  return 'wombat';\n}\n",
  "src/gamma.ts": "export function gamma() {\n  return numbat([1, 2]);\n}\n",
  "src/long.ts": Array.from({ length: 90 }, (_, line) => `export const value${line} = ${line};`).join("\n"),
};

export async function createWorld(
  settings: Partial<EmbeddingSettings> = {},
  { root = makeFolder(FILES) }: { readonly root?: string } = {},
): Promise<World> {
  const home = makeFolder({});
  const server = await startScriptedEmbeddings();
  const { store } = await openTestStore();
  const told: IndexProgress[] = [];
  const listeners = new Set<() => void>();
  let memory: Memory;
  const call = { name: "test", signal: new AbortController().signal };
  const configured = {
    provider: "openai-compatible",
    model: "m1",
    baseUrl: server.url,
    usdPerMillionTokens: 1,
  } as const;

  function open(more: Partial<EmbeddingSettings>): void {
    const embedding = { ...BUILT_IN, ...configured, ...more };
    memory = createMemory({
      ...{ home, main: MAIN, store, clock: systemClock, log: silentLog, embedding },
      newId: () => crypto.randomUUID(),
    });
    memory.onProgress(({ progress }) => {
      if (progress !== null) told.push(progress);
      for (const listener of listeners) listener();
    });
  }

  open(settings);
  onTestFinished(async () => {
    await memory.close();
    await server.close();
  });

  const workspace = root;
  const world: World = {
    ...{ root, home, server, told },
    put: (path, text) => put(root, path, text),
    embedding: (params, signal = call.signal) => memory.embedding({ workspace, ...params }, { ...call, signal }),
    status: () => memory.status({ workspace }, call),
    search: (query) => memory.search({ workspace, query }, call),
    index: () => memory.index({ workspace }, call),
    learn: (signal = call.signal) => memory.learn({ workspace }, { ...call, signal }),
    forget: () => memory.forget({ workspace }, call),
    at: (other) => ({
      status: () => memory.status({ workspace: other }, call),
      search: (query) => memory.search({ workspace: other, query }, call),
      index: () => memory.index({ workspace: other }, call),
      forget: () => memory.forget({ workspace: other }, call),
    }),
    async untilTold(isSo) {
      while (!told.some(isSo)) {
        const { promise, resolve } = Promise.withResolvers<void>();
        listeners.add(resolve);
        await promise;
        listeners.delete(resolve);
      }
    },
    async until(isSo) {
      for (;;) {
        const { promise, resolve } = Promise.withResolvers<void>();
        listeners.add(resolve);
        const { vectors } = await world.embedding({ action: "status" });
        if (vectors !== null && isSo(vectors)) break;
        await promise;
        listeners.delete(resolve);
      }
    },
    async restart(more = settings, between = () => undefined) {
      await memory.close();
      between();
      open(more);
    },
  };
  return world;
}

export function makeFolder(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-embedding-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));
  for (const [path, text] of Object.entries(files)) put(root, path, text);
  return root;
}

function put(root: string, path: string, text: string): void {
  const file = join(root, path);
  if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
