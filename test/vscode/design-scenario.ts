/** Design documents in the editor: a project of MetaGPT's, read, drawn, traced, mended, edited and exported. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import type { Script } from "../support/scripted/script.ts";
import { setKey, textOf, useTheme } from "./actions.ts";
import { findNothingSerious } from "./axe.ts";
import { classicFiles, mgxFiles, STEM } from "./design-project.ts";
import { changedFiles, type World, waitUntil } from "./world.ts";

export const SETTINGS = new Map<unknown, Readonly<Record<string, unknown>>>();
const SCRIPTED = { "nexus.model": "scripted-model", "nexus.price": "1,4" };
const SYSTEM_DESIGN = `bakery/docs/system_design/${STEM}.json`;

/** A classic project lies in the folder: the panel reads it, and shows at once what is changed in it. */
export async function showsADesign(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("design", { files: await classicFiles("bakery") });
  await world.startModel({ script: REPAIR, delayMs: 0 });
  await editor.open(project);
  await editor.page.setViewportSize({ width: 1560, height: 1100 });
  await setKey(world);
  await editor.command("View: Toggle Primary Side Bar Visibility");
  await editor.command("Nexus: Open Design");
  const panel = await editor.design();
  assert.match(await textOf(panel, ".design-header"), /kornblume.*In bakery · \d+ documents · 2 screens/);
  await panel.getByText("1 problem in this project").or(panel.locator(".tab-count.tone-bad")).first().waitFor();

  await useTheme(editor, "Light Modern");
  await editor.page.setViewportSize({ width: 1560, height: 1500 });
  await panel.getByRole("img", { name: /^Competitive quadrant/ }).waitFor();
  assert.equal(await panel.locator(".pool tbody tr").count(), 6);
  await panel.getByRole("button", { name: "Priority" }).click();
  assert.equal(await panel.locator("th[aria-sort=ascending]").count(), 1);
  await findNothingSerious(panel, "requirements, light");
  await editor.screenshot("design-requirements.png");

  await useTheme(editor, "Dark Modern");
  await editor.page.setViewportSize({ width: 1560, height: 1100 });
  await panel.getByRole("tab", { name: "Requirements" }).focus();
  await editor.page.keyboard.press("ArrowRight");
  await panel.getByRole("tab", { name: "Architecture", selected: true }).waitFor();
  await panel.getByRole("img", { name: /^Class diagram/ }).waitFor();
  await panel.getByRole("img", { name: /^Sequence diagram/ }).waitFor();
  await findNothingSerious(panel, "architecture, dark");
  await editor.screenshot("design-architecture.png");

  await editor.page.keyboard.press("ArrowRight");
  await panel.locator(".design-task", { hasText: "src/main.tsx" }).first().waitFor();
  await findNothingSerious(panel, "tasks, dark");
  await editor.screenshot("design-tasks.png");

  await panel.getByRole("tab", { name: /^Screens/ }).click();
  await panel.getByRole("img", { name: "Wireframe of", exact: false }).first().waitFor();
  await findNothingSerious(panel, "screens, dark");
  await editor.screenshot("design-wireframes.png");

  await panel.getByRole("tab", { name: /^Traceability/ }).click();
  await panel.getByRole("button", { name: "Open file src/BreadCard.tsx" }).first().waitFor();
  await useTheme(editor, "Dark High Contrast");
  await editor.page.locator(".monaco-workbench.hc-black").waitFor();
  await findNothingSerious(panel, "traceability, high contrast");
  await editor.screenshot("design-traceability.png");
  await panel.getByRole("button", { name: "Open file src/BreadCard.tsx" }).first().press("Enter");
  await editor.page.locator(".tab.active", { hasText: "BreadCard.tsx" }).waitFor();
  await editor.command("View: Close Editor");

  // A panel that another one has covered is drawn anew, where it was.
  const again = await editor.design();
  await again.getByRole("tab", { name: /^Traceability/, selected: true }).waitFor();
  await mendsADiagram(world, again, project);
}
SETTINGS.set(showsADesign, SCRIPTED);

