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
  return [
    { name: "extension, loaded before the first command", value: bytesAtStart() / 1000, limit: 150, unit: "kB" },
    {
      name: "extension, load and activate in an editor that does nothing",
      value: median(times),
      limit: 60,
      unit: "ms",
    },
  ];
}

/** The entry and every chunk that it imports statically, from esbuild's own account. */
function bytesAtStart(): number {
  const meta = new URL("../dist/meta/extension.json", import.meta.url);
  const { outputs }: { outputs: Record<string, Output> } = JSON.parse(readFileSync(meta, "utf8"));
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === "extension/extension.ts");
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { kind, path: imported, external } of outputs[path]?.imports ?? [])
      if (kind === "import-statement" && external !== true) load(imported);
  };
  if (entry !== undefined) load(entry);
  return [...loaded].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
}
