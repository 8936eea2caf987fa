/** `node bench/language/run.ts [LINES]`: what an editor waits for in a repository of a million lines, or as many as told. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figureLine, isAbove } from "../measure.ts";
import { measureLanguage } from "./measure.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-bench-")));
try {
  const figures = await measureLanguage(folder, Number(process.argv[2] ?? 1_000_000));
  for (const figure of figures) process.stdout.write(`${figureLine(figure)}\n`);
  if (figures.some(isAbove)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
