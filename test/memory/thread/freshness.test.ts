import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { plainFolder, repository, temporaryFolder, type Workspace } from "../sources/workspace.ts";
import { serviceOf } from "./service.ts";

function filled(files = 3): Workspace {
  const workspace = repository();
  for (let number = 0; number < files; number++)
    workspace.write(`src/file-${number}.ts`, `export function add${number}() {\n  return renderTotal(${number});\n}\n`);
  workspace.commit();
  return workspace;
}

/** Of all tests that need none of their own: a memory thread takes a second to start. */
const shared = serviceOf({ home: mkdtempSync(join(tmpdir(), "nexus-freshness-")), ends: afterAll });
afterAll(() => rmSync(shared.home, { recursive: true, force: true, maxRetries: 3 }));

const pathsIn = (answer: { readonly results: readonly { readonly path: string }[] }) =>
  answer.results.map(({ path }) => path);

it("finds what was saved, renamed and deleted after the index was made", async () => {
  const files = filled();
  const { index, search, until } = shared;
  await index(files.root);
  const symbols = async (name: string) => pathsIn(await search(files.root, name, { mode: "symbol" }));
  files.write("src/new.ts", "export function brandNew() {}\n");
  expect(
    await until(
      () => symbols("brandNew"),
      (paths) => paths.length > 0,
    ),
  ).toEqual(["src/new.ts"]);
  execFileSync("mv", ["src/new.ts", "src/other.ts"], { cwd: files.root });
  await until(
    () => symbols("brandNew"),
    (paths) => paths[0] === "src/other.ts",
  );
  files.remove("src/other.ts");
  await until(
    () => symbols("brandNew"),
    (paths) => paths.length === 0,
  );
});

it("follows a switch of branches", async () => {
  const files = filled();
  files.git("checkout", "-q", "-b", "topic");
  files.write("src/topic.ts", "export const onTopic = 1;\n");
  files.commit();
  files.git("checkout", "-q", "main");
  const { index, search, status, until } = shared;
  await index(files.root);
  files.git("checkout", "-q", "topic");
  const found = async () => pathsIn(await search(files.root, "onTopic", { mode: "symbol" }));
  expect(await until(found, (paths) => paths.length > 0)).toEqual(["src/topic.ts"]);
  expect((await status(files.root)).branch).toBe("topic");
});

it("finds an unsaved text, and what is on disk again when it is closed", async () => {
  const files = filled();
  const { service, call, index, search } = shared;
  await index(files.root);
  const found = async () => pathsIn(await search(files.root, "typedJustNow", { mode: "symbol" }));
  const path = "src/file-1.ts";
  await service.unsaved({ workspace: files.root, path, text: "export const typedJustNow = 1;\n" }, call());
  expect(await found()).toEqual([path]);
  await service.unsaved({ workspace: files.root, path, text: null }, call());
  expect(await found()).toEqual([]);
  expect(pathsIn(await search(files.root, "add1", { mode: "symbol" }))).toContain(path);
});

it("does not begin to index because somebody types", async () => {
  const files = filled();
  const { service, call, status } = shared;
  await service.unsaved({ workspace: files.root, path: "src/file-1.ts", text: "x" }, call());
  expect((await status(files.root)).state).toBe("none");
});

it("lets two clients share one update, and goes on for one when the other cancels", async () => {
  const files = filled(40);
  const { index } = shared;
  const controller = new AbortController();
  const cancelled = index(files.root, controller.signal);
  const [first, second] = [index(files.root), index(files.root)];
  controller.abort(new Error("enough"));
  await expect(cancelled).rejects.toThrow("enough");
  expect([(await first).files, (await second).files]).toEqual([40, 40]);
  expect((await first).wallMs).toBeCloseTo((await second).wallMs, -3);
});

it("can be cancelled by all, and asked again", async () => {
  const files = filled(40);
  const { index, status } = shared;
  const controller = new AbortController();
  const both = [index(files.root, controller.signal), index(files.root, controller.signal)];
  controller.abort(new Error("enough"));
  for (const each of both) await expect(each).rejects.toThrow("enough");
  expect((await index(files.root)).files).toBe(40);
  expect((await status(files.root)).problem).toBeNull();
});

it("forgets a workspace, and indexes it again when it is asked about", async () => {
  const files = filled();
  const { service, call, index, status, search, until } = shared;
  await index(files.root);
  expect((await service.forget({ workspace: files.root }, call())).freedBytes).toBeGreaterThanOrEqual(0);
  expect(await status(files.root)).toMatchObject({ state: "none", files: 0, watching: false });
  expect(pathsIn(await search(files.root, "add1", { mode: "symbol" }))[0]).toBe("src/file-1.ts");
  files.write("src/later.ts", "export const muchLater = 1;\n");
  const found = async () => pathsIn(await search(files.root, "muchLater", { mode: "symbol" }));
  await until(found, (paths) => paths.length > 0);
});

it("hears of saves after a rebuild too", async () => {
  const files = filled();
  const { service, call, index, search, until } = shared;
  await index(files.root);
  const rebuilt = await service.index({ workspace: files.root, rebuild: true }, call());
  expect(rebuilt).toMatchObject({ files: 3, reused: 0 });
  files.write("src/later.ts", "export const muchLater = 1;\n");
  const found = async () => pathsIn(await search(files.root, "muchLater", { mode: "symbol" }));
  expect(await until(found, (paths) => paths.length > 0)).toEqual(["src/later.ts"]);
});

it("starts where it was left, and reads nothing again", async () => {
  const files = filled(20);
  const home = temporaryFolder();
  const first = serviceOf({ home });
  expect(await first.index(files.root)).toMatchObject({ files: 20, reused: 0 });
  await first.service.close();
  const second = serviceOf({ home });
  expect(await second.index(files.root)).toMatchObject({ files: 20, reused: 20, degraded: [] });
});

it("answers about a folder without git", async () => {
  const files = plainFolder();
  files.write("a.ts", "export const alone = 1;\n");
  const { search } = shared;
  expect(pathsIn(await search(files.root, "alone", { mode: "symbol" }))).toEqual(["a.ts"]);
});

it("is busy only while it works", async () => {
  const files = filled();
  const { service, index } = serviceOf();
  expect(service.busy).toBe(false);
  const done = index(files.root);
  expect(service.busy).toBe(true);
  await done;
  expect(service.busy).toBe(false);
});
