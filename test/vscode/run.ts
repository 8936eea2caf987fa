/**
 * `npm run test:vscode`: the extension in a real VS Code, with the real daemon and a scripted model. Screenshots go to
 * docs/images. Words on the command line pick scenarios by a part of their names.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { leftBy } from "./afterwards.ts";
import * as designRun from "./design-run-scenario.ts";
import * as design from "./design-scenario.ts";
import * as services from "./editor-scenarios.ts";
import * as guard from "./guard-scenarios.ts";
import { installEditor } from "./install.ts";
import * as language from "./language-scenarios.ts";
import * as memory from "./memory-scenarios.ts";
import { createReport, type Report } from "./report.ts";
import * as scenarios from "./scenarios.ts";
import * as team from "./team-scenario.ts";
import * as workflow from "./workflow-scenario.ts";
import { createWorld, type World } from "./world.ts";

type Scenario = (world: World, report: Report) => Promise<void>;

const SCENARIOS: readonly (readonly [string, Scenario])[] = [
  ["activates fast and loads little", scenarios.startsLightly],
  ["starts nothing in a folder that is not trusted", scenarios.startsNothingUntrusted],
  ["runs a task: plan, approval, live steps, accept", scenarios.runsATask],
  ["shows runs, files and diffs, also with high contrast", scenarios.showsRunsAndDiffs],
  ["survives a reload of the window, panel and scroll position included", scenarios.survivesAReload],
  ["survives a daemon that is killed", scenarios.survivesADeadDaemon],
  ["accepts one file and discards the rest", scenarios.decidesByFile],
  ["asks before it accepts over an editor that is not saved, and shows the conflict", scenarios.mindsUnsavedEditors],
  ["puts an accepted change into text that is not saved", services.changesUnsavedText],
  ["answers a run with a model of the editor", services.asksTheEditorsModel],
  ["asks about a command once, streams it, and keeps its rule", guard.keepsARule],
  [
    "shows a protected file's diff, and tells the agent what the person would rather have",
    guard.asksAboutProtectedFiles,
  ],
  ["goes back to an earlier step, and takes that back", guard.goesBack],
  ["runs nothing of a folder that changed since it was trusted", guard.runsUntrusted],
  ["knows the code: index, search with a look at each result, impact, facts", memory.findsCode],
  ["searches what is typed and not saved", memory.findsUnsavedText],
  ["reads nothing of a folder that is not trusted", memory.readsNothingUntrusted],
  [
    "shows a team at work: plan with milestones and estimate, approval with figures, tree, messages, a plan edited before it is approved",
    team.showsATeam,
  ],
  ["runs a workflow from a file, and shows what is wrong with another", workflow.runsAWorkflow],
  [
    "shows the design of a MetaGPT project in all themes, and asks a run to repair a broken diagram",
    design.showsADesign,
  ],
  [
    "designs a feature: each document sent back, changed or approved, to the accepted change",
    designRun.designsAFeature,
  ],
  ["edits a design, minds who wrote meanwhile, exports it, and imports another", design.editsADesign],
  ["lets another client watch and answer what a run of this window asks", language.isAnsweredElsewhere],
  ["tells in a hover and above the code what it knows, once something is selected", language.tellsWhatItKnows],
  ["changes a file by a code action of the light bulb", language.changesByLightBulb],
  ["shows a wrong key with its remedy, and goes on after it", scenarios.showsAWrongKey],
];

const SETTINGS = [
  scenarios.SETTINGS,
  memory.SETTINGS,
  guard.SETTINGS,
  team.SETTINGS,
  workflow.SETTINGS,
  design.SETTINGS,
  designRun.SETTINGS,
  services.SETTINGS,
  language.SETTINGS,
];

mkdirSync(fileURLToPath(new URL("../../docs/images", import.meta.url)), { recursive: true });
installEditor();
const report = createReport();
const wanted = process.argv.slice(2);
for (const [name, scenario] of SCENARIOS)
  if (wanted.length === 0 || wanted.some((word) => name.includes(word)))
    await report.scenario(name, () => inFreshWorld(name, scenario));
process.exitCode = report.end() ? 0 : 1;

/** Its own editor, daemon and model: what one scenario leaves behind cannot reach the next. */
async function inFreshWorld(name: string, scenario: Scenario): Promise<void> {
  const world = await createWorld(
    SETTINGS.find((settings) => settings.has(scenario))?.get(scenario),
    services.EXTENSIONS.get(scenario),
  );
  try {
    await scenario(world, report);
  } catch (error) {
    await keepPicture(world, name);
    for (const line of leftBy(world.home).split("\n")) report.note(line);
    throw error;
  } finally {
    await world.close();
  }
}

/** With NEXUS_FAILURE_SCREENSHOTS=DIR one sees what a failed scenario saw last. */
async function keepPicture({ editor }: World, name: string): Promise<void> {
  const folder = process.env["NEXUS_FAILURE_SCREENSHOTS"];
  if (folder === undefined) return;
  const path = join(folder, `${name.replaceAll(/\W+/g, "-")}.png`);
  await editor.page.screenshot({ path }).catch(() => undefined);
}
