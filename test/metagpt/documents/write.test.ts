/** Writing documents: round trips, changes of one value, and whole projects. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planProject, projectName } from "../../../daemon/metagpt/documents/from-plan.ts";
import { reviseJson } from "../../../daemon/metagpt/documents/json/revise.ts";
import { printJson } from "../../../daemon/metagpt/documents/json/style.ts";
import { parseJson } from "../../../daemon/metagpt/documents/json/syntax.ts";
import {
  compactText,
  dependenciesText,
  documentFiles,
  documentText,
  requirementsText,
  teamText,
} from "../../../daemon/metagpt/documents/layout.ts";
import { markdownOf, pythonSource } from "../../../daemon/metagpt/documents/markdown.ts";
import { heldFiles } from "../../../daemon/metagpt/documents/project-files.ts";
import { readProject } from "../../../daemon/metagpt/documents/read-project.ts";
import { structureProblems } from "../../../daemon/metagpt/documents/structure.ts";
import { decodeText, encodeText } from "../../../daemon/metagpt/documents/text.ts";
import { writeProjectFolder } from "../../../daemon/metagpt/documents/write-folder.ts";
import { task } from "../../planning/plans.ts";
import { projectFolder } from "./folder.ts";
import { classicProject, DESIGN, PRD, PRD_COPY, pythonDumps, REFINED_PRD, SUMMARY, TASKS, TEAM } from "./projects.ts";

/** Every way in which MetaGPT, its users or an editor lay out the same document. */
const STYLES: readonly (readonly [string, (value: unknown) => string])[] = [
  ["pydantic", (value) => JSON.stringify(value)],
  ["Python", pythonDumps],
  ["indented by 4", (value) => JSON.stringify(value, undefined, 4)],
  ["tabs and a last line end", (value) => `${JSON.stringify(value, undefined, "\t")}\n`],
  ["Windows", (value) => `${JSON.stringify(value, undefined, 2).replaceAll("\n", "\r\n")}\r\n`],
  ["odd", (value) => `\n  ${JSON.stringify(value, undefined, 1).replace(/^(\s*"[^"]*"):/gm, "$1 :")}  \n`],
];

const DOCUMENTS = { PRD, REFINED_PRD, DESIGN, TASKS, SUMMARY, TEAM };

describe.each(STYLES)("a document written as %s", (_name, print) => {
  it.each(Object.entries(DOCUMENTS))("%s: the same values are the same bytes", (_kind, content) => {
    const text = print(content);
    const parsed = parseJson(text);
    expect(parsed.ok && parsed.root.value).toEqual(content);
    expect(reviseJson(text, structuredClone(content))).toBe(text);
  });

  it("one changed value changes nothing else", () => {
    const text = print(PRD);
    const changed = { ...PRD, "Product Goals": ["Never forget a plant", "Be fast", "Be kind – ü"] };
    const revised = reviseJson(text, changed) ?? "";
    expect(JSON.parse(revised)).toEqual(changed);
    const [start, end] = [text.indexOf('"Be quick'), text.length - text.indexOf('"User Stories"')];
    expect(revised.slice(0, start)).toBe(text.slice(0, start));
    expect(revised.slice(-end)).toBe(text.slice(-end));
  });
});

