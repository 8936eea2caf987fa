import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { detectFramework } from "../../../daemon/metagpt/ui/framework.ts";
import { buildPreview } from "../../../daemon/metagpt/ui/preview.ts";
import { makeFolder } from "../../tools/workspace.ts";

const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const MANIFEST = JSON.stringify({ dependencies: { react: "*", "react-dom": "*", "left-out": "*" } });
const STORY = `import { Tag } from "./Tag.jsx";\nexport default { component: Tag };\nexport const Default = { args: { text: "a" } };\nexport const Long = { args: { text: "aaaa" } };\n`;
const TAG = "export function Tag({ text }) { return <b>{text}</b>; }\n";
const FILES = {
  "package.json": MANIFEST,
  "index.html":
    '<!doctype html><html lang="en"><head><title>T</title></head><body><div id="root"></div><script type="module" src="/src/main.jsx"></script></body></html>',
  "src/main.jsx":
    'import "./main.css";\nimport { Tag } from "./Tag.jsx";\nimport { createRoot } from "react-dom/client";\ncreateRoot(document.getElementById("root")).render(<Tag text="x" />);\n',
  "src/main.css": "b { color: #333333; }",
  "src/Tag.jsx": TAG,
  "src/Tag.stories.jsx": STORY,
};

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly stories?: readonly string[];
  readonly page?: string | null;
  readonly modules?: boolean;
  readonly prepare?: (root: string) => void;
}

async function preview({ files = {}, stories = ["src/Tag.stories.jsx"], page = null, modules = true, prepare }: Given) {
  const root = makeFolder({ ...FILES, ...files });
  if (modules) symlinkSync(MODULES, join(root, "node_modules"));
  prepare?.(root);
  const linked = modules ? ["node_modules"] : [];
  return buildPreview({ root, linked, stories, page, signal: new AbortController().signal });
}

const problemsOf = async (given: Given) =>
  (await preview(given)).problems.map(
    ({ path, line, message }) => `${path}${line === undefined ? "" : `:${line}`} ${message}`,
  );

