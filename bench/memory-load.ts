/** What others feel while a large workspace is indexed: the daemon's own thread, and questions about another workspace. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createIndexService } from "../daemon/memory/create.ts";
import { BUILT_IN } from "../daemon/memory/embedding/choice.ts";
import { silentLog } from "../daemon/observability/log-file.ts";
import { type Figure, timed } from "./measure.ts";

const MAIN = fileURLToPath(new URL("../daemon/main.ts", import.meta.url));
const LARGE = 12_000;
const SMALL = 200;
/** A daemon that answers nobody for longer than this is felt. */
const FELT_MS = 50;
const TICK_MS = 5;

/** `folder` is empty; workspaces and indexes are made in it. */
export async function measureMemoryLoad(folder: string): Promise<Figure[]> {
  const [large, small] = [join(folder, "large"), join(folder, "small")];
  fill(large, LARGE);
  fill(small, SMALL);
  const service = createIndexService({ home: join(folder, "home"), main: MAIN, embedding: BUILT_IN, log: silentLog });
  const call = { name: "bench", signal: new AbortController().signal };
  try {
    await service.index({ workspace: small }, call);
    await service.search({ workspace: small, query: "parse the price" }, call);
    let isDone = false;
    const done = service.index({ workspace: large }, call).finally(() => {
      isDone = true;
    });
    const isRunning = () => !isDone;
    const [lags, searches, states] = await Promise.all([
      lagsWhile(isRunning),
      timesWhile(isRunning, () => service.search({ workspace: small, query: "parse the price" }, call)),
      timesWhile(isRunning, () => service.status({ workspace: small }, call)),
    ]);
    const { wallMs, files } = await done;
    return [
      {
        name: `while ${files} files are indexed in ${Math.round(wallMs)} ms: the daemon's thread answers after, p99`,
        value: at(lags, 0.99),
        limit: FELT_MS,
        unit: "ms",
      },
      { name: "  the longest", value: at(lags, 1), unit: "ms" },
      { name: `  a search in another workspace (${searches.length}), median`, value: at(searches, 0.5), unit: "ms" },
      { name: "  …, p95", value: at(searches, 0.95), unit: "ms" },
      { name: "  …, the longest", value: at(searches, 1), unit: "ms" },
      { name: `  status of another workspace (${states.length}), p95`, value: at(states, 0.95), unit: "ms" },
    ];
  } finally {
    await service.close();
  }
}

/** How much later than asked a timer of this thread comes. */
async function lagsWhile(isRunning: () => boolean): Promise<number[]> {
  const lags: number[] = [];
  while (isRunning()) lags.push((await timed(() => wait(TICK_MS))) - TICK_MS);
  return lags;
}

async function timesWhile(isRunning: () => boolean, ask: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  while (isRunning()) {
    times.push(await timed(ask));
    await wait(TICK_MS);
  }
  return times;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function fill(root: string, files: number): void {
  for (let file = 0; file < files; file++) {
    const path = join(root, `package-${file % 40}`, `part-${file % 13}`, `file-${file}.ts`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, textOf(file));
  }
}

function textOf(file: number): string {
  const functions = Array.from(
    { length: 12 },
    (_, number) =>
      `/** Computes the price of part ${number}. */\nexport function price${file}x${number}(cart: Cart, rate = ${number}): number {\n` +
      `  const parsed = parseHeader(cart.items[${number}]);\n  return parsed.total * rate + other${(file * 7 + number) % 997}(cart);\n}\n`,
  );
  return `import { Cart } from "./cart-${file % 50}.ts";\n\n${functions.join("\n")}`;
}
