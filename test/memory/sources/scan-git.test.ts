import { existsSync, linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blobOid } from "../../../daemon/memory/sources/blob-oid.ts";
import { namesOf, pathsOf, plainFolder, repository, skippedOf, temporaryFolder, type Workspace } from "./workspace.ts";

const oid = (text: string | Uint8Array) => blobOid(Buffer.from(text));

it("names committed, changed, staged and untracked files by what stands in the working tree", async () => {
  const workspace = repository();
  for (const name of ["clean", "changed", "staged", "deleted", "moved"]) workspace.write(`src/${name}.ts`, name);
  workspace.commit();
  workspace.write("src/changed.ts", "changed again");
  workspace.write("src/staged.ts", "staged again");
  workspace.git("add", "src/staged.ts");
  workspace.git("mv", "src/moved.ts", "src/target.ts");
  workspace.remove("src/deleted.ts");
  workspace.write("new.ts", "new");
  workspace.write("intent.ts", "intent");
  workspace.git("add", "-N", "intent.ts");
  const scan = await workspace.scan();
  expect(namesOf(scan)).toEqual({
    "intent.ts": oid("intent"),
    "new.ts": oid("new"),
    "src/changed.ts": oid("changed again"),
    "src/clean.ts": oid("clean"),
    "src/staged.ts": oid("staged again"),
    "src/target.ts": oid("moved"),
  });
  expect(pathsOf(scan)).toEqual(pathsOf(scan).toSorted());
  expect(scan).toMatchObject({ engine: "git", branch: "main", head: workspace.git("rev-parse", "HEAD").trim() });
  expect(scan.entries.find(({ path }) => path === "src/clean.ts")).toEqual({
    ...{ path: "src/clean.ts", oid: oid("clean"), bytes: 5 },
  });
});

it("answers with the same list when nothing changed, after a way through JSON too", async () => {
  const workspace = repository();
  workspace.write("a.ts", "a");
  workspace.commit();
  workspace.write("b.ts", "b");
  const first = await workspace.scan();
  const second = await workspace.scan(first);
  expect(second.entries).toBe(first.entries);
  expect(second).toEqual(first);
  const kept = JSON.parse(JSON.stringify(second));
  expect((await workspace.scan(kept)).entries).toBe(kept.entries);
});

it("tells a branch switch by names alone", async () => {
  const workspace = repository();
  workspace.write("same.ts", "same");
  workspace.write("a.ts", "on main");
  workspace.commit();
  const first = await workspace.scan();
  workspace.git("checkout", "-q", "-b", "other");
  workspace.write("a.ts", "on other");
  workspace.commit();
  const second = await workspace.scan(first);
  expect(second).toMatchObject({ branch: "other", engine: "git" });
  expect(namesOf(second)).toEqual({ "a.ts": oid("on other"), "same.ts": oid("same") });
  expect(second.entries[1]).toBe(first.entries[1]);
  workspace.git("checkout", "-q", "--detach", "main");
  const third = await workspace.scan(second);
  expect(third.branch).toBeNull();
  expect(namesOf(third)).toEqual(namesOf(first));
});

it("gives worktrees and clones the same names", async () => {
  const workspace = repository();
  workspace.write("a/b.ts", "text");
  workspace.commit();
  const folder = temporaryFolder();
  workspace.git("worktree", "add", "-q", join(folder, "tree"));
  workspace.git("clone", "-q", workspace.root, join(folder, "clone"));
  for (const name of ["tree", "clone"]) {
    const scan = await plainFolder(join(folder, name)).scan();
    expect(scan).toMatchObject({ engine: "git", entries: [{ path: "a/b.ts", oid: oid("text") }] });
  }
});

it("sees only its own part of a repository, and walks a part that the repository ignores", async () => {
  const workspace = repository();
  for (const path of ["part/a.ts", "other/b.ts"]) workspace.write(path, path);
  workspace.write(".gitignore", "ignored/\n");
  workspace.commit();
  for (const path of ["part/new.ts", "ignored/c.ts"]) workspace.write(path, path);
  workspace.write("part/a.ts", "changed");
  const part = await plainFolder(join(workspace.root, "part")).scan();
  expect(namesOf(part)).toEqual({ "a.ts": oid("changed"), "new.ts": oid("part/new.ts") });
  const ignored = await plainFolder(join(workspace.root, "ignored")).scan();
  expect(ignored).toMatchObject({ engine: "walk", entries: [{ path: "c.ts" }] });
});

