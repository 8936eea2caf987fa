import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { removeFolder } from "./remove.ts";

it("removes a folder in which somebody still writes for a moment, and one that is not there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nexus-remove-"));
  let left = 200;
  const writes = new Promise<void>((resolve) => {
    const write = () => {
      mkdirSync(join(folder, "worktrees", String(left % 7)), { recursive: true });
      writeFileSync(join(folder, "worktrees", String(left % 7), "HEAD"), "x");
      if (--left === 0) resolve();
      else setImmediate(write);
    };
    write();
  });
  await removeFolder(folder);
  await writes;
  await removeFolder(folder);
  await removeFolder(folder);
  await expect(readdir(folder)).rejects.toThrow("ENOENT");
});
