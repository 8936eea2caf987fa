import { rmSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { git, makeFolder } from "../../tools/workspace.ts";
import { makeHistory, memoryStore, open } from "./repository.ts";

const subjects = async (root: string, path: string) =>
  (await open(root)).history.recent(path, 100).map(({ subject }) => subject);

it("knows commits, and reads only what is new the next time", async () => {
  const repository = makeHistory();
  const store = memoryStore();
  const first = repository.commit("Serve pages", { "src/server.ts": "1" });
  expect(await open(repository.root, store)).toMatchObject({ read: 1, reused: 0, limited: false, problem: null });
  repository.commit("Serve more", { "src/server.ts": "2" });
  const second = repository.commit("Say hello", { "src/hello.ts": "1" });
  const opened = await open(repository.root, store);
  expect(opened).toMatchObject({ read: 2, reused: 1, problem: null });
  expect(opened.history).toMatchObject({ commits: 3, head: second });
  expect(opened.history.recent("src/server.ts", 5)).toMatchObject([
    { subject: "Serve more", author: "Ada" },
    { subject: "Serve pages", hash: first, at: 1_700_003_600 },
  ]);
  expect(opened.history.recent("src/server.ts", 1)).toHaveLength(1);
});

it("reads and writes nothing when nothing has changed", async () => {
  const repository = makeHistory();
  const store = memoryStore();
  repository.commit("one", { a: "1" });
  await open(repository.root, store);
  const onProgress = vi.fn();
  expect(await open(repository.root, store, { onProgress })).toMatchObject({ read: 0, reused: 1 });
  expect(store.writes()).toBe(1);
  expect(onProgress).not.toHaveBeenCalled();
});

it("follows renames, chains of them, and names that are used again", async () => {
  const repository = makeHistory();
  const text = (last: string) => `${"a long file that stays itself\n".repeat(20)}${last}`;
  repository.commit("start", { "a.ts": text("1") });
  repository.commit("to b", { "a.ts": null, "b.ts": text("1") });
  repository.commit("new a", { "a.ts": "quite another one" });
  repository.commit("to c", { "b.ts": null, "lib/c.ts": text("2") });
  expect(await subjects(repository.root, "lib/c.ts")).toEqual(["to c", "to b", "start"]);
  expect(await subjects(repository.root, "a.ts")).toEqual(["new a"]);
  expect(await subjects(repository.root, "b.ts")).toEqual([]);
});

it("follows a rename that is read later than the commits before it", async () => {
  const repository = makeHistory();
  const store = memoryStore();
  repository.commit("start", { "a.ts": "same\n".repeat(20) });
  await open(repository.root, store);
  repository.commit("move", { "a.ts": null, "b.ts": "same\n".repeat(20) });
  const { history } = await open(repository.root, store);
  expect(history.recent("b.ts", 9).map(({ subject }) => subject)).toEqual(["move", "start"]);
});

it("follows files that change their names with each other", async () => {
  const repository = makeHistory();
  const [first, second] = ["first\n".repeat(30), "second\n".repeat(30)];
  repository.commit("first", { "a.ts": first });
  repository.commit("second", { "b.ts": second });
  repository.commit("aside", { "a.ts": null, "b.ts": null, "x.ts": first, "y.ts": second });
  repository.commit("swap", { "x.ts": null, "y.ts": null, "a.ts": second, "b.ts": first });
  expect(await subjects(repository.root, "a.ts")).toEqual(["swap", "aside", "second"]);
  expect(await subjects(repository.root, "b.ts")).toEqual(["swap", "aside", "first"]);
});

it("leaves out merges, and commits over 40 files", async () => {
  const repository = makeHistory();
  const many = (count: number, text: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`src/${index}.ts`, `${text} ${index}`]));
  repository.commit("forty", many(40, "a"));
  repository.commit("forty-one", many(41, "b"));
  repository.git("checkout", "-q", "-b", "side");
  repository.commit("on the side", { "side.ts": "1" });
  repository.git("checkout", "-q", "main");
  repository.commit("on main", { "main.ts": "1" });
  repository.git("merge", "-q", "--no-ff", "-m", "merge the side", "side");
  const { history } = await open(repository.root);
  expect(history.commits).toBe(3);
  expect(history.recent("src/0.ts", 9).map(({ subject }) => subject)).toEqual(["forty"]);
  expect(history.recent("side.ts", 9).map(({ subject }) => subject)).toEqual(["on the side"]);
});

it("forgets what a force-push or a rebase has dropped, and keeps the rest", async () => {
  const repository = makeHistory();
  const store = memoryStore();
  repository.commit("stays", { "a.ts": "1" });
  repository.commit("goes", { "a.ts": "2" });
  await open(repository.root, store);
  repository.git("reset", "-q", "--hard", "HEAD~1");
  repository.commit("instead", { "a.ts": "3" });
  const opened = await open(repository.root, store);
  expect(opened).toMatchObject({ read: 1, reused: 1 });
  expect(opened.history.recent("a.ts", 9).map(({ subject }) => subject)).toEqual(["instead", "stays"]);
});

