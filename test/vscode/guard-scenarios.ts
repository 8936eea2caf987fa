/** What a person meets where Nexus asks, refuses, goes back or does not trust. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import type { Script } from "../support/scripted/script.ts";
import { readNotice, runTask, setKey, textOf, useTheme, waitForStatus } from "./actions.ts";
import { changedFiles, type World, waitUntil } from "./world.ts";

/** Pictures say that nobody's model answered. */
const SCRIPTED = { "nexus.model": "scripted-model", "nexus.price": "1,4" };
export const SETTINGS = new Map<unknown, Readonly<Record<string, unknown>>>();

const COUNT = "npm run count";

/** A command is asked about once, streams into its step, and is not asked about again once its rule is kept. */
export async function keepsARule(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("rule");
  addScript(project, "count", "node count.js");
  writeFileSync(join(project, "count.js"), COUNTER);
  await world.startModel({ script: COUNTING, delayMs: 0 });
  await editor.open(project);
  await setKey(world);
  const panel = await runTask(world, "Write a note about the count");
  await panel.getByRole("button", { name: "Approve once" }).waitFor();
  const asked = await textOf(panel, ".attention");
  assert.match(asked, /npm run count && git status/);
  assert.match(asked, /expires at/);
  assert.match(asked, /keeps the rule .*npm run count.* in your policy/);
  await editor.command("Nexus: Focus on Runs View");
  await editor.page.locator('.activitybar .badge-content:has-text("1")').first().waitFor();
  await editor.command("Nexus: Show Pending Approvals");
  await editor.page.locator(".quick-input-list .monaco-list-row", { hasText: COUNT }).waitFor();
  await editor.pick(COUNT);
  await editor.screenshot("always-allow.png");

  await panel.getByRole("button", { name: /^Approve, and always allow/ }).click();
  await panel.locator(".live-output", { hasText: "line 3" }).waitFor();
  await waitForStatus(panel, "Done");
  assert.equal(await panel.locator(".tool", { hasText: COUNT }).count(), 2, "the command ran twice");
  assert.equal(await panel.locator(".step-of-approval").count(), 1, "it was asked about again");
  await editor.command("Nexus: Show Audit Log of Run");
  await editor.page.locator(".monaco-editor .view-lines", { hasText: "APPROVED" }).first().waitFor();
}
SETTINGS.set(keepsARule, SCRIPTED);

const COUNTER = [
  "let count = 0;",
  "const timer = setInterval(() => {",
  "  console.log('line ' + ++count);",
  "  if (count === 12) clearInterval(timer);",
  "}, 400);",
  "",
].join("\n");

const COUNTING: Script = [
  says(0, "I count, and look at what is there.", call("run_command", { command: `${COUNT} && git status --short` })),
  says(1, "Once more.", call("run_command", { command: COUNT })),
  says(2, "Now the note.", call("write_file", { path: "COUNT.md", content: "# Count\n\nIt counts to twelve.\n" })),
  says(3, "COUNT.md says what the count does."),
];

const WORKFLOW = ".github/workflows/test.yml";
const BEFORE = [
  ...["name: test", "on: [push]", "jobs:", "  test:", "    runs-on: ubuntu-latest", "    steps:"],
  ...["      - uses: actions/checkout@v4", "      - uses: actions/setup-node@v4", "        with:"],
  ...["          node-version: 22", "      - run: npm test", ""],
].join("\n");
const FEEDBACK = "Keep 22 and test 24 beside it";

/** A protected file is shown as a diff before it is written, and what the person would rather have reaches the model. */
export async function asksAboutProtectedFiles(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("protected");
  mkdirSync(join(project, ".github", "workflows"), { recursive: true });
  writeFileSync(join(project, WORKFLOW), BEFORE);
  await world.startModel({ script: EDITING_CI, delayMs: 0 });
  await editor.open(project);
  await setKey(world);
  const panel = await runTask(world, "Update the workflow to Node 24");
  await panel.locator(".attention .diff-added", { hasText: "node-version: 24" }).waitFor();
  await panel.locator(".attention .diff-removed", { hasText: "node-version: 22" }).waitFor();
  await panel.locator(".attention textarea").fill(FEEDBACK);
  await panel.getByRole("button", { name: "Reject with feedback" }).waitFor();
  await editor.screenshot("protected-file.png");
  await useTheme(editor, "Dark High Contrast");
  await editor.page.locator(".monaco-workbench.hc-black").waitFor();
  await editor.screenshot("protected-file-high-contrast.png");

  await panel.getByRole("button", { name: "Reject with feedback" }).click();
  // The scripted model says this only to one that was told the feedback.
  await panel.locator(".attention .diff-added", { hasText: "node: [22, 24]" }).waitFor();
  assert.match(await textOf(panel, ".timeline"), new RegExp(FEEDBACK));
  await panel.getByRole("button", { name: "Approve", exact: true }).click();
  await waitForStatus(panel, "Done");
  assert.equal(readFileSync(join(project, WORKFLOW), "utf8"), BEFORE, "the user's file changed before it was accepted");
}
SETTINGS.set(asksAboutProtectedFiles, SCRIPTED);

const EDITING_CI: Script = [
  says(0, "I read the workflow first.", call("read_file", { path: WORKFLOW })),
  says(
    1,
    "One line changes.",
    call("edit_file", edit(WORKFLOW, "          node-version: 22", "          node-version: 24")),
  ),
  {
    when: { turn: 2, last: FEEDBACK },
    reply: {
      text: "Both versions, then.",
      toolCalls: [
        call(
          "edit_file",
          edit(
            WORKFLOW,
            "    runs-on: ubuntu-latest",
            "    strategy:\n      matrix:\n        node: [22, 24]\n    runs-on: ubuntu-latest",
          ),
        ),
      ],
    },
  },
  says(3, "The workflow tests Node 22 and 24."),
];

