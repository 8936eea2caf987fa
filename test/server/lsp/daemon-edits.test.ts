/** Accepted changes that the daemon asks the editor to put into unsaved text. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createScene, NEW_CLIENT, type Scene } from "./scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await createScene();
});
afterEach(() => scene.close());

const HUNK = { line: 1, before: ["two", "three"], after: ["zwei", "three"] };

async function ask(...files: { path: string; hunks: (typeof HUNK)[] }[]) {
  await vi.waitFor(() => expect(scene.clients.able("client/applyEdit")).toHaveLength(1));
  const [face] = scene.clients.list();
  const edit = { runId: "run-1", workspace: scene.folder, title: "Write zwei", files };
  return face?.ask("client/applyEdit", edit, { timeoutMs: 30_000 });
}

async function opened(path: string, text: string, version: number): Promise<string> {
  const uri = await scene.open(path, "one\ntwo\nthree\n");
  const change = { textDocument: { uri, version }, contentChanges: [{ text }] };
  await scene.client.sendNotification("textDocument/didChange", change);
  await readSoFar();
  return uri;
}

/** Answered after the face has read what came before. */
async function readSoFar(): Promise<void> {
  await scene.client.sendRequest("nexus/nothing").catch(() => undefined);
}

it("become one edit of all documents, where their lines are now, for the versions that were looked at", async () => {
  await scene.start(NEW_CLIENT);
  const first = await opened("src/a.ts", "mine\r\none\r\ntwo\r\nthree\r\n", 7);
  const second = await opened("src/b.ts", "one\ntwo\nthree", 3);
  scene.replies["workspace/applyEdit"] = () => ({ applied: true });
  const end = { line: 1, before: ["two", "three"], after: ["two", "three", "four"] };
  expect(await ask({ path: "src/a.ts", hunks: [HUNK] }, { path: "src/b.ts", hunks: [end] })).toEqual({ applied: true });
  const { params } = await scene.until(({ method }) => method === "workspace/applyEdit");
  const at = (line: number, character: number) => ({ line, character });
  expect(params.edit).toEqual({
    documentChanges: [
      {
        textDocument: { uri: first, version: 7 },
        edits: [{ range: { start: at(2, 0), end: at(3, 0) }, newText: "zwei\r\n" }],
      },
      {
        textDocument: { uri: second, version: 3 },
        edits: [{ range: { start: at(2, 5), end: at(2, 5) }, newText: "\nfour" }],
      },
    ],
  });
  const message =
    "Nexus: “Write zwei” is now in your unsaved src/a.ts, src/b.ts. Save to keep it, undo to take it out.";
  await scene.until(({ method, params: said }) => method === "window/showMessage" && said.message === message);
});

it("are not asked of the editor where one document cannot take its part, or has it already", async () => {
  await scene.start(NEW_CLIENT);
  await opened("src/a.ts", "one\nzwei\nthree\n", 2);
  await opened("src/b.ts", "one\n2\nthree\n", 2);
  expect(await ask({ path: "src/a.ts", hunks: [HUNK] })).toEqual({ applied: true });
  const both = [
    { path: "src/a.ts", hunks: [HUNK] },
    { path: "src/b.ts", hunks: [HUNK] },
  ];
  const reason = "the lines around line 2 were changed there";
  expect(await ask(...both)).toEqual({ applied: false, path: "src/b.ts", reason });
  expect(await ask({ path: "src/none.ts", hunks: [HUNK] })).toMatchObject({ applied: false, path: "src/none.ts" });
  expect(scene.told.map(({ method }) => method)).not.toContain("workspace/applyEdit");
});

/** The editor's person types before each of its answers, of which the last is repeated. */
async function typedOnBefore(...answers: boolean[]): Promise<string> {
  await scene.start(NEW_CLIENT);
  const uri = await opened("src/a.ts", "mine\none\ntwo\nthree\n", 2);
  let version = 2;
  scene.replies["workspace/applyEdit"] = async () => {
    const contentChanges = [{ text: `${"more\n".repeat(version)}one\ntwo\nthree\n` }];
    version += 1;
    await scene.client.sendNotification("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
    return { applied: answers.length > 1 ? answers.shift() : answers[0] };
  };
  return uri;
}

const told = () => scene.memory.calls.filter(({ name }) => name === "unsaved").map(({ params }) => params["text"]);
const asked = () => scene.told.filter(({ method }) => method === "workspace/applyEdit");

it("are placed anew where the person typed on meanwhile", async () => {
  const uri = await typedOnBefore(false, true);
  expect(await ask({ path: "src/a.ts", hunks: [HUNK] })).toEqual({ applied: true });
  const range = { start: { line: 3, character: 0 }, end: { line: 4, character: 0 } };
  expect(asked().at(-1)?.params.edit).toEqual({
    documentChanges: [{ textDocument: { uri, version: 3 }, edits: [{ range, newText: "zwei\n" }] }],
  });
});

it("are refused where the person types on and on", async () => {
  await typedOnBefore(false);
  const reason = expect.stringContaining("typed on meanwhile");
  expect(await ask({ path: "src/a.ts", hunks: [HUNK] })).toEqual({ applied: false, reason });
  expect(asked()).toHaveLength(2);
});

it.each([
  ["does not take them", NEW_CLIENT, "the editor did not take the change"],
  ["cannot be told of edits", {}, "cannot be told of edits"],
])("are refused where the editor %s", async (_, capabilities, reason) => {
  await scene.start(capabilities);
  await opened("src/a.ts", "mine\none\ntwo\nthree\n", 2);
  scene.replies["workspace/applyEdit"] = () => ({ applied: false });
  expect(await ask({ path: "src/a.ts", hunks: [HUNK] })).toEqual({
    applied: false,
    reason: expect.stringContaining(reason),
  });
});

it("are refused where the text was saved meanwhile, which the daemon is told first; but what was put in is taken out again", async () => {
  await scene.start(NEW_CLIENT);
  const uri = await opened("src/a.ts", "mine\none\ntwo\nthree\n", 2);
  await expect.poll(told).toEqual(["mine\none\ntwo\nthree\n"]);
  await scene.client.sendNotification("textDocument/didSave", { textDocument: { uri } });
  await readSoFar();
  const edit = { path: "src/a.ts", hunks: [HUNK] };
  expect(await ask(edit)).toEqual({ applied: false, path: "src/a.ts", reason: "it was saved meanwhile" });
  expect(told().at(-1)).toBeNull();
  scene.replies["workspace/applyEdit"] = () => ({ applied: true });
  const [face] = scene.clients.list();
  const again = { runId: "run-1", workspace: scene.folder, title: "Taken back", files: [edit], takesBack: true };
  expect(await face?.ask("client/applyEdit", again, { timeoutMs: 30_000 })).toEqual({ applied: true });
});

it("are refused where the document was closed meanwhile, which the daemon is told first", async () => {
  await scene.start(NEW_CLIENT);
  const uri = await opened("src/a.ts", "mine\none\ntwo\nthree\n", 2);
  await expect.poll(told).toEqual(["mine\none\ntwo\nthree\n"]);
  await scene.client.sendNotification("textDocument/didClose", { textDocument: { uri } });
  await readSoFar();
  const reason = "it is not open in this editor any more";
  expect(await ask({ path: "src/a.ts", hunks: [HUNK] })).toEqual({ applied: false, path: "src/a.ts", reason });
  expect(told().at(-1)).toBeNull();
});
