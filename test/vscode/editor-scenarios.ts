/** What the editor does for the daemon: answers with its own models, takes changes into unsaved text, shows commands. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Script } from "../support/scripted/script.ts";
import { readNotice, runTask, setKey, textOf, waitForStatus } from "./actions.ts";
import { changedFiles, type World } from "./world.ts";

const MODELS = fileURLToPath(new URL("scripted-models", import.meta.url));

/** Others that a scenario needs beside ours. */
export const EXTENSIONS = new Map<unknown, readonly string[]>();
export const SETTINGS = new Map<unknown, Readonly<Record<string, unknown>>>();

/** No key anywhere: the run is answered by a model that another extension brings. */
export async function asksTheEditorsModel(world: World): Promise<void> {
  const { editor } = world;
  await editor.open(world.project("models"));
  await editor.command("Nexus: Choose Editor Model…");
  await editor.pick("Scripted Model");
  await readNotice(editor, "runs ask Scripted Model of this editor");
  await editor.command("Nexus: Ask a Question…");
  await editor.type("Nexus: Ask a Question", "What is this project called?");
  const panel = await editor.panel();
  await waitForStatus(panel, "Done");
  assert.match(await textOf(panel, ".answer, .run-answer, main"), /The scripted model of the editor read: # /);
}
EXTENSIONS.set(asksTheEditorsModel, [MODELS]);
SETTINGS.set(asksTheEditorsModel, { "chat.disableAIFeatures": false, "nexus.provider": null, "nexus.baseUrl": "" });

const README_EDIT: Script = [
  { when: { turn: 0 }, reply: { toolCalls: [{ tool: "read_file", arguments: { path: "README.md" } }] } },
  {
    when: { turn: 1 },
    reply: {
      toolCalls: [
        {
          tool: "edit_file",
          arguments: { path: "README.md", edits: [{ search: "# Notes", replace: "# Better notes" }] },
        },
      ],
    },
  },
  {
    when: { turn: 2 },
    reply: {
      toolCalls: [{ tool: "run_command", arguments: { command: "node -e \"console.log('seen in the terminal')\"" } }],
    },
  },
  { when: { turn: 3 }, reply: { text: "Renamed." } },
];

/** Commands print into a terminal that takes no input. What was typed stays, the change stands above it, nothing is saved. */
export async function changesUnsavedText(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("unsaved-change");
  await world.startModel({ script: README_EDIT, delayMs: 0 });
  await editor.open(project);
  await setKey(world);
  const panel = await runTask(world, "Fix the title in README.md");
  await waitForStatus(panel, "Waiting for you");
  await editor.command("Nexus: Show Commands in Terminal");
  const terminal = (text: RegExp) => editor.page.locator(".xterm-rows", { hasText: text }).first().waitFor();
  await terminal(/Nothing.can.be.typed.here/);
  await panel.getByRole("button", { name: "Approve", exact: true }).click();
  await waitForStatus(panel, "Done");
  await terminal(/\$.node.-e.*seen.in.the.terminal.*seen.in.the.terminal/s);
  await editor.command("View: Toggle Panel Visibility");
  await editor.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "README.md" }).dblclick();
  await editor.page.locator(".monaco-editor .view-lines").first().click();
  await editor.page.keyboard.press("ControlOrMeta+End");
  await editor.page.keyboard.type("my own words");
  await editor.command("View: Open Previous Editor");
  await (await editor.panel())
    .getByRole("button", { name: /^Accept/ })
    .first()
    .click();
  await editor.dialog("Change in Editor");
  await readNotice(editor, "is now in your unsaved README.md");
  assert.deepEqual(changedFiles(project), [], "nothing was written below the unsaved text");
  await editor.command("View: Open Next Editor");
  await editor.page.locator(".monaco-editor .view-line", { hasText: "# Better" }).first().waitFor();
  await editor.command("File: Save");
  await editor.page.waitForFunction(() => document.querySelector(".tab.dirty") === null);
  const saved = readFileSync(join(project, "README.md"), "utf8");
  assert.match(saved, /^# Better notes/);
  assert.match(saved, /my own words/);
}
// Drawn as text, which can be read.
SETTINGS.set(changesUnsavedText, { "terminal.integrated.gpuAcceleration": "off" });
