import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { checkMemory } from "../../daemon/cli/doctor-memory.ts";
import { openIndexFile } from "../../daemon/store/index-file.ts";

const MAIN = fileURLToPath(new URL("../../daemon/main.ts", import.meta.url));

function home(): string {
  const folder = mkdtempSync(join(tmpdir(), "nexus-doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const about = async (folder: string, name: string, main = MAIN) =>
  (await checkMemory({ home: folder, main })).find((check) => check.name === name);

it("finds nothing wrong where nothing was indexed, and with an index that is whole", async () => {
  const folder = home();
  expect(await about(folder, "code memory")).toMatchObject({
    status: "ok",
    message: "0 indexes, as they were written.",
  });
  const { connection } = await openIndexFile(join(folder, "memory", "0123", "index.db"));
  connection.close();
  expect(await about(folder, "code memory")).toMatchObject({ status: "ok", message: "1 index, as it was written." });
});

it("names an index that is damaged, and leaves it as it is", async () => {
  const folder = home();
  const file = join(folder, "memory", "0123", "index.db");
  mkdirSync(join(folder, "memory", "0123"), { recursive: true });
  writeFileSync(file, "this is no database, and it is long enough to be looked at".repeat(40));
  for (const _ of [1, 2])
    expect(await about(folder, "code memory")).toMatchObject({
      status: "warning",
      message: expect.stringContaining(file),
      hint: expect.stringContaining("made anew"),
    });
});

it("tells what parses code, and grammars that are not there", async () => {
  expect(await about(home(), "parsers")).toMatchObject({
    status: "ok",
    message: expect.stringMatching(/\d+ languages natively/),
  });
  const lost = await checkMemory({ home: home(), main: "/nowhere/dist/daemon/main.js" });
  expect(lost.map(({ status }) => status)).toContain("error");
  expect(await about(home(), "watcher")).toMatchObject({ status: "ok" });
});
