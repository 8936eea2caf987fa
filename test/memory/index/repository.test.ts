import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { connect } from "../../../daemon/store/connection.ts";
import { type Workspace as Files, repository, temporaryFolder } from "../sources/workspace.ts";
import { contentsOf, NEVER, openIndexes } from "./world.ts";

function filled(files = 12): Files {
  const workspace = repository();
  for (let number = 0; number < files; number++)
    workspace.write(`src/file-${number}.ts`, `export function add${number}() {\n  return renderTotal(${number});\n}\n`);
  workspace.commit();
  return workspace;
}

/** The only index in the folder. */
function databaseOf(folder: string): string {
  const file = readdirSync(folder)
    .map((name) => join(folder, name, "index.db"))
    .find((each) => existsSync(each));
  if (file === undefined) throw new Error("there is no index");
  return file;
}

async function indexed(files: Files): Promise<string> {
  const folder = temporaryFolder();
  const { updated, workspaces } = openIndexes(folder);
  await updated(files.root);
  await workspaces.close();
  return folder;
}

async function freshContents(files: Files) {
  const { updated, workspaces } = openIndexes(temporaryFolder());
  const contents = contentsOf(await updated(files.root));
  await workspaces.close();
  return contents;
}

it.each([
  ["a segment", "UPDATE segments SET bytes = zeroblob(length(bytes)) WHERE id = (SELECT min(id) FROM segments)"],
  [
    "one bit of a segment",
    "UPDATE segments SET bytes = CAST(substr(bytes, 1, 99) || x'fe' || substr(bytes, 101) AS BLOB)",
  ],
  ["a segment's row", "DELETE FROM segments WHERE id = (SELECT min(id) FROM segments)"],
  ["places of contents", "UPDATE blobs SET document = 9999 WHERE id % 3 = 0"],
  ["vectors", "UPDATE segments SET vectors = x'00'"],
  ["the scan", "UPDATE parts SET bytes = x'7b7d' WHERE key LIKE 'scan:%'"],
  ["every part", "UPDATE parts SET bytes = x'ff00ff'"],
  ["the paths", "UPDATE entries SET blob = 1"],
  ["paths without contents", "UPDATE entries SET blob = 100000 + blob"],
])("reads again what cannot be used: damage to %s", async (_name, sql) => {
  const files = filled();
  const folder = await indexed(files);
  const connection = connect(databaseOf(folder), { readOnly: false });
  connection.execute(sql, []);
  connection.close();
  const { updated, workspaces } = openIndexes(folder);
  expect(contentsOf(await updated(files.root))).toEqual(await freshContents(files));
  await workspaces.close();
});

it("answers from damaged facts with empty ones", async () => {
  const files = filled();
  const folder = await indexed(files);
  const connection = connect(databaseOf(folder), { readOnly: false });
  connection.execute("UPDATE blobs SET facts = x'ffffff'", []);
  connection.close();
  const { updated, workspaces } = openIndexes(folder);
  const { view } = await updated(files.root);
  expect(view.facts("src/file-1.ts")).toMatchObject({ language: "typescript", symbols: [] });
  await workspaces.close();
});

it("goes on with damaged rows of the words' table, and reads those contents again at the next start", async () => {
  const files = filled();
  const folder = await indexed(files);
  const connection = connect(databaseOf(folder), { readOnly: false });
  connection.execute("UPDATE segments SET chunk_rows = x'ffffffffffff7f', vectors = NULL, generation = 0", []);
  connection.close();
  const first = openIndexes(folder);
  const index = await first.updated(files.root);
  expect(index.view.mentioning("renderTotal")).toHaveLength(12);
  index.repository.dropUnused();
  await first.workspaces.close();
  const second = openIndexes(folder);
  expect(contentsOf(await second.updated(files.root))).toEqual(await freshContents(files));
  await second.workspaces.close();
});

it("keeps the number of segments small however often files are saved", async () => {
  const files = filled(3);
  const { updated, workspaces } = openIndexes(temporaryFolder());
  const index = await updated(files.root);
  for (let save = 0; save < 60; save++) {
    files.write("src/file-1.ts", `export const version = ${save};\n`);
    await index.update(NEVER, ["src/file-1.ts"]);
  }
  expect(index.repository.segments().length).toBeLessThanOrEqual(13);
  const contents = index.repository.segments().reduce((sum, { memory }) => sum + memory.segment.documents, 0);
  expect(contents).toBeLessThan(20);
  expect(contentsOf(index)).toEqual(await freshContents(files));
  await workspaces.close();
});

it("shows the disk again after a start that follows an unsaved text", async () => {
  const files = filled(3);
  const folder = temporaryFolder();
  const first = openIndexes(folder);
  const index = await first.updated(files.root);
  await index.updateUnsaved("src/file-1.ts", "const unsavedWord = 1;\n", NEVER);
  expect(index.view.mentioning("unsavedWord")).toEqual(["src/file-1.ts"]);
  await first.workspaces.close();
  const second = openIndexes(folder);
  expect((await second.updated(files.root)).view.mentioning("unsavedWord")).toEqual([]);
  await second.workspaces.close();
});

it("finds unsaved texts, and the disk's when they are closed", async () => {
  const files = filled(3);
  const { updated, workspaces } = openIndexes(temporaryFolder());
  const index = await updated(files.root);
  await index.updateUnsaved("src/file-1.ts", "const unsavedWord = 1;\n", NEVER);
  await index.updateUnsaved("src/none.ts", "const unsavedWord = 1;\n", NEVER);
  expect(index.view.mentioning("unsavedWord")).toEqual(["src/file-1.ts"]);
  expect(index.view.facts("src/file-1.ts")?.symbols.map(({ name }) => name)).toEqual(["unsavedWord"]);
  await index.update(NEVER);
  expect(index.view.mentioning("unsavedWord")).toEqual(["src/file-1.ts"]);
  await index.updateUnsaved("src/file-1.ts", null, NEVER);
  expect(index.view.mentioning("unsavedWord")).toEqual([]);
  expect(index.view.mentioning("add1")).toEqual(["src/file-1.ts"]);
  await workspaces.close();
});