it("reads all again when the known head is nowhere any more", async () => {
  const repository = makeHistory();
  const store = memoryStore();
  repository.commit("stays", { "a.ts": "1" });
  repository.commit("goes", { "a.ts": "2" });
  await open(repository.root, store);
  repository.git("reset", "-q", "--hard", "HEAD~1");
  repository.git("reflog", "expire", "--expire=now", "--all");
  repository.git("gc", "-q", "--prune=now");
  expect(await open(repository.root, store)).toMatchObject({ read: 1, reused: 0, problem: null });
});

it.each([
  ["cut short", (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2)],
  ["with a turned bit", (bytes: Uint8Array) => bytes.map((byte, place) => (place === 40 ? byte ^ 4 : byte))],
  ["empty", () => new Uint8Array()],
  ["of another kind", () => new TextEncoder().encode("{}")],
])("reads all again when what is kept is %s", async (_name, damage) => {
  const repository = makeHistory();
  const store = memoryStore();
  repository.commit("one", { a: "1" });
  await open(repository.root, store);
  store.set("history", damage(store.get("history") ?? new Uint8Array()));
  expect(await open(repository.root, store)).toMatchObject({ read: 1, reused: 0, problem: null });
});

it("takes any file name and message", async () => {
  const repository = makeHistory();
  const names = ["with space.ts", "new\nline.ts", "tab\t.ts", "ünï/côdé.ts", '"quoted".ts', "-dash", "M", "\u0001x"];
  repository.commit("", Object.fromEntries(names.map((name) => [name, name])));
  repository.commit("a subject\n\nM\0src/evil.ts".replace("\0", "\n"), { M: "2" });
  const { history } = await open(repository.root);
  expect(history.commits).toBe(2);
  for (const name of names) expect(history.recent(name, 9)).toHaveLength(name === "M" ? 2 : 1);
});

it("answers relative to the workspace, whatever folder of the repository that is", async () => {
  const repository = makeHistory();
  repository.commit("both", { "web/app.ts": "1", "api/app.ts": "1" });
  repository.commit("api", { "api/app.ts": "2" });
  const { history } = await open(`${repository.root}/web`);
  expect(history.commits).toBe(1);
  expect(history.recent("app.ts", 9).map(({ subject }) => subject)).toEqual(["both"]);
});

it("says when a clone is shallow, and notices when it is no more", async () => {
  const repository = makeHistory();
  for (const text of ["1", "2", "3"]) repository.commit(`write ${text}`, { a: text });
  const clone = makeFolder({});
  git(clone, "clone", "-q", "--depth=2", `file://${repository.root}`, "copy");
  const store = memoryStore();
  expect(await open(`${clone}/copy`, store)).toMatchObject({ limited: true, read: 2 });
  git(`${clone}/copy`, "fetch", "-q", "--unshallow");
  const opened = await open(`${clone}/copy`, store);
  expect(opened).toMatchObject({ limited: false });
  expect(opened.history.commits).toBe(3);
});

it("knows the newest commits up to its limit", async () => {
  const repository = makeHistory();
  for (const text of ["1", "2", "3"]) repository.commit(`write ${text}`, { a: text });
  const opened = await open(repository.root, memoryStore(), { limit: 2 });
  expect(opened).toMatchObject({ limited: true, read: 2 });
  expect(opened.history.recent("a", 9).map(({ subject }) => subject)).toEqual(["write 3", "write 2"]);
});

it("is empty without git, and before the first commit", async () => {
  const plain = await open(makeFolder({ "a.ts": "1" }));
  expect(plain).toMatchObject({ read: 0, reused: 0, problem: null });
  expect(plain.history).toMatchObject({ commits: 0, head: "" });
  expect(plain.history.commitScores(["a"])).toEqual(new Map());
  expect(await open(makeHistory().root)).toMatchObject({ read: 0, problem: null });
});

it("answers with what it kept when git cannot read the rest, and says so", async () => {
  const repository = makeHistory();
  const store = memoryStore();
  const head = repository.commit("one", { a: "1" });
  await open(repository.root, store);
  repository.commit("two", { a: "2" });
  const tree = repository.git("rev-parse", "HEAD^{tree}").trim();
  rmSync(`${repository.root}/.git/objects/${tree.slice(0, 2)}/${tree.slice(2)}`);
  const opened = await open(repository.root, store);
  expect(opened.problem).toContain("git log");
  expect(opened.history).toMatchObject({ commits: 1, head });
});

it("keeps its answers when they cannot be stored, and says so", async () => {
  const repository = makeHistory();
  repository.commit("one", { a: "1" });
  const full = {
    ...memoryStore(),
    set() {
      throw new Error("disk full");
    },
  };
  const opened = await open(repository.root, full);
  expect(opened.problem).toContain("disk full");
  expect(opened.history.commits).toBe(1);
});

it("ends at a cancel, with the signal's reason", async () => {
  const repository = makeHistory();
  repository.commit("one", { a: "1" });
  const reason = new Error("cancelled");
  await expect(open(repository.root, memoryStore(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const store = memoryStore();
  const stopped = open(repository.root, store, {
    signal: controller.signal,
    onProgress: () => controller.abort(reason),
  });
  await expect(stopped).rejects.toBe(reason);
  expect(store.writes()).toBe(0);
});
