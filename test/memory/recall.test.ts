import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recall } from "../../daemon/memory/recall.ts";
import { promptWords } from "../../daemon/memory/words.ts";
import { git, makeFolder, makeRepository } from "../tools/workspace.ts";

const { signal } = new AbortController();
const paths = async (root: string, prompt: string) =>
  (await recall({ root, prompt, signal })).files.map((file) => file.path);

const FILES = {
  "src/server.ts": "export function serve() { return listen(8080); }\n",
  "src/notes/store.ts": "export class NoteStore { archive() {} }\n",
  "src/notes/format.ts": "export const formatDate = () => '';\n",
  "test/server.test.ts": "serve();\n",
  "docs/guide.md": "How to archive a note.\n",
  ".env": "ARCHIVE_TOKEN=1\n",
  "package.json": "{}\n",
};

describe("recall", () => {
  it.each([
    ["named by its path", "fix src/server.ts", "src/server.ts"],
    ["named by its name", "Why does `format.ts` fail?", "src/notes/format.ts"],
    ["named by the end of its path", "look at notes/store.ts, please", "src/notes/store.ts"],
    ["named in words", "the guide is wrong", "docs/guide.md"],
    ["by a word in it", "what does formatDate do", "src/notes/format.ts"],
    ["by a part of an identifier in it", "let NoteStore forget", "src/notes/store.ts"],
  ])("finds a file %s", async (_name, prompt, path) => {
    expect((await paths(makeRepository(FILES), prompt))[0]).toBe(path);
  });

  it("says why", async () => {
    const { files } = await recall({ root: makeRepository(FILES), prompt: "archive notes in store.ts", signal });
    expect(files[0]).toEqual({
      path: "src/notes/store.ts",
      why: "named in the prompt, “notes” in its name, “store” in its name, “archive” in its text",
    });
  });

  it("leaves out secrets, and what matches nothing", async () => {
    const root = makeRepository(FILES);
    expect(await paths(root, "archive the ARCHIVE_TOKEN of .env")).not.toContain(".env");
    expect(await paths(root, "zzzzqqqq")).toEqual([]);
    expect(await paths(root, "")).toEqual([]);
  });

  it("ranks the same prompt the same way, at most 12 files", async () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`lib/widget${index}.ts`, "widget\n"]));
    const root = makeRepository({
      ...FILES,
      ...many,
      ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`o/${i}`, ""])),
    });
    const first = await paths(root, "paint the widget");
    expect(first).toHaveLength(12);
    expect(await paths(root, "paint the widget")).toEqual(first);
  });

  it("works without git", async () => {
    expect(await paths(makeFolder(FILES), "fix server.ts")).toContain("src/server.ts");
  });

  it("brings the project's rules for agents, bounded, from inside only", async () => {
    const outside = makeFolder({ secret: "private" });
    const root = makeRepository({ "AGENTS.md": "x".repeat(10_000), "CLAUDE.md": " \n" });
    expect((await recall({ root, prompt: "", signal })).rules).toEqual([{ path: "AGENTS.md", text: "x".repeat(8000) }]);
    rmSync(join(root, "CLAUDE.md"));
    symlinkSync(join(outside, "secret"), join(root, "CLAUDE.md"));
    expect((await recall({ root, prompt: "", signal })).rules.map((rule) => rule.path)).toEqual(["AGENTS.md"]);
  });

  it("does not mind words that look like options or patterns", async () => {
    expect(await paths(makeRepository(FILES), "--output=x -e (serve( [ $HOME `touch x`")).toContain("src/server.ts");
  });

  it("answers soon for 5 000 files", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [
        `src/m${index % 50}/f${index}.ts`,
        `export const value${index} = ${index};\n`.repeat(20),
      ]),
    );
    const root = makeFolder(files);
    git(root, "init", "-q");
    const started = performance.now();
    expect((await paths(root, "change value4321 and the exported interface of f17.ts, not the tokenizer"))[0]).toMatch(
      /f17\.ts$/,
    );
    expect(performance.now() - started).toBeLessThan(1500);
  });
});

it.each([
  ["Fix the parseHeader function", ["parseheader", "header", "parse"]],
  ["rename user_id to accountId", ["accountid", "account", "user_id", "user"]],
  ["a b of to", []],
  ["Die Größe ändern", ["ändern", "größe", "die"]],
])("takes the telling words of %j", (prompt, words) => expect(promptWords(prompt)).toEqual(words));
