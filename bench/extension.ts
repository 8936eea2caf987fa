/** What the editor pays for the extension before its first command: bytes loaded, and the time to load and activate. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Figure, median } from "./measure.ts";

const ROUNDS = 9;

interface Output {
  readonly bytes: number;
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}

export function measureExtension(): Figure[] {
  const activate = fileURLToPath(new URL("./activate.ts", import.meta.url));
  const times = Array.from({ length: ROUNDS }, () => Number(execFileSync(process.execPath, [activate])));
  const all = outputs("extension");
  return [
    {
      name: "extension, loaded before the first command at most",
      value: bytesInAll(all) / 1000,
      limit: 150,
      unit: "kB",
    },
    { name: "  of that when no daemon runs", value: bytesAtStart(all) / 1000, unit: "kB" },
    // A bundle of its own, because most of it is Microsoft's client of language servers, whole.
    {
      name: "extension's language client, loaded when code actions or a run are first asked for",
      value: bytesInAll(outputs("language")) / 1000,
      limit: 450,
      unit: "kB",
    },
    {
      name: "extension, load and activate in an editor that does nothing",
      value: median(times),
      limit: 60,
      unit: "ms",
    },
  ];
}

/** From esbuild's own account. */
function outputs(bundle: "extension" | "language"): Record<string, Output> {
  const meta = new URL(`../dist/meta/${bundle}.json`, import.meta.url);
  return JSON.parse(readFileSync(meta, "utf8")).outputs;
}

/** The entry and every chunk that it imports statically. */
function bytesAtStart(all: Record<string, Output>): number {
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { kind, path: imported, external } of all[path]?.imports ?? [])
      if (kind === "import-statement" && external !== true) load(imported);
  };
  for (const [path, { entryPoint }] of Object.entries(all)) if (entryPoint === "extension/extension.ts") load(path);
  return [...loaded].reduce((sum, path) => sum + (all[path]?.bytes ?? 0), 0);
}

/** Everything there is to load: more than this no window loads, whatever it finds running when it opens. */
function bytesInAll(all: Record<string, Output>): number {
  return Object.entries(all).reduce((sum, [path, { bytes }]) => sum + (path.endsWith(".js") ? bytes : 0), 0);
}
