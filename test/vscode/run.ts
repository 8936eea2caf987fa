/**
 * `npm run test:vscode`: the extension in a real VS Code, with the real daemon and a scripted model. Screenshots go to
 * docs/images. Words on the command line pick scenarios by a part of their names.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installEditor } from "./install.ts";
import { createReport } from "./report.ts";
import * as scenarios from "./scenarios.ts";
import { createWorld } from "./world.ts";

const images = fileURLToPath(new URL("../../docs/images", import.meta.url));
mkdirSync(images, { recursive: true });
installEditor();

const world = await createWorld();
const failures = process.env["NEXUS_FAILURE_SCREENSHOTS"];
const report = createReport(async (name) => {
  if (failures === undefined) return;
  const path = join(failures, `${name.replaceAll(/\W+/g, "-")}.png`);
  await world.editor.page.screenshot({ path }).catch(() => undefined);
});

const SCENARIOS: readonly (readonly [string, () => Promise<void>])[] = [
  ["activates fast and loads little", () => scenarios.startsLightly(world, report)],
  ["runs a task: plan, approval, live steps, accept", () => scenarios.runsATask(world)],
  ["shows runs, files and diffs, also with high contrast", () => scenarios.showsRunsAndDiffs(world)],
  ["survives a reload of the window, panel and scroll position included", () => scenarios.survivesAReload(world)],
  ["survives a daemon that is killed", () => scenarios.survivesADeadDaemon(world)],
  ["accepts one file and discards the rest", () => scenarios.decidesByFile(world)],
  ["shows a wrong key with its remedy, and goes on after it", () => scenarios.showsAWrongKey(world)],
];

const wanted = process.argv.slice(2);
try {
  for (const [name, work] of SCENARIOS)
    if (wanted.length === 0 || wanted.some((word) => name.includes(word))) await report.scenario(name, work);
} finally {
  await world.close();
}
process.exitCode = report.end() ? 0 : 1;
