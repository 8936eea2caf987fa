import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rulesFor } from "../../../daemon/memory/rules/rules.ts";
import { makeFolder } from "../../tools/workspace.ts";

const PIPE_MAKER = "mkfifo";
const isWindows = process.platform === "win32";
const pathsOf = async (root: string, ...paths: string[]) => (await rulesFor(root, paths)).rules.map(({ path }) => path);

describe("rulesFor", () => {
  const NESTED = {
    "AGENTS.md": "root",
    "CLAUDE.md": "claude",
    "GEMINI.md": "gemini",
    ".cursorrules": "cursor",
    ".windsurfrules": "windsurf",
    ".clinerules": "cline",
    "CONVENTIONS.md": "conventions",
    ".github/copilot-instructions.md": "copilot",
    ".claude/CLAUDE.md": "more claude",
    "web/AGENTS.md": "web",
    "web/CLAUDE.md": "web claude",
    "web/cart/AGENTS.md": "cart",
    "api/AGENTS.md": "api",
  };

  it("goes from the root to the nearest folder, AGENTS.md first in each", async () => {
    expect(await pathsOf(makeFolder(NESTED), "web/cart/add.ts")).toEqual([
      "AGENTS.md",
      "CLAUDE.md",
      ".claude/CLAUDE.md",
      "GEMINI.md",
      ".github/copilot-instructions.md",
      ".cursorrules",
      ".clinerules",
      ".windsurfrules",
      "CONVENTIONS.md",
      "web/AGENTS.md",
      "web/CLAUDE.md",
      "web/cart/AGENTS.md",
    ]);
  });

  it("takes the rules of every path's folders, parents first, and of the root alone without paths", async () => {
    const root = makeFolder(NESTED);
    const both = await pathsOf(root, "web/cart/add.ts", "api/main.ts");
    expect(both.filter((path) => path.endsWith("AGENTS.md"))).toEqual([
      "AGENTS.md",
      "api/AGENTS.md",
      "web/AGENTS.md",
      "web/cart/AGENTS.md",
    ]);
    expect((await pathsOf(root)).some((path) => path.startsWith("web/"))).toBe(false);
  });

  it("says which folder a rule speaks of", async () => {
    const { rules } = await rulesFor(makeFolder(NESTED), ["web/x.ts"]);
    expect(rules.find(({ path }) => path === "web/AGENTS.md")).toEqual({
      path: "web/AGENTS.md",
      tool: "agents",
      folder: "web",
      globs: [],
      text: "web",
      includes: [],
    });
    expect(rules.find(({ path }) => path === ".claude/CLAUDE.md")?.folder).toBe("");
  });

  it.each<[string, string, string, string, boolean]>([
    ["a glob", ".cursor/rules/a.mdc", "globs: src/**/*.ts", "src/deep/x.ts", true],
    ["a glob that does not match", ".cursor/rules/a.mdc", "globs: src/**/*.ts", "src/x.go", false],
    ["several globs", ".cursor/rules/a.mdc", "globs: *.css, *.{ts,tsx}", "src/x.tsx", true],
    ["a list of globs", ".cursor/rules/a.mdc", 'globs: ["docs/**", "src/*.ts"]', "src/x.ts", true],
    ["globs a line", ".cursor/rules/a.mdc", "globs:\n  - docs/**\n  - src/", "src/y/x.ts", true],
    ["always", ".cursor/rules/a.mdc", "description: d\nglobs:\nalwaysApply: true", "any.go", true],
    ["a nested rules folder", "web/.cursor/rules/deep/a.mdc", "globs: '*.ts'", "web/x.ts", true],
    ["another folder's file", "web/.cursor/rules/a.mdc", "globs: '*.ts'", "api/x.ts", false],
    ["Copilot's applyTo", ".github/instructions/ts.instructions.md", 'applyTo: "**/*.ts,**/*.tsx"', "a/x.tsx", true],
    ["Copilot's applyTo elsewhere", ".github/instructions/ts.instructions.md", 'applyTo: "**/*.py"', "a/x.tsx", false],
    ["Copilot's applyTo for all", ".github/instructions/sub/ts.instructions.md", "applyTo: '**'", "x", true],
    ["Cline's paths", ".clinerules/a.md", "paths:\n  - src/**", "src/x", true],
    ["a relative glob", "web/.cursor/rules/a.mdc", "globs: cart/*.ts", "web/cart/x.ts", true],
  ])("reads %s", async (_name, path, front, asked, holds) => {
    const root = makeFolder({ [path]: `---\n${front}\n---\nUse tabs.\n` });
    const { rules, problems } = await rulesFor(root, [asked]);
    expect(rules.map((rule) => [rule.path, rule.text])).toEqual(holds ? [[path, "Use tabs."]] : []);
    expect(problems).toEqual([]);
  });

  it("offers what holds on request only", async () => {
    const root = makeFolder({
      ".cursor/rules/db.mdc": "---\ndescription: How to write migrations\nglobs:\nalwaysApply: false\n---\nBody",
      ".cursor/rules/manual.mdc": "Body without front matter",
    });
    const { rules, offered } = await rulesFor(root, ["a.ts"]);
    expect(rules).toEqual([]);
    expect(offered).toEqual([
      { path: ".cursor/rules/db.mdc", description: "How to write migrations" },
      { path: ".cursor/rules/manual.mdc", description: "" },
    ]);
  });

  it("says the same only once, but lets a near folder take back what one between said", async () => {
    const root = makeFolder({
      "AGENTS.md": "Use tabs.\n",
      "CLAUDE.md": "Use  tabs.",
      "a/AGENTS.md": "Use tabs.",
      "b/AGENTS.md": "Use spaces.",
      "b/c/AGENTS.md": "Use tabs.",
    });
    expect(await pathsOf(root, "a/x", "b/c/x")).toEqual(["AGENTS.md", "b/AGENTS.md", "b/c/AGENTS.md"]);
  });

  it("keeps to its limits and tells what it cut and left out", async () => {
    const root = makeFolder({
      "AGENTS.md": "r".repeat(9000),
      "CLAUDE.md": "c".repeat(3000),
      "web/AGENTS.md": "w".repeat(3000),
    });
    const { rules, problems } = await rulesFor(root, ["web/x"], { maxCharacters: 12_000 });
    expect(rules.map((rule) => [rule.path, rule.text.length])).toEqual([
      ["AGENTS.md", 8000],
      ["web/AGENTS.md", 3000],
    ]);
    expect(problems).toEqual([
      { path: "AGENTS.md", problem: "Only its first 8000 characters are used." },
      { path: "CLAUDE.md", problem: "Left out: all rules together may have 12000 characters." },
    ]);
  });
});

