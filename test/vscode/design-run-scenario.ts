/** A feature designed in the editor: roles write documents one after the other, and a person decides on each. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Frame } from "playwright-core";
import { MANIFEST, PRD, SYSTEM_DESIGN, UI_DESIGN } from "../support/design/documents.ts";
import { wholeScript, writes } from "../support/design/script.ts";
import { setKey } from "./actions.ts";
import { findNothingSerious } from "./axe.ts";
import { changedFiles, type World, waitUntil } from "./world.ts";

export const SETTINGS = new Map<unknown, Readonly<Record<string, unknown>>>();

const IDEA = "Greet people by their name.";
const REMARKS = "Say what happens with an empty name.";
const BETTER = "An empty name is greeted as a stranger";
const FIRST_PRD = {
  ...PRD,
  "Product Goals": [...PRD["Product Goals"], "Nobody is greeted wrongly"],
  "User Stories": [...PRD["User Stories"], "As a visitor without a name I want to be greeted too"],
  "Requirement Analysis": "One function is enough: a name is trimmed, and what is left is greeted.",
};
const SECOND_PRD = { ...FIRST_PRD, "Requirement Pool": [...PRD["Requirement Pool"], ["P1", BETTER]] };
/** A design without a flow for the second story would be refused. */
const BOTH_FLOWS = {
  ...UI_DESIGN,
  "User Flows": [
    ...UI_DESIGN["User Flows"],
    { id: "stranger", story: "S2", steps: [{ screen: "home", action: "gives no name", result: "is greeted too" }] },
  ],
};

/** Sent back once, changed once by hand, then approved to the end. */
export async function designsAFeature(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("feature", { files: { "package.json": MANIFEST } });
  await world.startModel({
    script: [
      ...writes("product manager", "prd", SECOND_PRD, REMARKS),
      ...writes("product manager", "prd", FIRST_PRD),
      ...writes("UI and UX designer", "ui_design", BOTH_FLOWS),
      ...wholeScript(),
    ],
    delayMs: 0,
  });
  await editor.open(project);
  await editor.page.setViewportSize({ width: 1560, height: 1100 });
  await setKey(world);
  await editor.command("View: Toggle Primary Side Bar Visibility");
  await editor.command("Nexus: Design a Feature…");
  await editor.type("Nexus: Design a Feature", IDEA);
  const panel = await editor.design();

  await gate(panel, "PRD").waitFor({ timeout: 120_000 });
  await panel.getByRole("button", { name: /^Send back with remarks…: PRD/ }).press("Enter");
  // The box has the focus at once.
  await panel.locator("vscode-text-area[aria-label^='Remarks on PRD'] textarea:focus").fill(REMARKS);
  await panel.getByText("Greets a stranger").waitFor();
  await findNothingSerious(panel, "a gate with remarks");
  await editor.screenshot("design-gate.png");
  await panel.getByRole("button", { name: "Send back", exact: true }).press("Enter");
  await panel.getByText(BETTER).waitFor({ timeout: 120_000 });
  await panel.getByText("version 2", { exact: false }).first().waitFor();
  await panel.getByRole("button", { name: /^Approve PRD/ }).press("Enter");

  await gate(panel, "System design").waitFor({ timeout: 120_000 });
  await panel.getByRole("button", { name: /^Edit System design/ }).press("Enter");
  await panel.getByLabel("Implementation approach", { exact: true }).fill("One module, without packages or classes.");
  await panel.getByRole("button", { name: "Save", exact: true }).press("Enter");
  await panel.getByText("Saved.", { exact: true }).waitFor();
  assert.deepEqual(changedFiles(project), [], "the user's tree changed before anything was accepted");
  await approvesAll(panel);
  await panel.locator(".pill", { hasText: "Done" }).waitFor({ timeout: 120_000 });
  await panel.getByRole("tab", { name: /^Tasks/ }).click();
  await panel.locator(".design-task", { hasText: "src/greet.js" }).waitFor();

  await panel.getByRole("button", { name: "Open run" }).click();
  const run = await editor.panel();
  await run.getByRole("button", { name: /^Accept \d+ files$/ }).click();
  const written = () => changedFiles(project).find((path) => /^docs\/system_design\/.*\.json$/.test(path));
  await waitUntil(() => written() !== undefined, "the design is accepted");
  const design = JSON.parse(readFileSync(`${project}/${written()}`, "utf8"));
  assert.equal(design["Implementation approach"], "One module, without packages or classes.");
  assert.deepEqual(design["File list"], SYSTEM_DESIGN["File list"]);
}
SETTINGS.set(designsAFeature, { "nexus.model": "scripted-model", "nexus.price": "1,4" });

function gate(panel: Frame, name: string) {
  return panel.getByRole("heading", { name: `${name} waits for your decision` });
}

/** In whatever order they are asked: what was made from the version before a person's change is asked about again. */
async function approvesAll(panel: Frame): Promise<void> {
  const approve = panel.getByRole("button", { name: /^Approve / }).first();
  const done = panel.locator(".pill", { hasText: "Done" });
  for (let asked = 0; asked < 12; asked++) {
    await approve.or(done).first().waitFor({ timeout: 120_000 });
    if (await done.isVisible()) return;
    await approve.press("Enter");
    await panel.page().waitForTimeout(1000);
  }
}
