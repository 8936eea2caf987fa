/** `npm run bench`: figures that hold on any machine because they are ratios, or sizes; measured side by side. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureCheckpoint } from "./checkpoint.ts";
import { measureClients } from "./clients/measure.ts";
import { measureColdStart, measureIdle } from "./cold-start.ts";
import { startDaemon, stopDaemon } from "./daemon.ts";
import { measureEdits } from "./edits.ts";
import { measureEngineStep } from "./engine-step.ts";
import { measureExtension } from "./extension.ts";
import { measureLanguage } from "./language/measure.ts";
import { measureLoad } from "./load.ts";
import { type Figure, figureLine, isAbove } from "./measure.ts";
import { measureMemoryLoad } from "./memory-load.ts";
import { measurePolicy } from "./policy.ts";
import { measureRoundTrip } from "./round-trip.ts";
import { measureScan } from "./scan.ts";
import { measureScheduling } from "./scheduling.ts";
import { measureVectors } from "./vectors.ts";
import { measureWaitFor } from "./wait-for.ts";

/** Of code, in the repository that an editor works in. */
const LINES = 1_000_000;
/** At the same time. `npm run bench:load` takes any number. */
const RUNS = 200;

const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-bench-")));
const home = join(folder, "home");
const parts: readonly (() => Promise<Figure[]>)[] = [
  measureRequests,
  () => measureEngineStep(folder),
  () => measureColdStart(home),
  async () => measureExtension(),
  () => measureIdle(home),
  measurePolicy,
  () => measureScan(join(folder, "scan")),
  () => measureCheckpoint(join(folder, "checkpoint")),
  measureVectors,
  async () => measureEdits(),
  async () => measureWaitFor(),
  () => measureMemoryLoad(join(folder, "load")),
  measureScheduling,
  () => measureClients(join(folder, "clients")),
  () => measureLanguage(join(folder, "language"), LINES),
  () => measureLoad(join(folder, "runs"), RUNS),
];

try {
  for (const part of parts) {
    const figures = await part();
    for (const figure of figures) process.stdout.write(`${figureLine(figure)}\n`);
    if (figures.some(isAbove)) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureRequests(): Promise<Figure[]> {
  const daemon = await startDaemon(home);
  try {
    return await measureRoundTrip(() => startDaemon(home), folder);
  } finally {
    await stopDaemon(daemon, home);
  }
}
