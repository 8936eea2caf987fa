import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REDACTED } from "../../daemon/security/secrets/secrets.ts";
import { call, contextOf, get, makeFolder } from "./workspace.ts";

describe("write_file", () => {
  it("makes a new file and the folders to it", async () => {
    const root = makeFolder();
    const outcome = await call(root, "write_file", { path: "src/deep/a.ts", content: "x\n" });
    expect(outcome).toMatchObject({ status: "done", changed: ["src/deep/a.ts"] });
    expect(get(root, "src/deep/a.ts")).toBe("x\n");
  });

  it("replaces a file only when the agent has read it as it is now", async () => {
    const root = makeFolder({ a: "old\n" });
    const context = contextOf(root);
    const write = (content: string) => call(root, "write_file", { path: "a", content }, { context });
    expect((await write("new\n")).output).toContain("you have not read it");
    await call(root, "read_file", { path: "a" }, { context });
    writeFileSync(join(root, "a"), "changed\n");
    expect((await write("new\n")).output).toContain("has changed since it was read");
    await call(root, "read_file", { path: "a" }, { context });
    expect((await write("new\n")).status).toBe("done");
    expect((await write("newer\n")).status).toBe("done");
    expect((await write("newer\n")).output).toContain("already has exactly this content");
    expect(get(root, "a")).toBe("newer\n");
  });

  it.each([
    ["CRLF", "a\r\nb\r\n", "c\nd\n", "c\r\nd\r\n"],
    ["mixed line endings, which are no style", "a\r\nb\n", "c\nd\n", "c\nd\n"],
    ["a byte order mark", "\ufeffa\n", "b\n", "\ufeffb\n"],
  ])("keeps a file's %s", async (_style, before, content, after) => {
    const root = makeFolder({ a: before });
    const context = contextOf(root);
    await call(root, "read_file", { path: "a" }, { context });
    await call(root, "write_file", { path: "a", content }, { context });
    expect(get(root, "a")).toBe(after);
  });

  it.each([
    ["a folder", { path: "src", content: "" }],
    ["the root", { path: ".", content: "" }],
    ["a path that ends as a folder's", { path: "new/", content: "" }],
    ["below a file", { path: "file/x", content: "" }],
    ["outside", { path: "../x", content: "" }],
    ["through a link to outside", { path: "out/x", content: "" }],
    ["the mark of a hidden secret", { path: "new", content: `key=${REDACTED}` }],
  ])("refuses %s", async (_name, input) => {
    const outside = makeFolder();
    const root = makeFolder({ "src/a": "", file: "" });
    symlinkSync(outside, join(root, "out"));
    expect((await call(root, "write_file", input, { context: contextOf(root, { linked: ["out"] }) })).status).not.toBe(
      "done",
    );
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(root).sort()).toEqual(["file", "out", "src"]);
  });
});

describe("delete_file", () => {
  it("deletes a file, a binary one too", async () => {
    const root = makeFolder({ a: Buffer.from([0, 1]) });
    expect(await call(root, "delete_file", { path: "a" })).toMatchObject({ status: "done", changed: ["a"] });
    expect(existsSync(join(root, "a"))).toBe(false);
  });

  it.each(["missing", "folder", "../x"])("refuses %s", async (path) => {
    const root = makeFolder();
    mkdirSync(join(root, "folder"));
    expect((await call(root, "delete_file", { path })).status).not.toBe("done");
    expect(existsSync(join(root, "folder"))).toBe(true);
  });

  it("refuses a file that changed since it was read", async () => {
    const root = makeFolder({ a: "1" });
    const context = contextOf(root);
    await call(root, "read_file", { path: "a" }, { context });
    writeFileSync(join(root, "a"), "2");
    expect((await call(root, "delete_file", { path: "a" }, { context })).output).toContain("has changed");
    expect(get(root, "a")).toBe("2");
  });
});
