import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blobOid } from "../../../daemon/memory/sources/blob-oid.ts";
import { scanWorkspace } from "../../../daemon/memory/sources/scan.ts";
import { namesOf, pathsOf, plainFolder, repository, skippedOf } from "./workspace.ts";

it("names files as git would, and honours nested ignore files", async () => {
  const files: Record<string, string> = {
    ...{ ".gitignore": "*.log\n/build/\n", "a.ts": "a", "x.log": "x", "build/a.js": "x", "sub/build2/a.ts": "b" },
    ...{ "sub/.gitignore": "!keep.log\n*.tmp\n", "sub/keep.log": "kept", "sub/a.tmp": "x", "a.tmp": "tmp" },
    ...{ ".nexusignore": "sub/deep/\n", "sub/deep/a.ts": "x", "node_modules/a/a.js": "x", "dist/a.js": "x" },
  };
  const workspace = plainFolder();
  for (const [path, content] of Object.entries(files)) workspace.write(path, content);
  const scan = await workspace.scan();
  expect(scan).toMatchObject({ engine: "walk", branch: null, head: null });
  const expected = [".gitignore", ".nexusignore", "a.tmp", "a.ts", "sub/.gitignore", "sub/build2/a.ts", "sub/keep.log"];
  expect(pathsOf(scan)).toEqual(expected);
  for (const { path, oid } of scan.entries) expect(oid).toBe(blobOid(Buffer.from(files[path] ?? "")));
  expect(skippedOf(scan)).toEqual({ ignored: 6 });
});

it("agrees with git on which files are ignored and what the others are called", async () => {
  const rules = [
    "*.a",
    "!b.a",
    "/top",
    "dir/",
    "x/**/y",
    "**/z",
    "q?.c",
    "[a-c].d",
    "\\#h",
    "#comment",
    " ",
    "s\\ ",
    "w/*.e",
  ];
  const paths = [
    "a.a",
    "b.a",
    "top",
    "n/top",
    "dir/f",
    "n/dir/f",
    "x/y",
    "x/m/n/y",
    "n/z",
    "q1.c",
    "q12.c",
    "b.d",
    "e.d",
  ];
  const workspace = repository();
  workspace.write(".gitignore", rules.join("\n"));
  for (const path of [...paths, "#h", "w/a.e", "w/n/a.e", "B.A", "n/b.a"]) workspace.write(path, path);
  const withGit = await workspace.scan();
  workspace.remove(".git");
  expect(namesOf(await workspace.scan())).toEqual(namesOf(withGit));
});

it("does not read a file again that looks the same", async () => {
  const workspace = plainFolder();
  for (const name of ["old.ts", "new.ts"]) workspace.write(name, "1");
  const later = { now: () => Date.now() + 60_000 };
  const scan = (previous?: Awaited<ReturnType<typeof workspace.scan>>) =>
    scanWorkspace(workspace.root, { signal: AbortSignal.any([]), previous, clock: { ...stillClock, ...later } });
  const first = await scan();
  // Without the right to read it a file cannot be read again, and need not be.
  const poisoned = { ...first, entries: first.entries.map((entry) => ({ ...entry, oid: "kept" })) };
  workspace.write("new.ts", "2");
  expect(namesOf(await scan(poisoned))).toEqual({ "new.ts": blobOid(Buffer.from("2")), "old.ts": "kept" });
});

it("reads a file again whose last change is too near to tell", async () => {
  const workspace = plainFolder();
  workspace.write("a.ts", "1");
  const first = await workspace.scan();
  const poisoned = { ...first, entries: first.entries.map((entry) => ({ ...entry, oid: "wrong" })) };
  expect(namesOf(await workspace.scan(poisoned))).toEqual({ "a.ts": blobOid(Buffer.from("1")) });
});