describe("reviseJson", () => {
  const text =
    '{ "n": 1.0,  "big": 12345678901234567890, "e": 1E5, "a": "\\u00fc\\/", "a": "twice", "list": [1,  2 , 3] }';

  it("keeps forms of numbers, escapes, spacing and keys that stand twice", () => {
    const value = { n: 1, big: Number("12345678901234567890"), e: 1e5, a: "twice", list: [1, 2, 3] };
    expect(reviseJson(text, value)).toBe(text);
    expect(reviseJson(text, { ...value, list: [1, 3] })).toBe(text.replace("[1,  2 , 3]", "[1 , 3]"));
    expect(reviseJson(text, { ...value, a: "new" })).toBe(text.replace('"twice"', '"new"'));
    const { e: _, ...rest } = value;
    expect(reviseJson(text, rest)).toBe(text.replace(' "e": 1E5,', ""));
  });

  it("adds in the style that it finds", () => {
    expect(reviseJson('{\n    "a": []\n}', { a: [1], b: { c: 1 } })).toBe(
      '{\n    "a": [\n        1\n    ],\n    "b": {\n        "c": 1\n    }\n}',
    );
    expect(reviseJson('{"a": [1, 2], "z": "\\u00e4"}', { a: [1, 2, 3], z: "ä", b: "ö" })).toBe(
      '{"a": [1, 2, 3], "z": "\\u00e4", "b": "\\u00f6"}',
    );
    expect(reviseJson('{"a":[1,2]}', { a: [0, 1, 2] })).toBe('{"a":[0,1,2]}');
    expect(reviseJson("{}", { a: 1 })).toBe('{"a": 1}');
    expect(reviseJson("nonsense", {})).toBeUndefined();
  });

  it("is right for any two values in any layout", () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 });
    const layout = fc.constantFrom(...STYLES.slice(0, 5).map(([, print]) => print));
    fc.assert(
      fc.property(value, value, layout, (before, after, print) => {
        const source = print(before);
        const plain: unknown = JSON.parse(source);
        expect(reviseJson(source, plain)).toBe(source);
        const [wanted, revised] = [JSON.stringify(after), reviseJson(source, JSON.parse(JSON.stringify(after)))];
        expect(JSON.parse(revised ?? "")).toEqual(JSON.parse(wanted));
      }),
      { numRuns: 150 },
    );
  });

  it("parses what JSON.parse parses, and nothing else", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      "1",
      "-0.5e2",
      "01",
      "true",
      "null",
      " ",
      "\n",
      '"\\x"',
      '"\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const source = parts.join("");
        const parsed = parseJson(source);
        let expected: { value: unknown } | undefined;
        try {
          expected = { value: JSON.parse(source) };
        } catch {
          expected = undefined;
        }
        expect(parsed.ok).toBe(expected !== undefined);
        if (parsed.ok) expect(parsed.root.value).toEqual(expected?.value);
      }),
      { numRuns: 800 },
    );
  });
});

it("texts come back as the bytes that they were read from", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom("utf-8", "utf-16le", "utf-16be"), (text, encoding) => {
      const bytes = encodeText({ text, encoding: encoding, hasMark: true });
      const decoded = decodeText(bytes);
      expect(decoded?.text).toBe(text);
      expect(decoded === undefined ? undefined : Buffer.from(encodeText(decoded))).toEqual(Buffer.from(bytes));
    }),
  );
});

describe("the Markdown copy", () => {
  it("is what MetaGPT writes", () => {
    expect(markdownOf(PRD)).toBe(PRD_COPY);
    expect(markdownOf({ a: { b: null, c: true }, d: [], e: [{ f: 1.5 }] })).toBe(
      "## a\n\n### b\n\nNone\n\n### c\n\nTrue\n\n## d\n\n- \n\n## e\n\n- {'f': 1.5}\n\n",
    );
  });

  it.each([
    ["it's", `"it's"`],
    [`it's "so"`, `'it\\'s "so"'`],
    ["a\nb\t\\", "'a\\nb\\t\\\\'"],
    ["ü🌱", "'ü🌱'"],
    ["\u0000\u00a0\u2028\u{e0001}", "'\\x00\\xa0\\u2028\\U000e0001'"],
  ])("prints %j as Python does", (text, source) => expect(pythonSource(text)).toBe(source));
});

describe("documentFiles", () => {
  it("writes a document with its copies where MetaGPT looks for them", () => {
    const files = documentFiles({ kind: "system_design", stem: "7", content: DESIGN });
    expect(files.map(({ path }) => path)).toEqual([
      "docs/system_design/7.json",
      "resources/system_design/7.md",
      "resources/data_api_design/7.mmd",
      "resources/seq_flow/7.mmd",
    ]);
    expect(files[3]?.text).toMatch(/^%%\{init: .*\}%%\nsequenceDiagram\n/);
    expect(documentFiles({ kind: "refined_task", stem: "7", content: {} }).map(({ path }) => path)).toEqual([
      "docs/task/7.json",
      "resources/api_spec_and_task/7.md",
    ]);
  });

  it("keeps a document's bytes where it says the same", () => {
    const before = compactText(PRD);
    expect(documentText(PRD, before)).toBe(before);
    expect(documentText(PRD)).toBe(`${JSON.stringify(PRD, undefined, 2)}\n`);
    expect(teamText(TEAM)).toBe(JSON.stringify(TEAM, undefined, 4));
  });
});

