/** A run whose model is a client's: in the journal like any other, and to be resumed when no client was there. */
import { afterEach, expect, it } from "vitest";
import type { EditorCall, EditorModels } from "../../daemon/models/editor.ts";
import { ModelCallError } from "../../daemon/models/failure.ts";
import type { ModelAnswer } from "../../protocol/index.ts";
import { type Engine, startEngine } from "../support/engine.ts";

let engine: Engine;
afterEach(() => engine.close());

const EDIT = { path: "README.md", edits: [{ search: "Notse", replace: "Notes" }] };
const ANSWERS: readonly ModelAnswer[] = [
  { outcome: "answered", text: "", calls: [{ id: "1", tool: "read_file", input: { path: "README.md" } }] },
  { outcome: "answered", text: "", calls: [{ id: "2", tool: "edit_file", input: EDIT }] },
  { outcome: "answered", text: "Fixed.", calls: [], usage: { inputTokens: 900, outputTokens: 3 } },
];

interface Editor extends EditorModels {
  readonly calls: EditorCall[];
  isOpen: boolean;
}

/** A scripted editor: answers by how far the conversation has come, while it is open. */
function createEditor(): Editor {
  const editor: Editor = {
    calls: [],
    isOpen: true,
    async ask(call, { onText, onWait }) {
      if (!editor.isOpen) {
        onWait("No connected editor offers a model.");
        throw new ModelCallError("model.no_client");
      }
      editor.calls.push(call);
      const turn = call.messages.filter(({ role }) => role === "assistant").length;
      const answer = ANSWERS[Math.min(turn, ANSWERS.length - 1)];
      if (answer === undefined) throw new Error("The script is at its end.");
      onText("…");
      return answer;
    },
  };
  return editor;
}

const SETTINGS = { provider: "editor", model: "copilot/gpt-4.1", baseUrl: null, apiKey: null } as const;
const open = async (editors: EditorModels) => {
  engine = await startEngine({ files: { "README.md": "# Notse\n" }, script: [], settings: SETTINGS, editors });
};

it("works like any other, costs nothing and counts tokens, also under a budget and a name with a price", async () => {
  const editor = createEditor();
  await open(editor);
  const runId = await engine.start("Fix the typo in README.md", { budgetUsd: 0.01 });
  const state = await engine.ended(runId);
  expect(state).toMatchObject({ status: "done", model: { provider: "editor", model: "copilot/gpt-4.1" } });
  expect(state.changes?.changeSet.files).toMatchObject([{ path: "README.md" }]);
  expect(editor.calls.map(({ runId: of, model }) => [of, model])).toEqual(
    ANSWERS.map(() => [runId, "copilot/gpt-4.1"]),
  );
  expect(editor.calls[2]?.messages.filter(({ role }) => role === "tool")).toHaveLength(2);
  const responses = (await engine.events(runId)).flatMap(({ body }) => (body.type === "model.responded" ? [body] : []));
  expect(responses.map(({ costUsd, usage }) => [costUsd, usage.estimated])).toEqual([
    [0, true],
    [0, true],
    [0, false],
  ]);
});

it("says that it waits, fails with what to do when nobody comes, and goes on when it is resumed", async () => {
  const editor = createEditor();
  editor.isOpen = false;
  await open(editor);
  const runId = await engine.start("Fix the typo in README.md");
  expect(await engine.ended(runId)).toMatchObject({ status: "failed", error: { code: "model.no_client" } });
  const noticed = (await engine.events(runId)).find(({ body }) => body.type === "run.noticed");
  expect(noticed?.body).toMatchObject({ code: "model.waits", message: "No connected editor offers a model." });
  editor.isOpen = true;
  await engine.service.resume({ runId }, { name: "test" });
  expect(await engine.until(runId, ({ status }) => status === "done")).toMatchObject({ answer: "Fixed.", error: null });
});

it("asks for no answer twice that is on record", async () => {
  const editor = createEditor();
  let held: (() => void) | undefined;
  const last: EditorModels = {
    async ask(call, options) {
      if (call.messages.length > 3 && held === undefined)
        await new Promise<void>((resolve, reject) => {
          held = resolve;
          options.signal.addEventListener("abort", () => reject(options.signal.reason), { once: true });
          reached();
        });
      return editor.ask(call, options);
    },
  };
  let reached = () => {};
  const waiting = new Promise<void>((resolve) => {
    reached = resolve;
  });
  await open(last);
  const runId = await engine.start("Fix the typo in README.md");
  await waiting;
  await engine.restart();
  expect(await engine.ended(runId)).toMatchObject({ status: "done" });
  expect(editor.calls).toHaveLength(3);
});
