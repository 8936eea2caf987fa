/** Workflows in the editor: from a file to a run, and what is wrong with a file where it stands. */
import assert from "node:assert/strict";
import type { Script } from "../support/scripted/script.ts";
import { setKey, textOf, waitForStatus } from "./actions.ts";
import { changedFiles, type World } from "./world.ts";

export const SETTINGS = new Map<unknown, Readonly<Record<string, unknown>>>();

const LIMIT = `# The tests pass before and after; the changelog is written only when it is asked for.
name: limit-notes
description: Adds a limit to the list of notes, with the tests around it.
inputs:
  limit: { type: integer, description: How many notes the list holds at most. }
  changelog: { type: boolean, default: false }

steps:
  - id: before
    command: { run: npm test }

  - id: change
    agent:
      goal: "Let GET /notes answer with \${{ inputs.limit }} notes at most, and say so in the README."
      acceptance: { command: npm test }

  - id: checks
    parallel:
      branches:
        tests:
          - id: run
            command: { run: npm test }
        words:
          - id: look
            command: { run: "grep -q 'at most' README.md" }

  - id: changelog
    when: inputs.changelog
    command: { run: "echo limit > CHANGELOG.md" }

  - id: agreed
    gate: { ask: "May the change be offered?", choices: [yes, no] }
`;
const WRONG = `name: wrong
steps:
  - id: build
    comand: { run: npm run build }
`;

/** Takes the file, asks for the input that has no default, and shows each step as it comes. */
export async function runsAWorkflow(world: World): Promise<void> {
  const { editor } = world;
  const project = world.project("workflow", {
    files: { ".nexus/workflows/limit-notes.yaml": LIMIT, "wrong.nexus.yaml": WRONG },
  });
  await world.startModel({ script: SCRIPT, delayMs: 20 });
  await editor.open(project);
  await setKey(world);
  await editor.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "wrong.nexus.yaml" }).dblclick();
  await editor.page.locator(".squiggly-error").first().waitFor();
  await editor.command("Problems: Focus on Problems View");
  await editor.page.locator(".markers-panel", { hasText: "the step has no known kind" }).waitFor();
  await editor.command("View: Toggle Panel Visibility");
  await editor.command("View: Close Editor");

  await editor.command("Nexus: Run Workflow…");
  await editor.page.locator(".quick-input-list .monaco-list-row", { hasText: "1 problem" }).waitFor();
  await editor.pick("limit-notes");
  const prompt = editor.page.locator(".quick-input-message", { hasText: "How many notes the list holds at most" });
  await prompt.waitFor();
  await editor.type("Nexus: Run Workflow limit-notes", "50");
  const panel = await editor.panel();
  await panel.getByText("May the change be offered?").first().waitFor({ timeout: 120_000 });
  const steps = (await panel.locator(".workflow-steps li").allTextContents()).map((text) =>
    text.replaceAll(/\s+/g, " "),
  );
  assert.match(steps[0] ?? "", /^before.*done/);
  assert.ok(
    steps.some((text) => /^changelog.*left out/.test(text)),
    steps.join("; "),
  );
  await editor.screenshot("workflow.png");
  await panel.getByRole("button", { name: "yes", exact: true }).click();
  await waitForStatus(panel, "Done");
  assert.match(await textOf(panel, ".phases"), /Steps/);
  assert.deepEqual(changedFiles(project), [], "the user's tree changed before anything was accepted");
}
SETTINGS.set(runsAWorkflow, { "nexus.model": "scripted-model", "nexus.price": "1,4" });

const SCRIPT: Script = [
  {
    when: { tool: "edit_file", turn: 0 },
    reply: {
      text: "I look at the service and the README.",
      toolCalls: ["src/server.js", "README.md"].map((path) => ({ tool: "read_file", arguments: { path } })),
    },
  },
  {
    when: { tool: "edit_file", turn: 1 },
    reply: {
      text: "The list ends after the limit.",
      toolCalls: [
        {
          tool: "edit_file",
          arguments: {
            path: "README.md",
            edits: [{ search: "# Notes\n", replace: "# Notes\n\nThe list holds 50 notes at most.\n" }],
          },
        },
      ],
    },
  },
  { when: { tool: "edit_file", turn: 2 }, reply: { text: "The list holds 50 notes at most, and the README says so." } },
];