it("survives a thousand nested folders, loops of links and huge files", async () => {
  const workspace = plainFolder();
  const deep = Array.from({ length: 1000 }, () => "d").join("/");
  mkdirSync(join(workspace.root, deep), { recursive: true });
  workspace.write(`${deep}/end.ts`, "end");
  symlinkSync(workspace.root, join(workspace.root, "d", "loop"));
  symlinkSync("self", join(workspace.root, "self"));
  workspace.write("huge.ts", "");
  truncateSync(join(workspace.root, "huge.ts"), 10 * 1024 ** 3);
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual([`${deep}/end.ts`]);
  expect(skippedOf(scan)).toEqual({ link: 2, oversized: 1 });
});

it.skipIf(process.platform === "win32")("counts a path that is too long for the system", async () => {
  const workspace = plainFolder();
  const name = "n".repeat(200);
  // Made from inside, step by step: no call could name it as a whole.
  const script = `for (let depth = 0; depth < 25; depth++) {
    fs.mkdirSync(${JSON.stringify(name)}); process.chdir(${JSON.stringify(name)}); }`;
  execFileSync(process.execPath, ["-e", script], { cwd: workspace.root });
  workspace.write("a.ts", "a");
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual(["a.ts"]);
  expect(skippedOf(scan)).toEqual({ unreadable: 1 });
  execFileSync("rm", ["-rf", name], { cwd: workspace.root });
});

it.skipIf(process.platform === "win32")("does not wait for pipes", async () => {
  const workspace = plainFolder();
  execFileSync("sh", ["-c", "mkfifo pipe.ts"], { cwd: workspace.root });
  workspace.write("a.ts", "a");
  expect(skippedOf(await workspace.scan())).toEqual({ special: 1 });
});

it.skipIf(process.platform !== "linux")("counts names that are not UTF-8, folders included", async () => {
  const workspace = plainFolder();
  const bad = (name: string) => Buffer.concat([Buffer.from(`${workspace.root}/`), Buffer.from(name, "latin1")]);
  mkdirSync(bad("folder-\xff"));
  writeFileSync(bad("folder-\xff/a.ts"), "a");
  writeFileSync(bad("file-\xff.ts"), "a");
  workspace.write("line\nbreak.ts", "a");
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual(["line\nbreak.ts"]);
  expect(skippedOf(scan)).toEqual({ name: 2 });
});

it.skipIf(process.platform === "win32" || process.getuid?.() === 0)("counts what it may not read", async () => {
  const workspace = plainFolder();
  workspace.write("closed.ts", "a");
  workspace.write("folder/a.ts", "a");
  for (const path of ["closed.ts", "folder"]) chmodSync(join(workspace.root, path), 0);
  const scan = await workspace.scan();
  chmodSync(join(workspace.root, "folder"), 0o700);
  expect(skippedOf(scan)).toEqual({ unreadable: 2 });
});

it("is not stopped by rules that make no sense, nor slowed by hostile ones", async () => {
  const workspace = plainFolder();
  const hostile = `${"*a".repeat(40)}b`;
  workspace.write(
    ".gitignore",
    ["[z-a]", "[", "\\", "!", "**", "***a", "(((", "{a,b", hostile, "x".repeat(5000), "\0"].join("\n"),
  );
  workspace.write(".nexusignore", Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x80]));
  workspace.write("a".repeat(200), "a");
  workspace.write("keep.ts", "a");
  const scan = await workspace.scan();
  expect(scan.engine).toBe("walk");
});

it("goes into repositories that lie beside each other", async () => {
  const workspace = plainFolder();
  for (const name of ["one", "two"]) {
    workspace.write(`${name}/a.ts`, name);
    const inner = repository(join(workspace.root, name));
    inner.commit();
  }
  expect(pathsOf(await workspace.scan())).toEqual(["one/a.ts", "two/a.ts"]);
});

const stillClock = {
  iso: () => "",
  monotonic: () => 0,
  sleep: () => Promise.resolve(),
  timer: () => () => {},
};
