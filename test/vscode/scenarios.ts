/** The scenarios, in the order in which they run. Each opens a project of its own. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { isProcessAlive } from "../../daemon/host/spawn-daemon.ts";
import { approvePlan, readNotice, runTask, setKey, textOf, useTheme, waitForStatus } from "./actions.ts";
import { IN_HOST, judgeHostResult } from "./host-checks.ts";
import type { Report } from "./report.ts";
import { changedFiles, KEY, notesScript, type World, waitUntil } from "./world.ts";

/** Editor settings of scenarios that need others than the rest. */
export const SETTINGS = new Map<unknown, Readonly<Record<string, unknown>>>();

/** Before anything else: nothing of Nexus has been used yet. */
export async function startsLightly(world: World, report: Report): Promise<void> {
  await world.editor.open(world.project("light"), { tests: IN_HOST, extension: world.extensionOnDemand() });
  await waitUntil(() => existsSync(world.resultFile), "the checks in the host have ended");
  judgeHostResult(world.resultFile, report);
  assert.equal(world.daemonPid(), undefined, "a daemon was started though nobody used Nexus");
}

/** Whatever is clicked: no daemon, no list, only the way to trust. */
export async function startsNothingUntrusted(world: World): Promise<void> {
  const { editor } = world;
  await editor.open(world.project("untrusted"));
  await editor.command("Nexus: Focus on Runs View");
  await editor.page.getByText("Nexus starts nothing in a folder that you have not trusted.").first().waitFor();
  await editor.command("Nexus: Run Task…");
  await readNotice(editor, "Nexus starts nothing in a folder that you have not trusted yet.");
  assert.equal(world.daemonPid(), undefined);
}
SETTINGS.set(startsNothingUntrusted, {
  "security.workspace.trust.enabled": true,
  "security.workspace.trust.startupPrompt": "never",
});

export async function runsATask(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("task");
  await world.startModel({ script: notesScript(), delayMs: 25 });
  await editor.open(project);
  await setKey(world);
  const panel = await runTask(world);
  await panel.getByRole("heading", { name: "Approve the plan?" }).waitFor();
  await panel.locator(".task-node").first().waitFor();
  assert.match(await textOf(panel, ".attention"), /npm test/, "the commands that the plan allows are not shown");
  await editor.page.locator(".statusbar-item", { hasText: "1 waiting for you" }).waitFor();
  await editor.screenshot("approval.png");

  await approvePlan(panel);
  await panel.locator(".tool").nth(4).waitFor();
  assert.deepEqual(changedFiles(project), [], "the user's tree changed before anything was accepted");
  await editor.screenshot("working.png");

  await waitForStatus(panel, "Done");
  await panel.locator(".phase-done", { hasText: "Finish" }).waitFor();
  assert.match(await textOf(panel, "section:has(h2:text('Evidence'))"), /fails as it should.*exit 0/);
  assert.deepEqual(changedFiles(project), []);
  await panel.locator(".file-name", { hasText: "src/server.js" }).click();
  await panel.locator(".diff-added").first().waitFor();
  await editor.command("View: Toggle Primary Side Bar Visibility");
  await editor.screenshot("finished.png");
  await editor.command("View: Toggle Primary Side Bar Visibility");

  await panel.getByRole("button", { name: /^Accept \d+ files$/ }).click();
  await panel.locator(".decision-accepted").first().waitFor();
  await waitUntil(() => changedFiles(project).includes("test/tags.test.js"), "the accepted files are on disk");
  assert.match(readFileSync(join(project, "src", "server.js"), "utf8"), /tag/);
}

/** Right after a run: the list, the editor's own diff, and themes for people who need contrast. */
export async function showsRunsAndDiffs(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("look");
  await world.startModel({ script: notesScript(), delayMs: 0 });
  await editor.open(project);
  await setKey(world);
  const panel = await runTask(world);
  await approvePlan(panel);
  await waitForStatus(panel, "Done");
  await editor.command("Nexus: Focus on Runs View");
  const row = editor.page.locator(".pane-body .monaco-list-row", { hasText: "Add tags to notes" }).first();
  await row.waitFor();
  await row.locator(".monaco-tl-twistie").click();
  await editor.page.locator(".monaco-list-row", { hasText: "tags.test.js" }).first().waitFor();
  await editor.screenshot("sidebar.png");

  await panel.getByRole("button", { name: "Open the diff of src/server.js in the editor" }).click();
  await editor.page.locator(".monaco-diff-editor .line-insert").first().waitFor();
  await editor.command("View: Close Editor");

  await useTheme(editor, "Dark High Contrast");
  await editor.page.locator(".monaco-workbench.hc-black").waitFor();
  await editor.screenshot("high-contrast.png");
}