/** Files go back to an earlier step, in the user's own folder too, and come again. */
export async function goesBack(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("back");
  const read = (name: string) => readFileSync(join(project, name), "utf8");
  const readme = read("README.md");
  await world.startModel({ script: TWO_STEPS, delayMs: 0 });
  await editor.open(project);
  await setKey(world);
  const panel = await runTask(world, "Write a guide");
  await waitForStatus(panel, "Done");
  await panel.getByRole("button", { name: /^Accept \d+ files$/ }).click();
  await panel.locator(".decision-accepted").first().waitFor();
  await waitUntil(() => changedFiles(project).length === 2, "both files are on disk");
  assert.match(read("GUIDE.md"), /second thoughts/);

  await panel.getByRole("button", { name: "Rewind to before step 2 (checkpoint 2)" }).click();
  await editor.page.locator(".quick-input-list .monaco-list-row", { hasText: "GUIDE.md" }).first().waitFor();
  await editor.page.locator(".quick-input-list .monaco-list-row", { hasText: "Files" }).first().click();
  await editor.page.locator(".monaco-dialog-box", { hasText: "GUIDE.md (in your folder)" }).waitFor();
  await editor.screenshot("rewind.png");
  await editor.dialog("Rewind");
  await panel.locator(".step-note", { hasText: "Files were put back." }).first().waitFor();
  assert.match(read("GUIDE.md"), /first thoughts/);
  assert.equal(read("README.md"), readme);

  await panel.getByRole("button", { name: "Undo rewind" }).click();
  await editor.dialog("Undo Rewind");
  const isUndone = () => /second thoughts/.test(read("GUIDE.md")) && read("README.md") !== readme;
  await waitUntil(isUndone, "the rewind is undone in both files");

  await takesBackTheAccept(world, panel, () => changedFiles(project));
}
SETTINGS.set(goesBack, SCRIPTED);

async function takesBackTheAccept({ editor }: World, panel: Frame, changed: () => string[]): Promise<void> {
  await panel.getByRole("button", { name: "Put your folder back as it was before you accepted" }).click();
  await editor.dialog("Put Back");
  await waitUntil(() => changed().length === 0, "the folder is as it was before the accept");
}

const TWO_STEPS: Script = [
  says(0, "A first version.", call("write_file", { path: "GUIDE.md", content: "# Guide\n\nOf first thoughts.\n" })),
  says(
    1,
    "A better one, and the README names it.",
    call("write_file", { path: "GUIDE.md", content: "# Guide\n\nOf second thoughts.\n" }),
    call("read_file", { path: "README.md" }),
  ),
  says(2, "", call("edit_file", edit("README.md", "# Notes\n", "# Notes\n\nSee [GUIDE.md](GUIDE.md).\n"))),
  says(3, "GUIDE.md is written, and the README names it."),
];

/** A folder that changed what it runs is not trusted until the person has looked; its run says what it left out. */
export async function runsUntrusted(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("changed");
  await world.startModel({ script: NOTE, delayMs: 0 });
  await editor.open(project);
  await setKey(world);
  await waitForStatus(await runTask(world, "Write a note"), "Done");
  addScript(project, "pretest", "node collect.js");
  await editor.command("View: Close Editor");
  await editor.reload();
  await readNotice(editor, "has changed since you trusted it (package.json)");

  await world.startModel({ script: NOTE, delayMs: 0 });
  await editor.command("Nexus: Run Task…");
  await editor.type("Nexus: Run Task", "Write another note");
  await editor.pick("Act");
  const title = editor.page.locator(".quick-input-title", { hasText: "has changed since you trusted it" });
  await title.waitFor();
  await editor.pick("package.json");
  await editor.page.locator(".tab", { hasText: "package.json" }).waitFor();
  await editor.pick("Run Untrusted");
  const panel = await editor.panel();
  await waitForStatus(panel, "Done");
  assert.match(await textOf(panel, ".marks"), /Folder not trusted.*Untrusted input/);
  assert.match(await textOf(panel, ".timeline"), /tests and commands do not run/);
  assert.match(await textOf(panel, ".timeline"), /npm test was not run/, "what was not run is not named");
  assert.equal(await panel.locator(".evidence").count(), 0, "something ran in a folder that is not trusted");
  await editor.screenshot("untrusted.png");
}
SETTINGS.set(runsUntrusted, SCRIPTED);

const NOTE: Script = [
  says(0, "A note.", call("write_file", { path: "NOTE.md", content: "# Note\n" })),
  says(1, "NOTE.md is written."),
];

function says(
  turn: number,
  text: string,
  ...toolCalls: NonNullable<NonNullable<Script[number]["reply"]>["toolCalls"]>[number][]
): Script[number] {
  return { when: { turn }, reply: { text, ...(toolCalls.length === 0 ? {} : { toolCalls }) } };
}

function call(tool: string, values: object): { readonly tool: string; readonly arguments: object } {
  return { tool, arguments: values };
}

function edit(path: string, search: string, replace: string): object {
  return { path, edits: [{ search, replace }] };
}

export function addScript(project: string, name: string, command: string): void {
  const file = join(project, "package.json");
  const manifest: { scripts: Record<string, string> } = JSON.parse(readFileSync(file, "utf8"));
  manifest.scripts[name] = command;
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
