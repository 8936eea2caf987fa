/** Accepting over text that somebody has not saved: changed in the editor, or a conflict that names it; never below it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { hashOf } from "../../daemon/host/files.ts";
import type { ChangesPort } from "../../daemon/orchestration/changes/changes.ts";
import { changeOpenDocuments, type OpenDocuments } from "../../daemon/orchestration/open-documents.ts";
import { placeHunks } from "../../protocol/hunks.ts";
import { type Engine, type EngineOptions, startEngine, writeFiles } from "../support/engine.ts";
import type { Reply, Script } from "../support/scripted/script.ts";

let opened: Engine | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function open(options: EngineOptions): Promise<Engine> {
  opened = await startEngine(options);
  return opened;
}

const BASE = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";
const RESULT = BASE.replace("two", "TWO");

/** Editors whose text is in `buffers`, by client and path. */
function createEditors(takesEdits: (client: string) => boolean = () => true) {
  const buffers = new Map<string, string>();
  const keyOf = (client: string, path: string) => `${client}\n${path}`;
  const asked: string[] = [];
  const documents: OpenDocuments = {
    unsaved: (_, paths) =>
      [...buffers].flatMap(([key, text]) => {
        const [clientId = "", path = ""] = key.split("\n");
        if (!paths.includes(path)) return [];
        return [{ path, sha256: hashOf(text), by: `Editor ${clientId}`, clientId, takesEdits: takesEdits(clientId) }];
      }),
    async applyEdit(client, { files, title }) {
      asked.push(title);
      const changed = new Map<string, string>();
      for (const { path, hunks } of files) {
        const lines = (buffers.get(keyOf(client, path)) ?? "").split("\n");
        const placed = placeHunks(lines, hunks);
        if (!placed.ok) return { applied: false, path, reason: `line ${placed.line + 1} was changed` };
        for (const edit of placed.edits.toReversed()) lines.splice(edit.start, edit.end - edit.start, ...edit.lines);
        changed.set(keyOf(client, path), lines.join("\n"));
      }
      for (const [key, text] of changed) buffers.set(key, text);
      return { applied: true };
    },
  };
  return {
    ...{ documents, asked },
    type: (client: string, path: string, text: string) => void buffers.set(keyOf(client, path), text),
    close: (client: string, path: string) => void buffers.delete(keyOf(client, path)),
    text: (client: string, path: string) => buffers.get(keyOf(client, path)),
  };
}

function call(tool: string, ...inputs: unknown[]): Reply {
  return { toolCalls: inputs.map((input) => ({ tool, arguments: input })) };
}

/** Replaces a text in files that it has read. */
function script(search: string, replace: string, ...paths: string[]): Script {
  return [
    { when: { turn: 0 }, reply: call("read_file", ...paths.map((path) => ({ path }))) },
    { when: { turn: 1 }, reply: call("edit_file", ...paths.map((path) => ({ path, edits: [{ search, replace }] }))) },
    { when: { turn: 2 }, reply: { text: "Done." } },
  ];
}

const DIFF = "@@ -1,5 +1,5 @@\n one\n-two\n+TWO\n three\n four\n five\n";
const CHANGE_SET = { baseCommit: "0", resultCommit: "1", files: [] };

/** A change of two to TWO in every file. */
function putInto(documents: OpenDocuments, ...paths: string[]) {
  return putIntoFolder("/work", documents, ...paths);
}

function putIntoFolder(workspace: string, documents: OpenDocuments, ...paths: string[]) {
  const changes = {
    diff: async (_: string, __: unknown, path: string) => ({
      ...{ path, status: "modified" as const, binary: false, truncated: false, patch: DIFF },
    }),
    file: async (_: string, __: unknown, ___: string, side: "before" | "after") => (side === "before" ? BASE : RESULT),
  } as unknown as ChangesPort;
  const state = { changeSet: CHANGE_SET, decisions: {}, applying: [], conflicts: [], supersededBy: null };
  const run = { runId: "run-1", workspace, prompt: "Write TWO" };
  return changeOpenDocuments({ changes, documents }, run, state, paths);
}

