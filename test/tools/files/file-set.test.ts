/** What several files have in common when they are changed together. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { prepareSet } from "../../../daemon/tools/files/file-set.ts";
import { contextOf, get, makeFolder, put } from "../workspace.ts";

const outcome = { ok: true as const, output: "done", summary: "done" };

function planned(root: string, path: string, content: string | null) {
  const before = null;
  return { path, absolute: join(root, path), before, content: content === null ? null : Buffer.from(content) };
}

function prepared(root: string, ...files: ReturnType<typeof planned>[]) {
  const set = prepareSet(files, outcome, contextOf(root));
  if ("ok" in set) throw new Error(set.error.message);
  return set;
}

it("is refused where nothing would change, and where no record of it can be kept", () => {
  const root = makeFolder({});
  expect(prepareSet([], outcome, contextOf(root))).toMatchObject({ ok: false, error: { code: "tool.failed" } });
  const { editJournal, ...without } = contextOf(root);
  expect(editJournal).toBeDefined();
  expect(prepareSet([planned(root, "a", "x")], outcome, without)).toMatchObject({ ok: false });
});

it("writes all, or says which file is not as it was and writes none", async () => {
  const root = makeFolder({});
  expect(await prepared(root, planned(root, "a", "x"), planned(root, "b", "y")).apply()).toBe(outcome);
  expect([get(root, "a"), get(root, "b")]).toEqual(["x", "y"]);
  const stale = prepared(root, planned(root, "c", "z"), planned(root, "d", "z"));
  put(root, "d", "the user's");
  const refused = await stale.apply();
  expect(refused).toMatchObject({
    ok: false,
    error: { code: "edit.stale", message: expect.stringContaining("d: no") },
  });
  expect([existsSync(join(root, "c")), get(root, "d")]).toEqual([false, "the user's"]);
});

it("says why files cannot be written, with none changed", async () => {
  const root = makeFolder({ file: "x" });
  const context = contextOf(root, { editJournal: join(root, "file", "journal") });
  const set = prepareSet([planned(root, "e", "x")], outcome, context);
  if ("ok" in set) throw new Error(set.error.message);
  expect(await set.apply()).toMatchObject({
    ok: false,
    error: { code: "tool.failed", message: expect.stringContaining("a part of the path is a file, not a folder") },
  });
  expect(existsSync(join(root, "e"))).toBe(false);
});

it("throws what no one expects", async () => {
  const root = makeFolder({});
  await expect(prepared(root, planned(root, "e", "x"), planned(root, "f\0", "y")).apply()).rejects.toThrow(
    "null bytes",
  );
  expect(existsSync(join(root, "e"))).toBe(false);
});
