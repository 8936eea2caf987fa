/** `node bench/load-run.ts [RUNS]`: so many runs at a time on one daemon, 200 unless told. Takes up to two minutes. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { measureLoad } from "./load.ts";
import { figureLine, isAbove } from "./measure.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-bench-")));
try {
  const figures = await measureLoad(folder, Number(process.argv[2] ?? 200));
  for (const figure of figures) process.stdout.write(`${figureLine(figure)}\n`);
  process.stdout.write(`  the machine's load: ${loadavg()[0]?.toFixed(1)}\n`);
  if (figures.some(isAbove)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