describe("a change of a file that one editor has open", () => {
  it("goes into its text, all files or none", async () => {
    const editors = createEditors();
    editors.type("1", "a.txt", `${BASE}typed\n`);
    editors.type("1", "b.txt", BASE.replace("two", "2"));
    const { conflicts, inEditor } = await putInto(editors.documents, "a.txt", "b.txt");
    const reason = "Editor 1 has unsaved changes in it: line 1 was changed";
    expect([conflicts, inEditor]).toEqual([[{ path: "b.txt", reason }], []]);
    expect(editors.text("1", "a.txt")).toBe(`${BASE}typed\n`);
    expect(await putInto(editors.documents, "a.txt")).toMatchObject({ conflicts: [], inEditor: ["a.txt"] });
    expect(editors.text("1", "a.txt")).toBe(`${RESULT}typed\n`);
  });

  it("counts as made where it stands there already, as after a daemon that died", async () => {
    const editors = createEditors();
    editors.type("1", "a.txt", `${RESULT}typed\n`);
    expect(await putInto(editors.documents, "a.txt")).toMatchObject({ conflicts: [], inEditor: ["a.txt"] });
    expect(editors.text("1", "a.txt")).toBe(`${RESULT}typed\n`);
  });

  it.each([
    ["as it was before the run", BASE],
    ["as the run made it", RESULT],
  ])("is written as ever when the text is %s", async (_, text) => {
    const editors = createEditors();
    editors.type("1", "a.txt", text);
    expect(await putInto(editors.documents, "a.txt")).toMatchObject({ conflicts: [], inEditor: [] });
    expect(editors.asked).toEqual([]);
  });

  it("is a conflict where the editor takes no edits, or others have another text of it", async () => {
    const editors = createEditors((client) => client === "1");
    editors.type("1", "a.txt", `${BASE}typed\n`);
    editors.type("2", "b.txt", `${BASE}typed\n`);
    expect((await putInto(editors.documents, "b.txt")).conflicts).toEqual([unsaved("b.txt", "2")]);
    const both = [unsaved("a.txt", "1"), unsaved("b.txt", "2")];
    expect((await putInto(editors.documents, "a.txt", "b.txt")).conflicts).toEqual(both);
    editors.type("2", "a.txt", `${BASE}typed too\n`);
    const reason = "Editor 1 and Editor 2 have unsaved changes in it: save or revert them there";
    expect((await putInto(editors.documents, "a.txt")).conflicts).toEqual([{ path: "a.txt", reason }]);
    expect(editors.asked).toEqual([]);
  });

  it("goes into it where the editor tells the same text over another connection that takes no edits", async () => {
    const editors = createEditors((client) => client === "2");
    for (const client of ["1", "2"]) editors.type(client, "a.txt", `${BASE}typed\n`);
    expect(await putInto(editors.documents, "a.txt")).toMatchObject({ conflicts: [], inEditor: ["a.txt"] });
    expect([editors.text("1", "a.txt"), editors.text("2", "a.txt")]).toEqual([`${BASE}typed\n`, `${RESULT}typed\n`]);
  });

  it("is written as ever where the text was saved, which its editor has not told yet", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nexus-open-"));
    writeFiles(folder, { "a.txt": `${BASE}typed\n` });
    const editors = createEditors();
    editors.type("1", "a.txt", `${BASE}typed\n`);
    expect(await putIntoFolder(folder, editors.documents, "a.txt")).toMatchObject({ conflicts: [], inEditor: [] });
    expect(editors.asked).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it("is looked at again where the editor says no, and tells that its text is saved or another one", async () => {
    const editors = createEditors();
    editors.type("1", "a.txt", `${BASE}older\n`);
    editors.type("2", "a.txt", `${BASE}older\n`);
    const texts: Record<string, string | undefined> = { 2: `${BASE}newer\n` };
    const { applyEdit } = editors.documents;
    const documents: OpenDocuments = {
      ...editors.documents,
      async applyEdit(client, edit) {
        if (editors.text(client, "a.txt") === texts[client]) return applyEdit(client, edit);
        const text = texts[client];
        if (text === undefined) editors.close(client, "a.txt");
        else editors.type(client, "a.txt", text);
        return { applied: false, path: "a.txt", reason: "it was saved meanwhile" };
      },
    };
    expect(await putInto(documents, "a.txt")).toMatchObject({ conflicts: [], inEditor: ["a.txt"] });
    expect(editors.text("2", "a.txt")).toBe(`${RESULT}newer\n`);
    texts[2] = undefined;
    expect(await putInto(documents, "a.txt")).toMatchObject({ conflicts: [], inEditor: [] });
  });

  it("is a conflict where the editor says no and tells nothing new", async () => {
    const editors = createEditors();
    editors.type("1", "a.txt", `${BASE}typed\n`);
    let asked = 0;
    const applyEdit = async () => ({ applied: false, path: "a.txt", reason: `no, for the ${++asked}. time` });
    const { conflicts } = await putInto({ ...editors.documents, applyEdit }, "a.txt");
    expect(conflicts).toEqual([{ path: "a.txt", reason: expect.stringContaining("no, for the 1. time") }]);
  });

  it("is a conflict where the editor does not answer", async () => {
    const editors = createEditors();
    editors.type("1", "a.txt", `${BASE}typed\n`);
    const applyEdit = () => Promise.reject(new Error("The client went away."));
    const { conflicts } = await putInto({ ...editors.documents, applyEdit }, "a.txt");
    expect(conflicts).toEqual([{ path: "a.txt", reason: expect.stringContaining("The client went away.") }]);
  });

  it("is asked of an editor once that does not answer while its person types on, and again when it is gone", async () => {
    const editors = createEditors();
    editors.type("1", "a.txt", `${BASE}typed\n`);
    let isGone = false;
    let asked = 0;
    const applyEdit = async () => {
      asked += 1;
      if (isGone) editors.close("1", "a.txt");
      else editors.type("1", "a.txt", `${BASE}typed ${asked}\n`);
      throw new Error("It did not answer in 20 s.");
    };
    const documents = { ...editors.documents, applyEdit };
    const { conflicts } = await putInto(documents, "a.txt");
    expect(conflicts).toEqual([{ path: "a.txt", reason: expect.stringContaining("did not answer") }]);
    expect(asked).toBe(1);
    isGone = true;
    expect(await putInto(documents, "a.txt")).toMatchObject({ conflicts: [], inEditor: [] });
    expect(asked).toBe(2);
  });
});

const unsaved = (path: string, who: string) => {
  return { path, reason: `Editor ${who} has unsaved changes in it: save or revert them there` };
};

it("accepts into the editor and writes the rest, or neither: what the editor took is taken out again", async () => {
  const editors = createEditors();
  const files = { "a.txt": BASE, "b.txt": BASE };
  const engine = await open({ files, script: script("two", "TWO", "a.txt", "b.txt"), documents: editors.documents });
  const runId = await engine.start("Fix the typo in a.txt and b.txt");
  expect(await engine.ended(runId)).toMatchObject({ status: "done" });
  const accept = () => engine.service.accept({ runId }, { name: "somebody" });
  const changes = async () => (await engine.service.show({ runId })).run.changes;

  const typed = BASE.replace("six", "SIX and a half");
  editors.type("1", "a.txt", typed);
  writeFiles(engine.workspace, { "b.txt": "mine\n" });
  const { accepted, conflicts } = await accept();
  expect([accepted, conflicts.map(({ path }) => path)]).toEqual([[], ["b.txt"]]);
  expect(editors.text("1", "a.txt")).toBe(typed);
  expect(editors.asked).toEqual([expect.not.stringContaining("Taken back"), expect.stringContaining("Taken back")]);
  expect(await changes()).toMatchObject({ decisions: {}, conflicts: [{ path: "b.txt" }] });

  writeFiles(engine.workspace, { "b.txt": BASE });
  expect(await accept()).toEqual({ accepted: ["a.txt", "b.txt"], conflicts: [], inEditor: ["a.txt"] });
  expect(editors.text("1", "a.txt")).toBe(RESULT.replace("six", "SIX and a half"));
  expect([engine.read("a.txt"), engine.read("b.txt")]).toEqual([BASE, RESULT]);
  expect(await changes()).toMatchObject({ decisions: { "a.txt": "accepted", "b.txt": "accepted" }, conflicts: [] });
});

it("keeps the files as they were, so that an accept can be undone once the editor has saved", async () => {
  const editors = createEditors();
  const engine = await open({
    files: { "a.txt": BASE },
    script: script("two", "TWO", "a.txt"),
    documents: editors.documents,
  });
  const runId = await engine.start("Fix the typo in a.txt");
  await engine.ended(runId);
  editors.type("1", "a.txt", `${BASE}more\n`);
  await engine.service.accept({ runId }, { name: "somebody" });
  writeFiles(engine.workspace, { "a.txt": RESULT });
  await engine.service.rewind({ runId, to: { what: "before_accept" } }, { name: "somebody" });
  expect(engine.read("a.txt")).toBe(BASE);
});

it("is minded at the end of a run that was to apply its change itself", async () => {
  const editors = createEditors(() => false);
  editors.type("1", "README.md", "typed\n");
  const engine = await open({
    files: { "README.md": "# Notse\n" },
    script: script("Notse", "Notes", "README.md"),
    documents: editors.documents,
  });
  const runId = await engine.start("Fix the typo in README.md", { autoApply: true });
  const state = await engine.ended(runId);
  expect(state.changes).toMatchObject({ decisions: {}, conflicts: [unsaved("README.md", "1")] });
  expect(engine.read("README.md")).toBe("# Notse\n");
});