it("dependencies are added to what is there, as Python writes them", () => {
  const before = classicProject()[".dependencies.json"] ?? "";
  expect(dependenciesText(before, new Map())).toBe(before);
  const after = dependenciesText(before, new Map([["b.py", ["z", "ä"]]]));
  expect(after).toBe(before.replace(/\}$/, ', "b.py": ["z", "\\u00e4"]}'));
  expect(dependenciesText(undefined, new Map([["a", ["b"]]]))).toBe('{"a": ["b"]}');
  expect(dependenciesText("broken", new Map([["a", ["b"]]]))).toBe('{"a": ["b"]}');
});

it("requirements are those that were there and those of the tasks", () => {
  expect(requirementsText(undefined, TASKS)).toBe("rich==13.0.0");
  expect(requirementsText("flask\n", TASKS)).toBe("flask\nrich==13.0.0");
  expect(requirementsText("rich==13.0.0\n", TASKS)).toBe("rich==13.0.0\n");
  expect(requirementsText(undefined, {})).toBeUndefined();
});

const PLAN = {
  summary: "Orders for a bakery",
  milestones: [
    { id: "base", title: "Orders", outcome: "An order is kept.", risks: [{ risk: "Spam", mitigation: "Limits" }] },
  ],
  tasks: [
    task("page", { files: ["src/page.ts", "src/*.css"], dependsOn: ["store"] }),
    task("store", {
      files: ["./src/store.ts", "../outside.ts"],
      outputs: [{ name: "t", kind: "file", path: "test/store.test.ts" }],
    }),
  ],
};

const asFiles = (files: readonly { path: string; text: string }[]) =>
  new Map(files.map(({ path, text }) => [path, Buffer.from(text)]));

describe("a plan as a MetaGPT project", () => {
  const written = planProject({ plan: PLAN, goal: "Bread, please", name: "Bakery-App 2", stem: "20260102030405" });

  it("has a whole structure: every file its design and its task", async () => {
    const reading = await readProject(heldFiles("x", asFiles(written)));
    expect(reading.project).toBe("bakery_app_2");
    expect(reading.documents.flatMap(({ problems }) => problems)).toEqual([]);
    expect(
      structureProblems(reading.documents, { folder: "bakery_app_2", files: ["bakery_app_2/src/page.ts"] }),
    ).toEqual([]);
    const tasks = reading.documents.find(({ kind }) => kind === "task")?.content;
    expect(tasks).toMatchObject({ "Task list": ["src/store.ts", "test/store.test.ts", "src/page.ts"] });
    const prd = reading.documents.find(({ kind }) => kind === "prd")?.content;
    expect(prd).toMatchObject({ "Original Requirements": "Bread, please", "Programming Language": "TypeScript" });
    expect(JSON.stringify(prd)).toContain("outside.ts” leads outside");
  });

  it("names itself so that it can be a Python package", () => {
    expect(["My Shop!", "9 lives", "漢字"].map(projectName)).toEqual(["my_shop", "project_9_lives", "project"]);
  });
});

