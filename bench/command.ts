/** How long it takes to tell what a shell line would do: lines that are new, and lines that were seen before. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCommandAnalyser } from "../daemon/security/command/analyser.ts";
import { type Figure, median, repeat, timed } from "./measure.ts";

const ROUNDS = 200;
const LINES = ["git status", "npm test", "cat src/a.ts | head -20", "grep -n TODO src/a.ts && echo yes", "ls -la src"];

/** `folder` is empty; a workspace of two files is made in it. */
export async function measureCommands(folder: string): Promise<Figure[]> {
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "src", "a.ts"), "");
  const place = { root: folder, cwd: folder, linked: [], home: null, platform: process.platform };
  const analyser = createCommandAnalyser();
  for (const line of LINES) await analyser.analyse(line, place);
  const known: number[] = [];
  const fresh: number[] = [];
  for (const line of LINES) {
    known.push(...(await repeat(ROUNDS, () => analyser.analyse(line, place))));
    for (let round = 0; round < ROUNDS; round += 1)
      fresh.push(await timed(() => analyser.analyse(`${line} # ${round}`, place)));
  }
  return [
    { name: "a known shell line told, p50", value: median(known), limit: 0.5, unit: "ms" },
    { name: "a new shell line told, p50", value: median(fresh), limit: 1, unit: "ms" },
  ];
}
