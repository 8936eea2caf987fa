/** What of a foreign project reaches the run's copy, and what never does. */
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freeTarget, handOver, projectName, takeOver } from "../../../daemon/metagpt/adapter/collect.ts";
import { scratchFiles } from "../../../daemon/metagpt/adapter/project-files.ts";
import { writeFiles } from "../../support/engine.ts";
import { makeFolder } from "../../support/metagpt/installed.ts";

async function take(files: Record<string, string>, copy: Record<string, string> = {}, root = makeFolder("copy")) {
  const from = makeFolder("project");
  writeFiles(from, files);
  writeFiles(root, copy);
  const { files: found } = await scratchFiles(from);
  return { root, ...(await takeOver({ from, files: found, root, target: "shop" })) };
}

describe("taking a project over", () => {
  it("copies what is new or other, and says which that is", async () => {
    const copy = { "shop/same.txt": "same", "shop/old.txt": "old" };
    const { changed, leftOut, root } = await take({ "same.txt": "same", "old.txt": "new", "a/b.txt": "b" }, copy);
    expect(changed).toEqual(["shop/a/b.txt", "shop/old.txt"]);
    expect(leftOut).toEqual([]);
    expect(readFileSync(join(root, "shop/old.txt"), "utf8")).toBe("new");
  });

  it("writes through no link, neither of a file nor of a folder on the way", async () => {
    const [root, outside] = [makeFolder("copy"), makeFolder("outside")];
    writeFiles(root, { "shop/x.txt": "x" });
    writeFileSync(join(outside, "kept.txt"), "kept");
    symlinkSync(outside, join(root, "shop", "out"));
    symlinkSync(join(outside, "kept.txt"), join(root, "shop", "file.txt"));
    symlinkSync(join(root, "shop", "x.txt"), join(root, "shop", "inner.txt"));
    const { changed, leftOut } = await take({ "out/a.txt": "a", "file.txt": "f", "inner.txt": "i" }, {}, root);
    expect(changed).toEqual([]);
    expect(leftOut.map(({ why }) => why)).toEqual([
      "it would leave the copy",
      "a link stands in its way",
      "it would leave the copy",
    ]);
    expect(existsSync(join(outside, "a.txt"))).toBe(false);
    expect(readFileSync(join(outside, "kept.txt"), "utf8")).toBe("kept");
    expect(readFileSync(join(root, "shop/x.txt"), "utf8")).toBe("x");
  });

  it("changes no script of a manifest that is there, and takes a manifest that is new", async () => {
    const manifest = (test: string) => JSON.stringify({ name: "shop", scripts: { test } });
    const changed = await take({ "package.json": manifest("evil") }, { "shop/package.json": manifest("vitest") });
    expect(changed.leftOut).toEqual([{ path: "shop/package.json", why: "it would change what programs run" }]);
    expect((await take({ "package.json": manifest("vitest") })).changed).toEqual(["shop/package.json"]);
  });

  it("leaves out what is too large, and git's files before they are looked at", async () => {
    const { leftOut, changed } = await take({ "big.bin": "x".repeat(6 * 1024 * 1024), ".git/config": "", "a.txt": "" });
    expect(leftOut).toEqual([{ path: "shop/big.bin", why: "it is too large" }]);
    expect(changed).toEqual(["shop/a.txt"]);
  });

  it("hands a project over without secrets and git's files", async () => {
    const [from, to] = [makeFolder("project"), makeFolder("scratch")];
    writeFiles(from, { ".env": "KEY=1", ".git/HEAD": "x", "src/a.py": "a", "key.pem": "k" });
    expect(await handOver(from, (await scratchFiles(from)).files, to)).toBe(1);
    expect(existsSync(join(to, "src/a.py"))).toBe(true);
  });

  it("goes into a folder that is not there, with a name that every disk takes", async () => {
    const root = makeFolder("copy");
    expect(await freeTarget(root, "shop")).toBe("shop");
    writeFiles(root, { "shop/a": "", "shop_2/a": "" });
    expect(await freeTarget(root, "shop")).toBe("shop_3");
    const names = ["Make a to-do list!", "../../etc", "2048", "Ein schönes Spiel", "☃"].map(projectName);
    expect(names).toEqual(["make_a_to_do_list", "etc", "project_2048", "ein_schones_spiel", "project"]);
  });
});
