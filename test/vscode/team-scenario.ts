/** A team in the panel: its plan before the run, itself at work, and what a person can do to one of its tasks. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { approvePlan, runTask, setKey, textOf, useTheme, waitForStatus } from "./actions.ts";
import { TEAM_SCRIPT } from "./team-script.ts";
import { changedFiles, type World, waitUntil } from "./world.ts";

export const SETTINGS = new Map<unknown, Readonly<Record<string, unknown>>>();

const GOAL = "Customers can cancel an order: service, page, sample data, README and a note on what it touches";
const NOTE = "Say what cancelling touches";

export async function showsATeam(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("team", { example: "orders" });
  await world.startModel({ script: TEAM_SCRIPT, delayMs: 10 });
  await editor.open(project);
  await editor.page.setViewportSize({ width: 1680, height: 1640 });
  await setKey(world);
  await editor.command("View: Toggle Primary Side Bar Visibility");
  const panel = await runTask(world, GOAL);
  await panel.getByRole("heading", { name: "Approve the plan?" }).waitFor();
  assert.match(await textOf(panel, ".attention"), /5 tasks in 2 milestones.*about 102k tokens, 7 min, \$0.13/);
  await panel.getByRole("button", { name: "Table", exact: true }).click();
  await panel.getByText("1 risk").waitFor();
  await editor.screenshot("plan-estimate.png");

  await panel.getByRole("button", { name: "Edit plan" }).click();
  const readme = panel.getByRole("group", { name: "Task readme" });
  await readme.getByLabel("Title").fill("Tell of cancelling in the README");
  await readme.getByLabel("After tasks").fill("service, page, nobody");
  await panel.getByRole("button", { name: "Change the plan" }).click();
  await panel.getByRole("alert").getByText("nobody").waitFor();
  await readme.getByLabel("After tasks").fill("service, page");
  await panel.getByRole("button", { name: "Change the plan" }).click();
  await panel.getByRole("form", { name: "Edit the plan" }).waitFor({ state: "hidden" });
  await panel.locator(".plan-table", { hasText: "Tell of cancelling in the README" }).waitFor();

  await panel.getByRole("button", { name: "Graph", exact: true }).click();
  await approvePlan(panel);
  // By keyboard: what is drawn anew all the time is no target for a pointer, and the buttons must be reachable without one.
  await panel.getByRole("button", { name: `Pause “${NOTE}” before its next turn` }).press("Enter");
  await panel.getByRole("button", { name: `Go on with “${NOTE}”` }).waitFor();
  await panel.locator(".team tbody th", { hasText: "Find who else reads the status" }).waitFor();
  await panel.locator(".messages li").nth(1).waitFor();
  await panel.locator(".board-value", { hasText: "/orders/ID/cancel" }).waitFor();
  await panel.getByRole("heading", { name: "Plan" }).scrollIntoViewIfNeeded();
  await editor.screenshot("team.png");
  const note = panel.locator(".team tr", { has: panel.locator("th", { hasText: NOTE }) });
  await note.getByText("paused", { exact: true }).waitFor();
  await useTheme(editor, "Dark High Contrast");
  await editor.page.locator(".monaco-workbench.hc-black").waitFor();
  await editor.screenshot("team-high-contrast.png");

  await panel.getByRole("button", { name: `Go on with “${NOTE}”` }).press("Enter");
  await waitForStatus(panel, "Done");
  assert.equal(await panel.getByRole("button", { name: /^(Pause|Stop|Go on with) “/ }).count(), 0);
  assert.deepEqual(changedFiles(project), [], "the user's tree changed before anything was accepted");
  await panel.getByRole("button", { name: /^Accept \d+ files$/ }).click();
  await waitUntil(() => changedFiles(project).includes("docs/cancelling.md"), "the first accepted file is on disk");
  await waitUntil(() => /cancel/.test(readFileSync(`${project}/src/server.js`, "utf8")), "the last one is, too");
}
SETTINGS.set(showsATeam, { "nexus.model": "scripted-model", "nexus.price": "1,4" });
