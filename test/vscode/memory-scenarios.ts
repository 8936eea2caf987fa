/** Scenarios of code memory: no model and no key is needed for any of them. */
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { readNotice, useTheme } from "./actions.ts";
import type { Editor } from "./editor.ts";
import type { World } from "./world.ts";

/** Editor settings of scenarios that need others than the rest. */
export const SETTINGS = new Map<unknown, Readonly<Record<string, unknown>>>();

/** From the palette to an index, a result, what depends on it, and a fact about it. */
export async function findsCode(world: World): Promise<void> {
  const { editor } = world;
  await editor.open(world.project("memory"));
  await openMemory(editor);
  await editor.command("Nexus: Re-index");
  await row(editor, /^Index.*ready/).waitFor();
  await row(editor, /^Knowledge/).waitFor();

  await search(editor, "where notes are kept, newest first");
  const result = editor.page.locator(".quick-input-list .monaco-list-row", { hasText: "src/notes.js" }).first();
  await result.waitFor();
  const tab = editor.page.locator(".tab", { hasText: "notes.js" });
  await tab.first().waitFor();
  await editor.screenshot("search.png");
  await editor.page.keyboard.press("Escape");
  await tab.first().waitFor({ state: "detached" });

  await search(editor, "createNotes");
  await editor.page.getByRole("button", { name: "Search by symbols" }).first().click();
  await pick(editor, "src/notes.js");
  await row(editor, /^createNotes.*symbol/).waitFor();
  // On the name, not at the line's beginning.
  await editor.page.locator(".statusbar-item", { hasText: "Ln 2, Col 17" }).waitFor();

  await editor.command("Nexus: Show Impact");
  await row(editor, /^Impact of createNotes/).waitFor();
  await row(editor, /server\.js/).waitFor();

  await editor.command("Nexus: Remember…");
  await editor.pick("Convention");
  await editor.type("Nexus: Remember", "Notes are kept newest first.");
  await editor.pick("Cite src/notes.js");
  await row(editor, /^Notes are kept newest first\./).waitFor();
  await editor.screenshot("memory.png");

  const fact = row(editor, /^Notes are kept newest first\./);
  await fact.hover();
  await fact.getByRole("button", { name: "Forget…" }).click();
  await editor.dialog("Forget");
  await fact.waitFor({ state: "detached" });

  await useTheme(editor, "Light High Contrast");
  await editor.page.locator(".monaco-workbench.hc-light").waitFor();
  await assertLabels(editor);
}

export async function findsUnsavedText(world: World): Promise<void> {
  const { editor } = world;
  await editor.open(world.project("typed"));
  await openMemory(editor);
  await editor.command("Nexus: Re-index");
  await row(editor, /^Index.*ready/).waitFor();
  await editor.command("View: Show Explorer");
  await editor.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "README.md" }).dblclick();
  await editor.page.locator(".monaco-editor .view-lines").first().click();
  await editor.page.keyboard.type("xylophone-orchestra ");
  await editor.page.locator(".tab.dirty").first().waitFor();
  // It is told after a pause in typing; a search sees it from then on.
  for (let attempts = 20; ; attempts--) {
    await search(editor, "xylophone-orchestra");
    const found = await editor.page
      .locator(".quick-input-list .monaco-list-row", { hasText: "README.md" })
      .first()
      .waitFor({ timeout: 1500 })
      .then(
        () => true,
        () => false,
      );
    await editor.page.keyboard.press("Escape");
    if (found) return;
    assert.ok(attempts > 0, "what was typed was not found");
  }
}

/** The way to trust, and no daemon: whatever is clicked. */
export async function readsNothingUntrusted(world: World): Promise<void> {
  const { editor } = world;
  await editor.open(world.project("untrusted-memory"));
  await editor.command("Nexus: Focus on Memory View");
  await editor.page.getByText("Nexus reads nothing of a folder that you have not trusted.").first().waitFor();
  await editor.command("Nexus: Search Code Memory…");
  await readNotice(editor, "Nexus starts nothing in a folder that you have not trusted yet.");
  assert.equal(world.daemonPid(), undefined);
}
SETTINGS.set(readsNothingUntrusted, {
  "security.workspace.trust.enabled": true,
  "security.workspace.trust.startupPrompt": "never",
});

async function openMemory(editor: Editor): Promise<void> {
  await editor.command("Nexus: Focus on Memory View");
  await row(editor, /^Index/).waitFor();
}

/** Opens the search box and types. */
async function search(editor: Editor, text: string): Promise<void> {
  await editor.command("Nexus: Search Code Memory…");
  await editor.page.locator(".quick-input-title", { hasText: "Nexus: Search Code Memory" }).first().waitFor();
  await editor.page.locator(".quick-input-widget .quick-input-box input").first().fill(text);
}

async function pick(editor: Editor, text: string): Promise<void> {
  const item = editor.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();
  await item.waitFor();
  await item.click();
}

/** A row of the Memory view, by what a screen reader says of it. */
function row(editor: Editor, label: RegExp): Locator {
  return editor.page
    .locator(".pane-body [role=treeitem]")
    .and(editor.page.getByRole("treeitem", { name: label }))
    .first();
}

/** Every row says something to those who cannot see it. */
async function assertLabels(editor: Editor): Promise<void> {
  const labels = await editor.page
    .locator(".pane-body [role=treeitem]")
    .evaluateAll((rows) => rows.map((each) => each.getAttribute("aria-label") ?? ""));
  assert.ok(labels.length > 5, "the view shows too little");
  assert.deepEqual(
    labels.filter((label) => label.trim() === ""),
    [],
  );
}