describe("structureProblems", () => {
  async function codesWithout(change: (files: Record<string, string>) => void, files: readonly string[] = []) {
    const written = planProject({ plan: PLAN, goal: "g", name: "bakery", stem: "1" });
    const held = Object.fromEntries(written.map(({ path, text }) => [path, text]));
    change(held);
    const reading = await readProject(
      heldFiles("x", new Map(Object.entries(held).map(([path, text]) => [path, Buffer.from(text)]))),
    );
    return structureProblems(reading.documents, { folder: "bakery", files }).map(({ path, code }) => `${code} ${path}`);
  }
  const edit =
    (path: string, change: (value: Record<string, unknown>) => unknown) => (files: Record<string, string>) => {
      files[path] = printJson(change(JSON.parse(files[path] ?? "{}")), {
        indent: null,
        newline: "\n",
        comma: ", ",
        colon: ": ",
        ascii: false,
      });
    };

  it("finds nothing where all is well", async () => expect(await codesWithout(() => undefined)).toEqual([]));

  it.each<[string, (files: Record<string, string>) => void, string]>([
    ["no requirement", (files) => delete files["docs/requirement.txt"], "missing docs/requirement.txt"],
    ["no dependencies", (files) => delete files[".dependencies.json"], "missing .dependencies.json"],
    ["no PRD", (files) => delete files["docs/prd/1.json"], "unlinked docs/system_design/1.json"],
    ["no copy", (files) => delete files["resources/prd/1.md"], "missing resources/prd/1.md"],
    ["an old copy", (files) => Object.assign(files, { "resources/prd/1.md": "old" }), "stale resources/prd/1.md"],
    [
      "a file without a task",
      edit("docs/task/1.json", (value) => ({ ...value, "Task list": [] })),
      "incomplete docs/task/1.json",
    ],
    [
      "a task without a file",
      edit("docs/system_design/1.json", (value) => ({ ...value, "File list": [] })),
      "incomplete docs/system_design/1.json",
    ],
    [
      "a file of unknown origin",
      edit(".dependencies.json", (value) => ({ ...value, "bakery/src/page.ts": ["docs/task/1.json"] })),
      "unknown_file bakery/src/page.ts",
    ],
    [
      "a circle",
      edit(".dependencies.json", (value) => ({ ...value, "docs/prd/1.json": ["docs/task/1.json"] })),
      "cyclic .dependencies.json",
    ],
    [
      "an output of unknown origin",
      (files) => Object.assign(files, { "test_outputs/a.json": '{"summary":"","stdout":"","stderr":""}' }),
      "unknown_file test_outputs/a.json",
    ],
  ])("%s", async (_name, change, expected) => expect(await codesWithout(change)).toContain(expected));

  it("a source file that is there must be known", async () => {
    expect(await codesWithout(() => undefined, ["bakery/src/other.ts"])).toEqual(["unknown_file bakery/src/other.ts"]);
  });
});

describe("writeProjectFolder", () => {
  const files = new Map([["docs/prd/1.json", "{}"]]);

  it("writes into a new folder or an empty one", async () => {
    const folder = projectFolder({});
    for (const target of [join(folder, "a/new"), folder]) {
      if (target === folder) continue;
      expect(await writeProjectFolder(target, files)).toMatchObject({ ok: true });
      expect(readFileSync(join(target, "docs/prd/1.json"), "utf8")).toBe("{}");
    }
    const empty = join(folder, "empty");
    mkdirSync(empty);
    expect(await writeProjectFolder(empty, files)).toMatchObject({ ok: true });
    expect(readdirSync(folder).sort()).toEqual(["a", "empty"]);
  });

  it("touches nothing that is there", async () => {
    const folder = projectFolder({ "p/kept.txt": "mine" });
    writeFileSync(join(folder, "file"), "x");
    for (const name of ["p", "file"])
      expect(await writeProjectFolder(join(folder, name), files)).toMatchObject({
        ok: false,
        error: { code: "metagpt.exists" },
      });
    expect(readFileSync(join(folder, "p/kept.txt"), "utf8")).toBe("mine");
    expect(readdirSync(folder).sort()).toEqual(["file", "p"]);
  });

  it("writes nothing outside, and leaves nothing behind", async () => {
    const folder = projectFolder({});
    const written = await writeProjectFolder(
      join(folder, "p"),
      new Map([
        ["a", "1"],
        ["../../out.txt", "2"],
      ]),
    );
    expect(written).toMatchObject({ ok: false, error: { code: "path.outside" } });
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(join(dirname(folder), "out.txt"))).toBe(false);
    writeFileSync(join(folder, "file"), "x");
    expect(await writeProjectFolder(join(folder, "file/p"), files)).toMatchObject({ ok: false });
  });
});

it("reading and writing every document of a project gives the same bytes", async () => {
  const files = new Map(Object.entries(classicProject()).map(([path, text]) => [path, Buffer.from(text)]));
  const { documents } = await readProject(heldFiles("x", files));
  for (const { path, text, content } of documents) {
    const written = typeof content === "string" ? content : reviseJson(text ?? "", structuredClone(content));
    expect(written, path).toBe(files.get(path)?.toString());
  }
  expect(documents).toHaveLength(19);
});
