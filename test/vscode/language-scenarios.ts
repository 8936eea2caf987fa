/** Where VS Code is one client among others: a run that another client watches and answers, and the light bulb. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Script } from "../support/scripted/script.ts";
import { runTask, setKey, textOf, waitForStatus } from "./actions.ts";
import type { Editor } from "./editor.ts";
import { addScript } from "./guard-scenarios.ts";
import { changedFiles, type World, waitUntil } from "./world.ts";

const MAIN = fileURLToPath(new URL("../../dist/daemon/main.js", import.meta.url));
const COMMAND = "npm run which-node";
/** What must not come has had time to come. */
const SETTLE_MS = 2000;

export const SETTINGS = new Map<unknown, Readonly<Record<string, unknown>>>();

/** A run of this window is watched and approved from the command line, and the panel's question closes by itself. */
export async function isAnsweredElsewhere(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("elsewhere");
  addScript(project, "which-node", "node --version");
  await world.startModel({ script: ASKING, delayMs: 0 });
  await editor.open(project);
  await setKey(world);
  await openFile(editor, "notes.js");
  await goTo(editor, 2, 20);
  await editor.command("Expand Selection");
  await editor.page.locator(".codelens-decoration", { hasText: "uses" }).waitFor();
  const panel = await runTask(world, "Write down which version of Node this is");
  await panel.getByRole("button", { name: "Approve once" }).waitFor();
  await editor.command("Notifications: Show Notifications");
  await editor.page.waitForTimeout(SETTLE_MS);
  const asked = editor.page.locator(".notification-list-item", { hasText: "Reject" });
  assert.equal(await asked.count(), 0, "the language server asks what the panel asks");
  const watched = watchLatest(world);
  await editor.command("Nexus: Focus on Runs View");
  await editor.page.locator('.monaco-list-row[aria-label*="watched by a terminal"]').waitFor();
  await editor.page
    .locator(".tree-explorer-viewlet-tree-view .message", { hasText: "Also connected: a terminal." })
    .waitFor();
  await editor.screenshot("presence.png");

  const { approvals } = JSON.parse(await nexus(world, "approvals", "--json"));
  assert.equal(approvals.length, 1);
  assert.match(await nexus(world, "approve", approvals[0].approval.approvalId), /Approved\./);

  await panel.getByRole("button", { name: "Approve once" }).waitFor({ state: "detached" });
  await waitForStatus(panel, "Done");
  assert.match(await textOf(panel, ".timeline"), /[Aa]pproved/);
  const events = (await watched).filter(({ seq }) => seq !== undefined);
  assert.deepEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1),
    "the watcher has a gap",
  );
  assert.ok(events.some(({ body }) => body?.type === "approval.answered"));
  assert.equal(events.at(-1)?.body?.type, "run.finished");
}
SETTINGS.set(isAnsweredElsewhere, { "nexus.model": "scripted-model", "nexus.price": "1,4" });

const ASKING: Script = [
  {
    when: { turn: 0 },
    reply: { text: "I look which it is.", toolCalls: [{ tool: "run_command", arguments: { command: COMMAND } }] },
  },
  {
    when: { turn: 1 },
    reply: { toolCalls: [{ tool: "write_file", arguments: { path: "NODE.md", content: "# Node\n\nSee above.\n" } }] },
  },
  { when: { turn: 2 }, reply: { text: "NODE.md says it." } },
];

interface WatchedLine {
  readonly seq?: number;
  readonly body?: { readonly type: string };
}

/** `nexus` as a person would call it in a terminal beside the editor. */
async function nexus(world: World, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...words], { env: environment(world) });
  return stdout;
}

/** Every line that a terminal which follows the newest run to its end prints. */
async function watchLatest(world: World): Promise<WatchedLine[]> {
  const child = spawn(process.execPath, [MAIN, "runs", "watch", "latest", "--json"], { env: environment(world) });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await once(child, "close");
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

function environment({ home }: World): NodeJS.ProcessEnv {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, NEXUS_HOME: home, NO_COLOR: "1" };
}

/** Nothing is loaded until something is selected; from then on hover and lenses tell what code memory knows. */
export async function tellsWhatItKnows(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("hover");
  await nexus(world, "trust", project);
  await nexus(world, "index", project);
  await nexus(world, "daemon", "stop");
  await editor.open(project);
  await openFile(editor, "notes.js");
  assert.equal(world.daemonPid(), undefined, "a daemon was started though nobody used Nexus");
  await goTo(editor, 2, 20);
  await editor.command("Expand Selection");
  const lens = editor.page.locator(".codelens-decoration", { hasText: "2 uses · 1 test" });
  await lens.waitFor();
  await goTo(editor, 2, 20);
  await showHover(editor, "Used 2 times in 1 file");
  await editor.screenshot("hover.png");
}