/** Breaks a diagram on the disk, and has a run repair it. */
async function mendsADiagram({ editor }: World, panel: Frame, project: string): Promise<void> {
  await useTheme(editor, "Dark Modern");
  await panel.getByRole("tab", { name: /^Architecture/ }).click();
  const file = join(project, SYSTEM_DESIGN);
  const design: Record<string, string> = JSON.parse(readFileSync(file, "utf8"));
  const key = "Data structures and interfaces";
  const broken = (design[key] ?? "").replace(
    "class Line {\n        +Bread bread",
    "class Line {\n        +Bread { bread",
  );
  writeFileSync(file, JSON.stringify({ ...design, [key]: broken }));
  await panel.getByRole("heading", { name: "Class diagram cannot be drawn" }).waitFor();
  await panel.locator(".wrong-line").waitFor();
  await findNothingSerious(panel, "broken diagram, dark");
  await editor.screenshot("design-broken-diagram.png");
  await panel.getByRole("button", { name: "Ask the architect to repair it" }).press("Enter");
  const run = await editor.panel();
  assert.match(
    await textOf(run, ".run-header"),
    /Repair the Mermaid diagram “Data structures and interfaces” in bakery/,
  );
}

/** Edits by fields; what somebody else wrote meanwhile is not overwritten; the whole goes out as one page. */
export async function editsADesign(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("design-edit", { files: { ...(await classicFiles("bakery")), ...mgxFiles("tides") } });
  await editor.open(project);
  await editor.page.setViewportSize({ width: 1560, height: 1100 });
  await editor.command("View: Toggle Primary Side Bar Visibility");
  await editor.command("Nexus: Open Design");
  await editor.pick("bakery");
  const panel = await editor.design();
  const path = `docs/task/${STEM}.json`;
  const file = join(project, "bakery", path);
  await panel.getByRole("tab", { name: /^Documents/ }).click();
  await panel.locator(".document-list button", { hasText: path }).click();
  await panel.getByRole("button", { name: /^Edit Project schedule/ }).click();
  await panel.getByLabel("Shared Knowledge", { exact: true }).fill("Prices are cents. Nobody pays online.");
  await findNothingSerious(panel, "editing, dark");
  await panel.locator(".design-main").evaluate((element) => element.scrollTo({ top: 0 }));
  await editor.screenshot("design-edit.png");
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await panel.getByText("Saved.", { exact: true }).waitFor();
  assert.equal(JSON.parse(readFileSync(file, "utf8"))["Shared Knowledge"], "Prices are cents. Nobody pays online.");

  await panel.getByRole("button", { name: /^Edit Project schedule/ }).click();
  await panel.getByLabel("Shared Knowledge", { exact: true }).fill("Mine");
  writeFileSync(file, readFileSync(file, "utf8").replace("Nobody pays online.", "Theirs."));
  await panel.locator(".conflicts", { hasText: "Nothing was overwritten" }).waitFor();
  await panel.getByRole("button", { name: "Save mine over it" }).click();
  await panel.getByText("Saved.", { exact: true }).waitFor();
  assert.equal(JSON.parse(readFileSync(file, "utf8"))["Shared Knowledge"], "Mine");

  await panel.getByRole("button", { name: /^Export HTML/ }).click();
  const page = join(project, "design.html");
  await editor.chooseFile("Export the design", page);
  const isWhole = () => changedFiles(project).includes("design.html") && readFileSync(page, "utf8").includes("</html>");
  await waitUntil(isWhole, "the design is exported");
  const html = readFileSync(page, "utf8");
  assert.ok((html.match(/data:image\/svg\+xml/g) ?? []).length >= 5, "diagrams and wireframes are in the page");
  assert.doesNotMatch(html, /<script|https?:\/\/(?!www\.w3\.org)/);

  await editor.command("Nexus: Import MetaGPT Project…");
  await editor.chooseFile("Import MetaGPT Project", join(project, "tides"));
  await editor.page.locator(".tab.active", { hasText: "Design: tides" }).waitFor();
  await waitUntil(() => editor.page.frames().length > 0, "frames are there");
}
SETTINGS.set(editsADesign, SCRIPTED);

const REPAIR: Script = [{ reply: { text: "The class diagram can be drawn again." } }];
