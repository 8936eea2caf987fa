import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EditFiles } from "../../../daemon/host/edit-files.ts";
import { hashOf } from "../../../daemon/host/files.ts";
import { commitChanges, type FileChange, recoverEdits } from "../../../daemon/tools/files/edit-journal.ts";

const OLD = { "a.txt": "old a\n", "b/b.txt": "old b\n", "gone.txt": "old gone\n" };
const NEW = { "a.txt": "new a\n", "b/b.txt": "new b\n", "c/new.txt": "new c\n" };

function makeTree() {
  const folder = mkdtempSync(join(tmpdir(), "nexus-edits-"));
  const root = join(folder, "work");
  for (const [path, content] of Object.entries(OLD)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  chmodSync(join(root, "a.txt"), 0o755);
  const changes = ["a.txt", "c/new.txt", "b/b.txt", "gone.txt"].map((path) => {
    const [before, after] = [Reflect.get(OLD, path), Reflect.get(NEW, path)];
    return { absolute: join(root, path), before: before === undefined ? null : hashOf(before), content: after ?? null };
  });
  return { folder, root, journal: join(folder, "journal"), changes };
}

function read(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(root, name)).isFile(),
  );
  return Object.fromEntries(
    names.sort().map((name) => [name.replaceAll("\\", "/"), readFileSync(join(root, name), "utf8")]),
  );
}

const bytes = (changes: { absolute: string; before: string | null; content: string | null }[]): FileChange[] =>
  changes.map((change) => ({ ...change, content: change.content === null ? null : Buffer.from(change.content) }));

it("changes, makes and deletes files together, keeps modes, and leaves nothing behind", async () => {
  const { root, journal, changes } = makeTree();
  expect(await commitChanges(journal, "id", bytes(changes))).toEqual({ ok: true });
  expect(read(root)).toEqual(NEW);
  expect(statSync(join(root, "a.txt")).mode & 0o777).toBe(0o755);
  expect(readdirSync(journal)).toEqual([]);
});

it("changes nothing where one file is not what it was to be", async () => {
  const { root, journal, changes } = makeTree();
  writeFileSync(join(root, "gone.txt"), "changed\n");
  expect(await commitChanges(journal, "id", bytes(changes))).toEqual({ ok: false, changed: join(root, "gone.txt") });
  expect(read(root)).toEqual({ ...OLD, "gone.txt": "changed\n" });
  expect(readdirSync(journal)).toEqual([]);
});

it("a process killed at any rename or removal leaves all old or all new once it is recovered", {
  timeout: 300_000,
}, async () => {
  const child = join(fileURLToPath(new URL(".", import.meta.url)), "edit-journal-child.ts");
  // Each step takes a process: all of them are for whoever changes the journal.
  const which = process.env["NEXUS_KILL_AT_EVERY_STEP"] === "1" ? "all" : "";
  const ends = new Set<string>();
  let isOver = false;
  for (let step = 1; !isOver; step++) {
    const { folder, root, journal, changes } = makeTree();
    writeFileSync(join(folder, "changes.json"), JSON.stringify(changes));
    const { signal, status, stderr } = spawnSync(process.execPath, [child, folder, String(step), which], {
      encoding: "utf8",
    });
    isOver = signal === null;
    expect(isOver ? status : 0, stderr).toBe(0);
    const recovery = await recoverEdits(journal);
    expect(recovery.conflicts).toEqual([]);
    const found = read(root);
    const isNew = found["a.txt"] === "new a\n";
    expect(found, `step ${step}`).toEqual(isNew ? NEW : OLD);
    expect(existsSync(journal) ? readdirSync(journal) : []).toEqual([]);
    expect(await recoverEdits(journal)).toEqual({ finished: 0, undone: 0, conflicts: [] });
    ends.add(isNew ? "new" : "old");
  }
  expect(ends).toEqual(new Set(["old", "new"]));
});