describe("buildPreview", () => {
  it("makes a page for the app and one for each story, shown with the app's styles", async () => {
    const { pages, files, problems, skipped, content } = await preview({ page: "index.html" });
    expect({ problems, skipped }).toEqual({ problems: [], skipped: [] });
    expect(pages.map(({ target, address }) => `${target} ${address}`)).toEqual([
      "/ /",
      "Tag/Default /stories/Tag--Default.html",
      "Tag/Long /stories/Tag--Long.html",
    ]);
    const text = (path: string) => files.get(path)?.body.toString("utf8") ?? "";
    expect(text("index.html")).toContain('<script defer src="app-0.js"></script>');
    expect(text("index.html")).not.toContain("main.jsx");
    expect(text("stories/Tag--Long.html")).toContain('href="../app-0.css"');
    expect(text("stories/Tag--Long.html")).toContain('data-story="Long"');
    expect(text("app-0.css")).toContain("#333");
    expect((await content(new URL("http://a/")))?.type).toContain("text/html");
    expect(await content(new URL("http://a/package.json/"))).toBeUndefined();
  });

  it("goes on with the other stories where one does not hold", async () => {
    const files = { "src/Other.stories.jsx": "export default {}; export const A = () => <i>{</i>;" };
    const { pages, problems } = await preview({ files, stories: ["src/Other.stories.jsx", "src/Tag.stories.jsx"] });
    expect(pages).toHaveLength(2);
    expect(problems).toEqual([
      { path: "src/Other.stories.jsx", line: 1, message: expect.stringContaining("Expected identifier") },
    ]);
  });

  it.each<[string, Given, string]>([
    [
      "a file of the project that is not there",
      { files: { "src/Tag.jsx": 'import "./gone.js";' } },
      'src/Tag.jsx:1 Could not resolve "./gone.js"',
    ],
    [
      "a package that nobody names",
      { files: { "src/Tag.jsx": 'import "no-such-package-here";' } },
      'src/Tag.jsx:1 Could not resolve "no-such-package-here"',
    ],
    [
      "stories that are none",
      { files: { "src/Tag.stories.jsx": "export default {};" } },
      "src/Tag.stories.jsx it exports no story.",
    ],
    ["a page that is not there", { page: "gone.html", stories: [] }, "gone.html there is no such page"],
    [
      "what may hold secrets",
      { files: { "src/Tag.jsx": 'import k from "../.env";', ".env": "KEY=1" } },
      "src/Tag.jsx:1 ../.env may hold secrets, so it is not bundled.",
    ],
    [
      "programs of Node",
      { files: { "src/Tag.jsx": 'import "node:fs";' } },
      'src/Tag.jsx:1 Could not resolve "node:fs"',
    ],
  ])("tells %s", async (_name, given, expected) => {
    expect((await problemsOf(given)).join("\n")).toContain(expected);
  });

  it("bundles nothing from outside, whatever leads there", async () => {
    const outside = makeFolder({ "x.js": "export const Tag = () => null;", "package.json": "{}" });
    const path = `${outside.replaceAll("\\", "/")}/x.js`;
    const byPath = { files: { "src/Tag.jsx": `export { Tag } from ${JSON.stringify(path)};` } };
    expect((await problemsOf(byPath)).join()).toContain("lies outside of the project");
    const byLink = {
      files: { "src/Tag.jsx": 'export { Tag } from "./linked.js";' },
      prepare: (root: string) => symlinkSync(path, join(root, "src/linked.js")),
    };
    expect((await problemsOf(byLink)).join()).toContain("lies outside of the project");
    const bySheet = {
      files: {
        "src/Tag.jsx": 'import "./a.css";\nexport const Tag = () => null;',
        "src/a.css": `@import ${JSON.stringify(path)};`,
      },
    };
    expect((await problemsOf(bySheet)).join()).toContain("lies outside of the project");
  });

  it.skipIf(process.platform === "win32")("reads no stories that are a link outwards, or a pipe", async () => {
    const outside = makeFolder({ "x.tsx": "export const Default = {};" });
    const prepare = (root: string) => {
      symlinkSync(join(outside, "x.tsx"), join(root, "src/Far.stories.tsx"));
      execFileSync("mkfifo", [join(root, "src/Pipe.stories.tsx")]);
    };
    const stories = ["src/Far.stories.tsx", "src/Pipe.stories.tsx", "src/Tag.stories.jsx"];
    const made = await preview({ stories, prepare });
    expect([...made.stories.keys()]).toEqual(["src/Tag.stories.jsx"]);
    expect(made.problems.map(({ message }) => message).join()).toMatch(/lies outside of the project.*is no plain file/);
  });

  it("takes packages that are linked one by one, and no link among them that leads elsewhere", async () => {
    const outside = makeFolder({ "evil/index.js": "export const Tag = () => null;", "evil/package.json": "{}" });
    const prepare = (root: string) => {
      mkdirSync(join(root, "node_modules"));
      for (const name of ["react", "react-dom", "scheduler"])
        symlinkSync(join(MODULES, name), join(root, "node_modules", name));
      symlinkSync(join(outside, "evil"), join(root, "node_modules", "evil"));
    };
    const root = makeFolder(FILES);
    prepare(root);
    const own = { root, linked: ["node_modules"], page: null, signal: new AbortController().signal };
    expect((await buildPreview({ ...own, stories: ["src/Tag.stories.jsx"] })).problems).toEqual([]);
    const evil = makeFolder({ ...FILES, "src/Tag.jsx": 'export { Tag } from "evil";' });
    prepare(evil);
    const { problems } = await buildPreview({ ...own, root: evil, stories: ["src/Tag.stories.jsx"] });
    expect(problems[0]?.message).toContain("evil lies outside of the project");
  });

  it("reads no settings that the project names elsewhere", async () => {
    const { problems } = await preview({ files: { "tsconfig.json": '{"extends": "/etc/passwd"}' } });
    expect(problems).toEqual([]);
  });

  it("follows short names of folders", async () => {
    const files = {
      "tsconfig.json":
        '{ // as people write it\n "compilerOptions": { "paths": { "@/*": ["./src/*"], "out/*": ["../*"], }, } }',
      "src/Tag.stories.jsx": STORY.replace("./Tag.jsx", "@/Tag.jsx"),
    };
    expect(await problemsOf({ files })).toEqual([]);
  });

  it("says that packages are not installed, and calls nothing wrong", async () => {
    const { problems, skipped, pages } = await preview({ modules: false });
    expect({ problems, pages }).toEqual({ problems: [], pages: [] });
    expect(skipped[0]).toContain("packages of the project are not installed: react");
  });

  it("says which frameworks it does not show", async () => {
    const { skipped } = await preview({ files: { "package.json": '{"dependencies":{"vue":"3"}}' } });
    expect(skipped).toEqual([detectFramework('{"dependencies":{"vue":"3"}}').noStories]);
  });

  it("stops with its signal", async () => {
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(
      buildPreview({ root: makeFolder(FILES), linked: [], stories: ["src/Tag.stories.jsx"], page: null, signal }),
    ).rejects.toThrow("stopped");
  });
});

it.each([
  ['{"dependencies":{"react":"1"}}', "react"],
  ['{"devDependencies":{"svelte":"5"}}', "svelte"],
  ['{"dependencies":{"@angular/core":"1"}}', "angular"],
  ["{}", "react"],
  [undefined, "react"],
  ["no json", "react"],
])("detects the framework of %s", (manifest, name) => {
  expect(detectFramework(manifest).name).toBe(name);
});

it("takes a page without packages for plain HTML", () => {
  expect(detectFramework(undefined, true).name).toBe("html");
});
