/** `node bench/clients/run.ts [EVENTS_A_SECOND] [SECONDS]`: the crowd of `npm run bench` alone. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figureLine, isAbove } from "../measure.ts";
import { measureClients } from "./measure.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-bench-")));
const [perSecond = 5000, seconds = 8] = process.argv.slice(2).map(Number);
try {
  const figures = await measureClients(folder, { perSecond, forMs: seconds * 1000 });
  for (const figure of figures) process.stdout.write(`${figureLine(figure)}\n`);
  if (figures.some(isAbove)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
