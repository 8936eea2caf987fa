import { afterEach, describe, expect, it } from "vitest";
import type { RunEvent } from "../../../protocol/index.ts";
import { type Engine, type EngineOptions, startEngine } from "../../support/engine.ts";
import type { Script } from "../../support/scripted/script.ts";

let engine: Engine;

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine(options);
  return engine;
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const FIX = `name: fix
description: Corrects one word.
inputs:
  word: { type: string, default: Notes }
outputs:
  said: steps.fix.output.text
  code: steps.check.output.exitCode
steps:
  - id: fix
    agent:
      goal: "Write \${{ inputs.word }} as the title of README.md."
      acceptance: { command: grep -q Notes README.md }
  - id: check
    command: { run: 'grep -q "$WORD" README.md', env: { WORD: "\${{ inputs.word }}" } }
    compensate: { command: { run: "rm -f README.md" } }
`;
const FILES = { "README.md": "# Notse\n", ".nexus/workflows/fix.yaml": FIX };
const edit = { path: "README.md", edits: [{ search: "Notse", replace: "Notes" }] };
const SCRIPT: Script = [
  { when: { turn: 0 }, reply: { toolCalls: [{ tool: "read_file", arguments: { path: "README.md" } }] } },
  { when: { turn: 1 }, reply: { toolCalls: [{ tool: "edit_file", arguments: edit }] } },
  { when: { turn: 2 }, reply: { text: "The title is right now." } },
];
const path = ".nexus/workflows/fix.yaml";

function stepsOf(events: readonly RunEvent[]): string[] {
  return events.flatMap(({ body }) => (body.type === "step.finished" ? [`${body.at} ${body.outcome}`] : []));
}

describe("a run that follows a workflow", () => {
  it("carries out its steps, verifies and offers the change", async () => {
    await open({ files: FILES, script: SCRIPT });
    const runId = await engine.start("Workflow fix", { workflow: { path } });
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", kind: "workflow", error: null, workflow: { name: "fix" } });
    expect(JSON.parse(state.answer ?? "")).toEqual({ said: "The title is right now.", code: 0 });
    expect(stepsOf(await engine.events(runId))).toEqual(["fix done", "check done"]);
    expect(state.changes?.changeSet.files.map((file) => file.path)).toEqual(["README.md"]);
    expect(engine.read("README.md")).toContain("Notse");
  });

  it("follows what was pinned, whatever the file says later, also after a restart", async () => {
    await open({ files: FILES, script: SCRIPT });
    const runId = await engine.start("Workflow fix", { workflow: { path } });
    await engine.until(runId, (state) => state.workflow !== undefined);
    const { writeFileSync } = await import("node:fs");
    writeFileSync(`${engine.workspace}/${path}`, "name: other\nsteps: [{ id: a, set: {} }]\n");
    await engine.restart();
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "done", workflow: { name: "fix" } });
    expect(stepsOf(await engine.events(runId))).toEqual(["fix done", "check done"]);
  });

  it("fails with the step that failed, and keeps what was made", async () => {
    const text = FIX.replace("name: fix", "name: fix\nbudget: 1").replace("$WORD", "nowhere");
    await open({ files: { ...FILES, [path]: text }, script: SCRIPT });
    const runId = await engine.start("Workflow fix", { workflow: { path } });
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "failed", error: { code: "workflow.failed" }, budget: { limitUsd: 1 } });
    expect(state.summary).toContain("Step check failed");
    expect(state.changes?.changeSet.files.map((file) => file.path)).toEqual(["README.md"]);
  });

  it("asks a person at a gate, and does without where nobody can be asked and a default is given", async () => {
    const gate = `name: gate\noutputs: { answer: steps.ask.output.answer }\nsteps:\n  - { id: ask, gate: { ask: Which?, choices: [red, blue], default: blue } }\n`;
    await open({ files: { ...FILES, [path]: gate }, script: [] });
    const alone = await engine.ended(await engine.start("Workflow gate", { workflow: { path } }));
    expect(JSON.parse(alone.answer ?? "")).toEqual({ answer: "blue" });
    const asked = await engine.start("Workflow gate", { workflow: { path }, headless: false });
    for (const answer of ["green", "Red"]) {
      const { pendingQuestions = [] } = await engine.until(asked, (state) => (state.pendingQuestions ?? []).length > 0);
      const questionId = pendingQuestions[0]?.questionId ?? "";
      await engine.service.answerQuestion({ runId: asked, questionId, answer }, { name: "t" });
      await engine.until(asked, (state) => state.pendingQuestions?.[0]?.questionId !== questionId);
    }
    expect(JSON.parse((await engine.ended(asked)).answer ?? "")).toEqual({ answer: "red" });
  });

  it("uses a tool through the gate", async () => {
    const tool = `name: t\noutputs: { text: steps.read.output.text }\nsteps:\n  - { id: read, tool: { name: read_file, input: { path: README.md } } }\n  - { id: none, onError: continue, tool: { name: no_such_tool } }\n`;
    await open({ files: { ...FILES, [path]: tool }, script: [] });
    const runId = await engine.start("Workflow t", { workflow: { path } });
    const state = await engine.ended(runId);
    expect(state.answer).toContain("Notse");
    expect(stepsOf(await engine.events(runId))).toEqual(["read done", "none failed"]);
  });

  it("does not do alone what cannot be undone, and does nothing without the secret that it names", async () => {
    const text = `name: s
secrets: [TOKEN]
outputs: { why: "[steps.once.reason, steps.told.reason, steps.late.outcome]" }
steps:
  - { id: once, irreversible: true, onError: continue, command: { run: touch once } }
  - { id: told, onError: continue, command: { run: touch told, secrets: [TOKEN] } }
  - { id: late, onError: continue, timeout: 50ms, command: { run: sleep 30 } }
`;
    await open({ files: { ...FILES, [path]: text }, script: [] });
    const state = await engine.ended(await engine.start("Workflow s", { workflow: { path } }));
    const { why } = JSON.parse(state.answer ?? "");
    expect(why).toEqual([
      expect.stringContaining("Nobody can be asked"),
      expect.stringContaining("set NEXUS_SECRET_TOKEN"),
      "timed_out",
    ]);
    expect(state.changes).toBeNull();
  });

  it("does not begin with a workflow or with inputs that cannot be used", async () => {
    await open({ files: { ...FILES, "bad.yaml": "name: bad\nsteps: [{ id: a, jump: {} }]\n" }, script: [] });
    const start = (workflow: { path: string; inputs?: Record<string, unknown> }) => engine.start("x", { workflow });
    await expect(start({ path: "bad.yaml" })).rejects.toMatchObject({ value: { code: "workflow.invalid" } });
    await expect(start({ path: "../out.yaml" })).rejects.toMatchObject({ value: { code: "workflow.invalid" } });
    await expect(start({ path, inputs: { word: 3 } })).rejects.toMatchObject({ value: { code: "workflow.inputs" } });
    const untrusted = engine.start("x", { workflow: { path }, trusted: false });
    await expect(untrusted).rejects.toMatchObject({ value: { code: "workflow.untrusted" } });
  });
});
