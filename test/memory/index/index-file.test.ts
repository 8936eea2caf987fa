import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { createIndexRows } from "../../../daemon/memory/index/index-rows.ts";
import { connect } from "../../../daemon/store/connection.ts";
import { openIndexFile } from "../../../daemon/store/index-file.ts";
import { temporaryFolder } from "../sources/workspace.ts";

/** An index file with 300 paths in it. */
async function made(): Promise<string> {
  const file = join(temporaryFolder(), "deep", "index.db");
  const { connection, discarded } = await openIndexFile(file);
  expect(discarded).toBeUndefined();
  const rows = createIndexRows(connection);
  const view = rows.addView("/w", 1);
  const blob = { kind: "text", language: null, bytes: 1, lines: 1, symbols: 0, document: 0, facts: null } as const;
  const { blobs } = rows.addContents(null, [{ ...blob, name: "a.ts" }]);
  const entries = Array.from({ length: 300 }, (_, number) => ({ path: `src/${number}.ts`, blob: blobs[0]?.id ?? 0 }));
  rows.setEntries(view, entries);
  connection.close();
  return file;
}

async function opened(file: string) {
  const { connection, discarded } = await openIndexFile(file);
  const rows = createIndexRows(connection);
  const paths = rows.views().flatMap(({ id }) => rows.entries(id)).length;
  connection.close();
  return { discarded, paths };
}

it("is opened again with what is in it", async () => {
  expect(await opened(await made())).toEqual({ discarded: undefined, paths: 300 });
});

it("is made anew, and says so, when a page is damaged", async () => {
  const file = await made();
  const bytes = readFileSync(file);
  for (let at = 4096; at < bytes.length; at += 4096) bytes.fill(0xa5, at, at + 300);
  writeFileSync(file, bytes);
  const { discarded, paths } = await opened(file);
  expect(discarded).toMatch(/malformed|page|Tree/i);
  expect(paths).toBe(0);
  expect(await opened(file)).toEqual({ discarded: undefined, paths: 0 });
});

it.each([
  ["no database", (file: string) => writeFileSync(file, "not a database at all ".repeat(500)), /not a database/],
  ["half a database", (file: string) => truncateSync(file, 8192), /malformed|page|Tree|image/i],
  ["another program's", (file: string) => run(file, "PRAGMA application_id = 7"), /not an index of Nexus/],
  ["a later version", (file: string) => run(file, "PRAGMA user_version = 99"), /version 99/],
])("is made anew, and says so, when it is %s", async (_name, spoil, why) => {
  const file = await made();
  spoil(file);
  const { discarded, paths } = await opened(file);
  expect(discarded).toMatch(why);
  expect(paths).toBe(0);
});

it("keeps what was committed when the log of writes is cut", async () => {
  const file = await made();
  const { connection } = await openIndexFile(file);
  createIndexRows(connection).addView("/second", 1);
  const copy = join(temporaryFolder(), "index.db");
  writeFileSync(copy, readFileSync(file));
  const log = readFileSync(`${file}-wal`);
  writeFileSync(`${copy}-wal`, log.subarray(0, log.length - 100));
  connection.close();
  expect(await opened(copy)).toEqual({ discarded: undefined, paths: 300 });
});

it("says what is wrong where it cannot be made", async () => {
  const file = join(temporaryFolder(), "index.db");
  mkdirSync(file);
  await expect(openIndexFile(file)).rejects.toThrow();
  const below = join(temporaryFolder(), "file", "index.db");
  writeFileSync(dirname(below), "");
  await expect(openIndexFile(below)).rejects.toThrow();
});

it("never gives a number twice", async () => {
  const { connection } = await openIndexFile(join(temporaryFolder(), "index.db"));
  const rows = createIndexRows(connection);
  const first = rows.addView("/a", 1);
  rows.deleteView(first);
  expect(rows.addView("/b", 1)).toBeGreaterThan(first);
  connection.close();
});

it("tells the first error of a transaction that SQLite has rolled back itself", () => {
  const statements: string[] = [];
  const rows = createIndexRows({
    execute(sql) {
      statements.push(sql.split(" ")[0] ?? "");
      if (sql.startsWith("INSERT")) throw new Error("database or disk is full");
      if (sql === "ROLLBACK") throw new Error("no transaction is active");
      return [];
    },
    close() {},
  });
  const blob = { kind: "text", language: null, bytes: 1, lines: 1, symbols: 0, document: 0, facts: null } as const;
  expect(() => rows.addContents(null, [{ ...blob, name: "a" }])).toThrow("disk is full");
  expect(statements).toEqual(["BEGIN", "INSERT", "ROLLBACK"]);
});

it("forgets the parts of one key's beginning alone", async () => {
  const { connection } = await openIndexFile(join(temporaryFolder(), "index.db"));
  const rows = createIndexRows(connection);
  for (const key of ["/a:x", "/a:y", "/ab:x", "/a%:x"]) rows.setPart(key, Uint8Array.of(1));
  rows.deleteParts("/a:");
  expect(["/a:x", "/a:y", "/ab:x", "/a%:x"].map((key) => rows.part(key) !== undefined)).toEqual([
    ...[false, false, true, true],
  ]);
  connection.close();
});

function run(file: string, sql: string): void {
  const connection = connect(file, { readOnly: false });
  connection.execute(sql, []);
  connection.close();
}