export async function survivesAReload(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("reload");
  await world.startModel({ script: notesScript(), delayMs: 40 });
  await editor.open(project);
  await editor.page.setViewportSize({ width: 1200, height: 620 });
  await setKey(world);
  const panel = await runTask(world);
  await approvePlan(panel);
  await panel.locator(".tool").nth(4).waitFor();
  const steps = (frame: Frame) => frame.locator(".steps-place");
  const before = await steps(panel).evaluate((element) => {
    element.scrollTo({ top: 60 });
    return element.scrollTop;
  });
  assert.equal(before, 60, "there is not enough to scroll");
  // The page keeps its state a moment after it changed, and says nobody when.
  await editor.page.waitForTimeout(1000);
  await editor.reload();
  const again = await editor.panel();
  assert.match(await textOf(again, "h1"), /Add tags to notes/);
  await again.locator(".tool").nth(4).waitFor();
  await editor.page.waitForTimeout(500);
  assert.equal(await steps(again).evaluate((element) => element.scrollTop), before);
  await waitForStatus(again, "Done");
  assert.deepEqual(changedFiles(project), []);
}

export async function survivesADeadDaemon(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("killed");
  await world.startModel({ script: notesScript(), delayMs: 40 });
  await editor.open(project);
  await setKey(world);
  const panel = await runTask(world);
  await approvePlan(panel);
  await panel.locator(".tool").nth(2).waitFor();
  const pid = world.daemonPid();
  assert.ok(pid !== undefined && isProcessAlive(pid));
  process.kill(pid, "SIGKILL");
  await waitUntil(() => world.daemonPid() !== pid, "another daemon runs");
  await waitForStatus(panel, "Done");
  assert.match(await textOf(panel, ".timeline"), /Taken up again after the daemon had stopped/);
  await panel.getByRole("button", { name: /^Accept \d+ files$/ }).click();
  await panel.locator(".decision-accepted").first().waitFor();
  assert.ok(changedFiles(project).includes("src/server.js"));
}

export async function decidesByFile(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("files");
  await world.startModel({ script: notesScript(), delayMs: 0 });
  await editor.open(project);
  await setKey(world);
  const panel = await runTask(world);
  await approvePlan(panel);
  await waitForStatus(panel, "Done");
  await panel.getByRole("button", { name: "Accept README.md", exact: true }).click();
  await panel.locator(".file-accepted", { hasText: "README.md" }).waitFor();
  assert.deepEqual(changedFiles(project), ["README.md"]);
  await panel.getByRole("button", { name: /^Discard \d+ files$/ }).click();
  await editor.dialog("Discard");
  await panel.locator(".file-discarded").first().waitFor();
  assert.deepEqual(changedFiles(project), ["README.md"]);
}

export async function mindsUnsavedEditors(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("unsaved");
  await world.startModel({ script: notesScript(), delayMs: 0 });
  await editor.open(project);
  await setKey(world);
  const first = await runTask(world);
  await approvePlan(first);
  await waitForStatus(first, "Done");
  await editor.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "README.md" }).dblclick();
  await editor.page.locator(".monaco-editor .view-lines").first().click();
  await editor.page.keyboard.type("my own words ");
  await editor.command("View: Open Previous Editor");
  const panel = await editor.panel();
  await panel.getByRole("button", { name: /^Accept \d+ files$/ }).click();
  await editor.dialog("Save");
  await panel.locator(".conflicts", { hasText: "README.md" }).waitFor();
  assert.deepEqual(changedFiles(project), ["README.md"], "an accept that meets a conflict writes nothing");
  assert.match(readFileSync(join(project, "README.md"), "utf8"), /my own words/);
  await panel.getByRole("button", { name: "Accept src/notes.js", exact: true }).click();
  await panel.locator(".file-accepted", { hasText: "src/notes.js" }).waitFor();
  assert.deepEqual(changedFiles(project), ["README.md", "src/notes.js"]);
}

export async function showsAWrongKey(world: World): Promise<void> {
  const { editor } = world;
  await world.startModel({ script: notesScript(), delayMs: 0 });
  await editor.open(world.project("key"));
  await setKey(world, "sk-wrong");
  const panel = await runTask(world);
  await waitForStatus(panel, "Failed");
  assert.match(await textOf(panel, "[role=alert]"), /refused the key/);
  await panel.getByRole("button", { name: "Set Key…" }).click();
  await editor.pick("openai");
  await editor.type("Key of openai", KEY);
  await readNotice(editor, "key of openai is set");
  await panel.getByRole("button", { name: "Resume" }).first().click();
  await panel.getByRole("heading", { name: "Approve the plan?" }).waitFor();
  await panel.getByRole("button", { name: "Reject" }).click();
  await waitForStatus(panel, "Denied");
}