/** A code action of the light bulb changes the text in the editor; the file changes when the person saves it. */
export async function changesByLightBulb(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("bulb");
  const file = join(project, "src", "notes.js");
  const documented = readFileSync(file, "utf8").replace(BARE, COMMENTED);
  await world.startModel({ script: DOCUMENTING, delayMs: 0 });
  await nexus(world, "trust", project);
  await nexus(world, "daemon", "stop");
  await editor.open(project);
  await setKey(world);
  await openFile(editor, "notes.js");
  await goTo(editor, 14, 7);
  await editor.command("Expand Selection");
  await chooseAction(editor, "Document with Nexus");
  await editor.page.locator(".view-line", { hasText: DOCUMENTED }).waitFor();
  await editor.page.locator(".tab.dirty", { hasText: "notes.js" }).waitFor();
  assert.deepEqual(changedFiles(project), [], "the file changed though nobody saved it");
  assert.equal(await editor.page.locator(".codelens-decoration").count(), 0, "lenses are shown though they are off");
  await editor.command("File: Save");
  await waitUntil(() => changedFiles(project).includes("src/notes.js"), "the file is saved");
  // The editor empties a file before it writes it.
  await waitUntil(() => readFileSync(file, "utf8") !== "", "the file is written");
  assert.equal(readFileSync(file, "utf8"), documented);
  const { runs } = JSON.parse(await nexus(world, "runs", "list", "--json"));
  assert.deepEqual(
    runs.map(({ status, pendingFiles }: { status: string; pendingFiles: number }) => [status, pendingFiles]),
    [["done", 0]],
    "the run does not know that the editor has its change",
  );
}
SETTINGS.set(changesByLightBulb, { "nexus.model": "scripted-model", "nexus.price": "1,4", "nexus.codeLens": false });

const DOCUMENTED = "All notes, the newest first (scripted).";

const BARE = "    list() {";
const COMMENTED = `    /** ${DOCUMENTED} */\n${BARE}`;
const DOCUMENTING: Script = [
  {
    when: { turn: 0 },
    reply: { text: "I look at it first.", toolCalls: [{ tool: "read_file", arguments: { path: "src/notes.js" } }] },
  },
  {
    when: { turn: 1 },
    reply: {
      text: "I write down what it answers with.",
      toolCalls: [
        { tool: "edit_file", arguments: { path: "src/notes.js", edits: [{ search: BARE, replace: COMMENTED }] } },
      ],
    },
  },
  { when: { turn: 2 }, reply: { text: "list() is documented." } },
];

/** Clicks the light bulb until its list has the action, and chooses it: other sources may be faster. */
async function chooseAction(editor: Editor, title: string): Promise<void> {
  const action = editor.page.locator(".action-widget .monaco-list-row", { hasText: title }).first();
  for (let attempts = 10; attempts > 0; attempts--) {
    const isOpen = await editor.page
      .locator(".lightBulbWidget")
      .first()
      .click({ timeout: 5000 })
      .then(
        () => true,
        () => false,
      );
    if (!isOpen) {
      // A hover of what lies below the mouse may cover the light bulb. The side bar has none.
      await editor.page.locator(".explorer-folders-view").hover({ position: { x: 100, y: 400 } });
      continue;
    }
    const isThere = await action.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (isThere) {
      await editor.screenshot("light-bulb.png");
      return action.click();
    }
    await editor.page.keyboard.press("Escape");
  }
  throw new Error(`the light bulb does not offer “${title}”`);
}

/**
 * By the keyboard alone: the palette would leave the mouse where its row was, and a mouse beside a hover closes it. A hover
 * closes also when the window is busy with something else; then a person asks again, too.
 */
async function showHover(editor: Editor, text: string): Promise<void> {
  const hover = editor.page.locator(".monaco-hover", { hasText: text }).first();
  for (let attempts = 8; attempts > 0; attempts--) {
    await editor.page.keyboard.press("ControlOrMeta+K");
    await editor.page.keyboard.press("ControlOrMeta+I");
    const isThere = await hover.waitFor({ timeout: 4000 }).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await editor.page.keyboard.press("Escape");
  }
  const shown = await editor.page.locator(".monaco-hover").allInnerTexts();
  throw new Error(`no hover says “${text}”, but ${JSON.stringify(shown)}`);
}

async function openFile(editor: Editor, name: string): Promise<void> {
  await editor.command("Go to File...");
  await editor.page.locator(".quick-input-widget input[type=text]").fill(name);
  await editor.pick(name);
  await editor.page.locator(".tab.active", { hasText: name }).waitFor();
}

/** Puts the cursor there by the keyboard: what is clicked may move when a lens appears above it. */
async function goTo(editor: Editor, line: number, column: number): Promise<void> {
  await editor.command("Go to Line/Column...");
  await editor.page.locator(".quick-input-widget input[type=text]").fill(`:${line}:${column}`);
  await editor.page.keyboard.press("Enter");
  await editor.page.locator(".statusbar-item", { hasText: `Ln ${line}, Col ${column}` }).waitFor();
}