it("counts what it leaves out, with its reason", async () => {
  const workspace = repository();
  workspace.write(".gitignore", "*.log\ndist/\n");
  workspace.write(".nexusignore", "docs/old/\n");
  workspace.write("docs/.nexusignore", "*.txt\n!keep.txt\n");
  for (const path of ["docs/old/a.md", "docs/a.txt", "docs/keep.txt", ".env", "logo.png", "package-lock.json"])
    workspace.write(path, path);
  workspace.write("huge.ts", "x");
  truncateSync(join(workspace.root, "huge.ts"), 10 * 1024 ** 3);
  symlinkSync("docs", join(workspace.root, "loop"));
  for (const path of ["x.log", "dist/a.js", "dist/b.js", "node_modules/a/a.js", "node_modules/b/b.js"])
    workspace.write(path, path);
  const inner = repository(join(workspace.root, makeFolder(workspace, "vendor/inner")));
  inner.write("inside.ts", "");
  inner.commit();
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual([".gitignore", ".nexusignore", "docs/.nexusignore", "docs/keep.txt"]);
  expect(skippedOf(scan)).toEqual({
    ...{ ignored: 5, secret: 1, binary: 1, generated: 1, oversized: 1, link: 1, nested_repository: 1 },
  });
  expect(scan.skipped.find(({ reason }) => reason === "ignored")?.examples).toEqual([
    ...["dist/", "docs/a.txt", "docs/old/a.md", "node_modules/", "x.log"],
  ]);
});

it("follows its ignore files as they change", async () => {
  const workspace = repository();
  for (const path of ["a/one.ts", "b/two.ts"]) workspace.write(path, path);
  workspace.commit();
  let scan = await workspace.scan();
  for (const [path, rules, expected] of [
    [".nexusignore", "a/", [".nexusignore", "b/two.ts"]],
    [".nexusignore", "b/", [".nexusignore", "a/one.ts"]],
    ["a/.nexusignore", "one.*", [".nexusignore", "a/.nexusignore"]],
    [".gitignore", ".nexusignore\n.gitignore", []],
  ] as const) {
    workspace.write(path, rules);
    scan = await workspace.scan(scan);
    expect(pathsOf(scan)).toEqual(expected.length > 0 ? expected : ["a/one.ts"]);
  }
});

it("looks itself at what git does not look at", async () => {
  const workspace = repository();
  for (const name of ["assumed", "sparse", "absent"]) workspace.write(`${name}.ts`, name);
  workspace.commit();
  workspace.git("update-index", "--assume-unchanged", "assumed.ts");
  workspace.git("update-index", "--skip-worktree", "sparse.ts", "absent.ts");
  for (const name of ["assumed", "sparse"]) workspace.write(`${name}.ts`, "changed");
  workspace.remove("absent.ts");
  const scan = await workspace.scan();
  expect(namesOf(scan)).toEqual({ "assumed.ts": oid("changed"), "sparse.ts": oid("changed") });
  expect(skippedOf(scan)).toEqual({ sparse: 1 });
  workspace.write("assumed.ts", "changed again");
  expect(namesOf(await workspace.scan(scan))["assumed.ts"]).toBe(oid("changed again"));
});

it("names a file in conflict by its text with the marks", async () => {
  const workspace = repository();
  workspace.write("a.ts", "base\n");
  workspace.commit();
  workspace.git("checkout", "-q", "-b", "other");
  workspace.write("a.ts", "other\n");
  workspace.commit();
  workspace.git("checkout", "-q", "main");
  workspace.write("a.ts", "main\n");
  workspace.commit();
  expect(() => workspace.git("merge", "other")).toThrow();
  expect(workspace.read("a.ts")).toContain("<<<<<<<");
  expect(namesOf(await workspace.scan())).toEqual({ "a.ts": oid(workspace.read("a.ts")) });
});

it("names what a filter converts by the text in the working tree, and runs no filter", async () => {
  const workspace = repository();
  workspace.write("plain.ts", "plain");
  workspace.commit();
  const mark = join(workspace.root, ".git", "ran");
  workspace.git("config", "filter.spy.clean", `touch '${mark}'; cat`);
  workspace.write(".gitattributes", "*.big filter=spy\n*.id ident\n*.crlf text eol=crlf\n");
  workspace.write("a.big", "big");
  workspace.write("b.id", "$Id: of the working tree $\n");
  workspace.write("c.crlf", "one\r\ntwo\r\n");
  workspace.commit();
  expect(existsSync(mark)).toBe(true);
  workspace.remove(".git/ran");
  workspace.write("a.big", "BIG");
  const scan = await workspace.scan();
  expect(existsSync(mark)).toBe(false);
  expect(namesOf(scan)).toMatchObject({
    "a.big": oid("BIG"),
    "b.id": oid(workspace.read("b.id")),
    // Line ends alone make no other content.
    "c.crlf": oid("one\ntwo\n"),
    "plain.ts": oid("plain"),
  });
});