/** Files in memory that fail, or stop for good, at one step. */
function memoryFiles(content: Map<string, string>, failAt: number, isDeath: boolean): EditFiles {
  let steps = 0;
  const step = () => {
    steps += 1;
    if (isDeath ? steps >= failAt : steps === failAt) throw new Error("no space left");
  };
  return {
    read: async (path) => (content.has(path) ? Buffer.from(content.get(path) ?? "") : undefined),
    mode: async (path) => (content.has(path) ? 0o644 : undefined),
    async write(path, bytes) {
      // A write that fails may have written a part.
      content.set(path, Buffer.from(bytes).toString().slice(0, 2));
      step();
      content.set(path, Buffer.from(bytes).toString());
    },
    async rename(from, to) {
      step();
      content.set(to, content.get(from) ?? "");
      content.delete(from);
    },
    async remove(path) {
      step();
      content.delete(path);
    },
    list: async (folder) =>
      [...content.keys()].filter((path) => dirname(path) === folder).map((path) => path.slice(folder.length + 1)),
  };
}

describe("whatever files change, and wherever it fails", () => {
  const change = fc.record({
    before: fc.option(fc.constantFrom("old 1", "old 2")),
    after: fc.option(fc.constantFrom("new 1", "new 2")),
  });
  const inputs = fc.tuple(
    fc.array(change, { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 1, max: 40 }),
    fc.boolean(),
    fc.option(fc.nat({ max: 4 })),
    fc.integer({ min: 1, max: 20 }),
  );

  it("all files are old or all are new, and a foreign one is never touched", async () => {
    await fc.assert(
      fc.asyncProperty(inputs, async ([list, failAt, isDeath, foreign, dieAgain]) => {
        const changes = list
          .map(({ before, after }, index) => ({ path: join("/w", `f${index}`), before, after }))
          .filter(({ before, after }) => before !== null || after !== null);
        const content = new Map<string, string>();
        for (const { path, before } of changes) if (before !== null) content.set(path, before);
        const list_ = changes.map(({ path, before, after }) => {
          return {
            absolute: path,
            before: before === null ? null : hashOf(before),
            content: after === null ? null : Buffer.from(after),
          };
        });
        await commitChanges("/j", "id", list_, memoryFiles(content, failAt, isDeath)).catch(() => undefined);
        const strange = foreign === null ? undefined : changes[foreign]?.path;
        if (strange !== undefined && isDeath) content.set(strange, "by somebody else");
        // Recovery may be killed as well, and begins again.
        await recoverEdits("/j", memoryFiles(content, dieAgain, true)).catch(() => undefined);
        const recovery = await recoverEdits("/j", memoryFiles(content, Number.POSITIVE_INFINITY, false));
        const found = changes.map(({ path }) => content.get(path) ?? null);
        const others = changes
          .map((each, index) => ({ ...each, found: found[index] }))
          .filter(({ path }) => path !== strange || !isDeath);
        expect(
          others.every((each) => each.found === each.before) || others.every((each) => each.found === each.after),
        ).toBe(true);
        if (strange !== undefined && isDeath) {
          expect(content.get(strange)).toBe("by somebody else");
          expect(recovery.conflicts.every((path) => path === strange)).toBe(true);
        }
        const left = [...content.keys()].filter((path) => path.startsWith("/j") || path.endsWith(".nexus-tmp"));
        expect(left).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

it("takes a record that nobody can read for none, and clears it away", async () => {
  const root = mkdtempSync(join(tmpdir(), "nexus-edits-"));
  writeFileSync(join(root, "a.txt"), "mine");
  const journal = join(root, "journal");
  mkdirSync(journal);
  writeFileSync(join(journal, "broken.json"), "{");
  writeFileSync(join(journal, "other.json"), JSON.stringify({ entries: [{ absolute: join(root, "a.txt") }] }));
  writeFileSync(join(journal, "x.before"), "left");
  writeFileSync(join(journal, "note.txt"), "somebody's");
  expect(await recoverEdits(journal)).toMatchObject({ undone: 0, conflicts: [] });
  expect(readdirSync(journal)).toEqual(["note.txt"]);
  expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("mine");
  expect(await recoverEdits(join(root, "missing"))).toEqual({ finished: 0, undone: 0, conflicts: [] });
});
