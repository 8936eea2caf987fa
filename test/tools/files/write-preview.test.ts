import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { previewOf } from "../../../daemon/tools/files/write-preview.ts";

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "nexus-preview-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const absolute = join(folder, "a.txt");
  writeFileSync(absolute, text);
  return absolute;
}

it("shows the lines that change, of every file", async () => {
  const absolute = fileWith("one\ntwo\n");
  const text = await previewOf([
    { path: "a.txt", absolute, content: Buffer.from("one\n2\n") },
    { path: "new.txt", absolute: `${absolute}.new`, content: Buffer.from("x\n") },
    { path: "gone.txt", absolute, content: null },
  ]);
  expect(text).toContain("--- a/a.txt\n+++ b/a.txt\n");
  expect(text).toContain("-two\n+2\n");
  expect(text).toContain("--- /dev/null\n+++ b/new.txt\n");
  expect(text).toContain("--- a/gone.txt\n+++ /dev/null\n");
});

it("is bounded, and says so", async () => {
  const absolute = fileWith("");
  const long = await previewOf([{ path: "a.txt", absolute, content: Buffer.from("a line\n".repeat(10_000)) }]);
  expect(long.length).toBeLessThan(21_000);
  expect(long).toContain("the rest is not shown");
  const large = await previewOf([{ path: "a.txt", absolute, content: Buffer.alloc(600_000, "x") }]);
  expect(large).toBe("a.txt: 0 bytes become 600000 bytes\n");
});