describe("includes", () => {
  it("put in the named file where it stands, or at the end, and never twice", async () => {
    const root = makeFolder({
      "CLAUDE.md": "First.\n@docs/style.md\nSee @docs/tests.md, and again @docs/tests.md.\nLast.",
      "docs/style.md": "Style: tabs.\n@more.md",
      "docs/more.md": "More style.",
      "docs/tests.md": "Tests first.",
    });
    const { rules, problems } = await rulesFor(root);
    expect(rules[0]?.text).toBe(
      "First.\nStyle: tabs.\nMore style.\nSee @docs/tests.md, and again @docs/tests.md.\nLast.\n\nFrom docs/tests.md:\nTests first.",
    );
    expect(rules[0]?.includes).toEqual(["docs/style.md", "docs/more.md", "docs/tests.md"]);
    expect(problems).toEqual([]);
  });

  it("do not repeat a rules file that is read anyway", async () => {
    const root = makeFolder({
      "AGENTS.md": "Use tabs.",
      "CLAUDE.md": "@AGENTS.md\n",
      "GEMINI.md": "@./AGENTS.md\nBe brief.",
    });
    const { rules } = await rulesFor(root);
    expect(rules.map((rule) => [rule.path, rule.text])).toEqual([
      ["AGENTS.md", "Use tabs."],
      ["GEMINI.md", "Be brief."],
    ]);
  });

  it("leave code, addresses and names of no file alone", async () => {
    const text =
      "Run `cat @docs/a.md`.\n```\n@docs/a.md\n```\nAsk me@docs/a.md or @team, import @scope/package, @docs.";
    const { rules, problems } = await rulesFor(makeFolder({ "CLAUDE.md": text, "docs/a.md": "secret sauce" }));
    expect(rules[0]?.text).toBe(text);
    expect(problems).toEqual([]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["a way out", { "CLAUDE.md": "@../outside.md\nrest" }, /@\.\.\/outside\.md is not included: .*leads up out/],
    ["a home folder", { "CLAUDE.md": "@~/notes.md\nrest" }, /@~\/notes\.md is not included: it lies outside/],
    ["an absolute path", { "CLAUDE.md": "@/etc/passwd\nrest" }, /@\/etc\/passwd is not included: it lies outside/],
    ["a secret", { "CLAUDE.md": "@.env\nrest", ".env": "KEY=1" }, /@\.env is not included: It may hold secrets/],
    ["git's own files", { "CLAUDE.md": "@.git/config\nrest", ".git/config": "[x]" }, /may hold secrets/],
    ["a missing file", { "CLAUDE.md": "@docs/gone.md\nrest" }, /there is no such file/],
    [
      "itself",
      { "CLAUDE.md": "@a.md\nrest", "a.md": "@CLAUDE.md" },
      /^a\.md: @CLAUDE\.md is not included: it includes itself/,
    ],
    ["a loop", { "CLAUDE.md": "@a.md\nrest", "a.md": "@b.md", "b.md": "@a.md" }, /it includes itself/],
    ["a binary file", { "CLAUDE.md": "@a.bin\nrest", "a.bin": "a\0b" }, /no UTF-8 text/],
    [
      "a chain",
      Object.fromEntries([
        ["CLAUDE.md", "@1.md\nrest"],
        ...Array.from({ length: 9 }, (_, at) => [`${at + 1}.md`, `${at + 1}\n@${at + 2}.md`]),
      ]),
      /5 deep/,
    ],
    [
      "a crowd",
      Object.fromEntries([
        ["CLAUDE.md", `${Array.from({ length: 30 }, (_, at) => `@${at}.md`).join("\n")}\nrest`],
        ...Array.from({ length: 30 }, (_, at) => [`${at}.md`, `${at}`]),
      ]),
      /at most 20 files/,
    ],
  ])("refuse %s, tell it, and keep the rest", async (_name, files, words) => {
    const { rules, problems } = await rulesFor(makeFolder(files));
    expect(problems.map(({ problem }) => problem).join("\n")).toMatch(words);
    expect(rules[0]?.text).toContain("rest");
    expect(rules[0]?.text).not.toMatch(/KEY=1|\[x\]|root:/);
  });

  it.skipIf(isWindows)("never follow a link out of the workspace", async () => {
    const outside = makeFolder({ "secret.md": "private", "rules/a.mdc": "---\nalwaysApply: true\n---\nprivate" });
    const root = makeFolder({ "CLAUDE.md": "@link.md\nrest", "AGENTS.md.real": "inside" });
    symlinkSync(join(outside, "secret.md"), join(root, "link.md"));
    symlinkSync(join(outside, "secret.md"), join(root, ".cursorrules"));
    mkdirSync(join(root, ".cursor"));
    symlinkSync(join(outside, "rules"), join(root, ".cursor/rules"));
    symlinkSync(outside, join(root, "web"));
    symlinkSync("AGENTS.md.real", join(root, "AGENTS.md"));
    const { rules, problems } = await rulesFor(root, ["web/x.ts"]);
    expect(rules.map((rule) => [rule.path, rule.text])).toEqual([
      ["AGENTS.md", "inside"],
      ["CLAUDE.md", "@link.md\nrest"],
    ]);
    expect(problems.map(({ path }) => path).sort()).toEqual([".cursorrules", "CLAUDE.md"]);
  });
});

describe("a hostile repository", () => {
  it("cannot hide text from people", async () => {
    const hidden = "Use tabs.\u200b\u202e\u{e0041}\u0007 Done 👩‍💻 ⚠️.\r\n";
    const { rules, problems } = await rulesFor(
      makeFolder({ "AGENTS.md": `\ufeff${hidden}`, "CLAUDE.md": "\ufeffFine ⚠️ here" }),
    );
    expect(rules[0]?.text).toMatch(/^Use tabs\. Done /);
    expect(rules[0]?.text).not.toMatch(/[\u200b\u202e\u0007\r]/);
    expect(problems).toEqual([
      { path: "AGENTS.md", problem: expect.stringMatching(/^It holds 4 characters that nobody sees/) },
    ]);
  });

  it("cannot make it fail or wait", async () => {
    const root = makeFolder({
      "AGENTS.md": Buffer.from([0xff, 0xfe, 0x41, 0x00]),
      "CLAUDE.md": `${"@".repeat(3000)}${" @a".repeat(2000)}`,
      "GEMINI.md/x": "a folder",
      ".cursor/rules/glob.mdc": `---\nglobs: ${"*a".repeat(140)}b\n---\nBody`,
      ".cursor/rules/open.mdc": `---\n${"key: value\n".repeat(3000)}`,
      ".cursor/rules/list.mdc": `---\nglobs: [${"{".repeat(500)}\n---\nBody`,
      ".github/instructions/x.instructions.md": "---\napplyTo: '!**'\n---\nBody",
      "CONVENTIONS.md": "last",
    });
    // Whoever opens it waits for a writer that never comes.
    if (!isWindows) execFileSync(PIPE_MAKER, [join(root, ".windsurfrules")]);
    const asked = Array.from({ length: 600 }, (_, at) => `deep/${at}/${"a".repeat(100)}`);
    const { rules, problems } = await rulesFor(root, asked);
    expect(rules.at(-1)?.text).toBe("last");
    expect(problems.map(({ path }) => path)).toContain("AGENTS.md");
    if (!isWindows) expect(problems).toContainEqual({ path: ".windsurfrules", problem: "It is no regular file." });
  });

  it("cannot keep it busy with patterns", async () => {
    const glob = `${"{a,b}".repeat(12)}/{${"x,".repeat(60)}y}`;
    const front = `---\nglobs:\n${`  - "${glob}"\n`.repeat(5)}---\nBody`;
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`.cursor/rules/${at}.mdc`, front]));
    const asked = Array.from({ length: 200 }, (_, at) => `${"abababababab/".repeat(6)}${at}`);
    const started = process.cpuUsage();
    const { rules, problems } = await rulesFor(makeFolder({ ...files, "AGENTS.md": "kept" }), asked);
    expect(rules.map(({ path }) => path)).toEqual(["AGENTS.md"]);
    expect(problems).toContainEqual({
      path: ".cursor/rules/9.mdc",
      problem: "Left out: there are too many patterns to compare.",
    });
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(10);
  });

  it("is read as far as it goes when the folder is gone", async () => {
    expect(await rulesFor("/nowhere/at/all", ["a/b"])).toEqual({ rules: [], offered: [], problems: [] });
  });
});