it("leaves out submodules, links in place of files, and folders that became links", async () => {
  const workspace = repository();
  for (const path of ["file.ts", "folder/inner.ts", "stays.ts"]) workspace.write(path, path);
  workspace.commit();
  const other = repository();
  other.write("secret.ts", "outside");
  other.write("inner.ts", "outside");
  other.commit();
  workspace.git("submodule", "--quiet", "add", other.root, "sub");
  workspace.remove("file.ts");
  workspace.remove("folder");
  symlinkSync(join(other.root, "secret.ts"), join(workspace.root, "file.ts"));
  symlinkSync(other.root, join(workspace.root, "folder"));
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual([".gitmodules", "stays.ts"]);
  expect(skippedOf(scan)).toEqual({ nested_repository: 1, link: 2 });
});

it("takes names as they are: line breaks, quotes, glob signs, other scripts", async () => {
  const workspace = repository();
  const names = [
    "line\nbreak.ts",
    'quo"te.ts',
    "*.ts",
    ":(top)x.ts",
    "käse/名前.ts",
    " space .ts",
    "tab\t.ts",
    "😀.ts",
    "ﬀ.ts",
  ];
  for (const name of names.slice(0, 4)) workspace.write(name, name);
  workspace.commit();
  for (const name of names.slice(4)) workspace.write(name, name);
  expect(pathsOf(await workspace.scan())).toEqual(names.toSorted());
});

it.skipIf(process.platform !== "linux")("counts names that are not UTF-8", async () => {
  const workspace = repository();
  const bad = (name: string) => Buffer.concat([Buffer.from(`${workspace.root}/`), Buffer.from(name, "latin1")]);
  writeFileSync(bad("tracked-\xff.ts"), "a");
  workspace.write("good.ts", "a");
  workspace.commit();
  writeFileSync(bad("new-\xfe.ts"), "a");
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual(["good.ts"]);
  expect(skippedOf(scan)).toEqual({ name: 2 });
});

it("works in a repository without a commit, and in one with SHA-256 names", async () => {
  const workspace = repository();
  workspace.write("a.ts", "a");
  expect(await workspace.scan()).toMatchObject({ branch: "main", head: null, entries: [{ oid: oid("a") }] });
  const modern = plainFolder();
  modern.git("init", "-q", "--object-format=sha256");
  modern.write("a.ts", "a");
  modern.commit();
  modern.write("b.ts", "b");
  const first = await modern.scan();
  expect(namesOf(first)).toEqual({
    "a.ts": blobOid(Buffer.from("a"), "sha256"),
    "b.ts": blobOid(Buffer.from("b"), "sha256"),
  });
  expect((await modern.scan(first)).entries).toBe(first.entries);
});

it("walks where git fails, and comes back when it works again", async () => {
  const workspace = repository();
  workspace.write("a.ts", "a");
  workspace.commit();
  const index = join(workspace.root, ".git", "index");
  const good = await workspace.scan();
  linkSync(index, join(workspace.root, ".git", "kept"));
  workspace.remove(".git/index");
  workspace.write(".git/index", "nonsense");
  const broken = await workspace.scan(good);
  expect(broken).toMatchObject({ engine: "walk", branch: null, entries: [{ path: "a.ts", oid: oid("a") }] });
  workspace.remove(".git/index");
  linkSync(join(workspace.root, ".git", "kept"), index);
  expect(await workspace.scan(broken)).toEqual(good);
});

it("stops at the signal and at the limit of files", async () => {
  const workspace = repository();
  for (const name of ["a", "b", "c"]) workspace.write(`${name}.ts`, name);
  const cut = await workspace.scan(undefined, { maxFiles: 2 });
  expect(pathsOf(cut)).toEqual(["a.ts", "b.ts"]);
  expect(cut.skipped).toEqual([{ reason: "too_many", count: 1, examples: ["c.ts"] }]);
  const { scanWorkspace } = await import("../../../daemon/memory/sources/scan.ts");
  await expect(scanWorkspace(workspace.root, { signal: AbortSignal.abort("stop") })).rejects.toBe("stop");
});

function makeFolder(workspace: Workspace, path: string): string {
  mkdirSync(join(workspace.root, path), { recursive: true });
  return path;
}
