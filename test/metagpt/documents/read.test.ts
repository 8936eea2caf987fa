/** Reading projects of both dialects, whole ones and broken ones. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { heldFiles } from "../../../daemon/metagpt/documents/project-files.ts";
import { readProject } from "../../../daemon/metagpt/documents/read-project.ts";
import { ProjectReading } from "../../../protocol/index.ts";
import { projectFolder, readFolder } from "./folder.ts";
import { CLASSIC_KINDS, classicProject, DESIGN, mgxTools, mgxWorkspace, PRD, TASKS, TEAM } from "./projects.ts";

const json = (value: unknown) => JSON.stringify(value);

async function problemsOf(path: string, text: string) {
  const { documents } = await readFolder(projectFolder({ ...classicProject(), [path]: text }));
  const [found, ...others] = [
    documents.filter((one) => one.path === path),
    documents.filter((one) => one.path !== path),
  ];
  expect(others.flat().flatMap(({ problems }) => problems)).toEqual([]);
  return { ...found[0], codes: found[0]?.problems.map(({ code }) => code) };
}

describe("a classic project", () => {
  it("lists every document with kind and dialect, and nothing else", async () => {
    const reading = await readFolder(projectFolder(classicProject()));
    expect(reading.project).toBe("plant_keeper");
    expect(ProjectReading.safeParse(reading).success).toBe(true);
    expect(Object.fromEntries(reading.documents.map(({ path, kind }) => [path, kind]))).toEqual(CLASSIC_KINDS);
    expect(new Set(reading.documents.map(({ dialect }) => dialect))).toEqual(new Set(["classic"]));
    expect(
      reading.documents.flatMap(({ path, problems }) => problems.map(({ message }) => `${path}: ${message}`)),
    ).toEqual([]);
  });

  it("says in words what a value of the wrong type should be", async () => {
    const { problems } = await problemsOf("docs/prd/9.json", json({ ...PRD, "Product Goals": "one" }));
    expect(problems?.map(({ message }) => message)).toEqual([
      "“Product Goals”: Invalid input: expected array, received string.",
    ]);
  });

  it("gives JSON parsed and all else as its text", async () => {
    const { documents } = await readFolder(projectFolder(classicProject()));
    const content = (path: string) => documents.find((one) => one.path === path)?.content;
    expect(content("docs/prd/20260102030405.json")).toEqual(PRD);
    expect(content("team.json")).toEqual(TEAM);
    expect(content("docs/bugfix.txt")).toBe("It crashes on an empty list");
    expect(content("resources/seq_flow/20260102030405.mmd")).toBe(DESIGN["Program call flow"]);
  });

  it("knows the folders and keys of older versions", async () => {
    const { "Required packages": packages, ...rest } = TASKS;
    const folder = projectFolder({
      "docs/prds/1.json": json(PRD),
      "docs/tasks/1.json": json({ "Required Python packages": packages, ...rest }),
      "docs/code_summaries/1.json": json({ design_filename: "a", task_filename: "b", codes_filenames: [] }),
      "resources/api_spec_and_tasks/1.md": "## Task list\n",
      "resources/SD_Output/1.md": "x",
      "docs/class_views/1.json": "{}",
    });
    const { documents } = await readFolder(folder);
    expect(documents.map(({ path, kind, problems }) => [path, kind, problems])).toEqual([
      ["docs/code_summaries/1.json", "code_summary", []],
      ["docs/prds/1.json", "prd", []],
      ["docs/tasks/1.json", "task", []],
      ["resources/SD_Output/1.md", "markdown_copy", []],
      ["resources/api_spec_and_tasks/1.md", "markdown_copy", []],
    ]);
  });

  it("takes what is not there for left out, and null too", async () => {
    const { "Data structures and interfaces": _, ...design } = DESIGN;
    const { codes, content } = await problemsOf(
      "docs/system_design/9.json",
      json({ ...design, "Program call flow": null, "Ours alone": { kept: [1.5] } }),
    );
    expect(codes).toEqual([]);
    expect(content).toEqual({ ...design, "Program call flow": null, "Ours alone": { kept: [1.5] } });
    expect(content).not.toHaveProperty("Data structures and interfaces");
  });

  it("reads other languages, a byte order mark, Windows line ends and UTF-16", async () => {
    const chinese = { ...PRD, Language: "zh_cn", "Product Goals": ["不忘记浇水 🌱"], "Project Name": "" };
    expect((await problemsOf("docs/prd/9.json", json(chinese))).content).toEqual(chinese);
    const marked = await problemsOf(
      "docs/prd/9.json",
      `\ufeff${JSON.stringify(chinese, undefined, 2).replaceAll("\n", "\r\n")}`,
    );
    expect(marked).toMatchObject({ content: chinese, codes: [] });
    const folder = projectFolder({});
    mkdirSync(join(folder, "docs/prd"), { recursive: true });
    writeFileSync(join(folder, "docs/prd/1.json"), Buffer.from(`\ufeff${json(chinese)}`, "utf16le"));
    expect((await readFolder(folder)).documents[0]).toMatchObject({ content: chinese, problems: [] });
  });
});

describe("an MGX project", () => {
  it("is found in its workspace, with the PRD beside it", async () => {
    const { project, documents } = await readFolder(projectFolder(mgxWorkspace()));
    expect(project).toBe("plant-keeper");
    expect(documents.map(({ path, kind, dialect }) => [path, kind, dialect])).toEqual([
      ["plant-keeper/docs/project_schedule.md", "task_markdown", "mgx"],
      ["plant-keeper/docs/system_design-sequence-diagram.mermaid", "mermaid", "mgx"],
      ["plant-keeper/docs/system_design-sequence-diagram.mermaid-class-diagram", "mermaid", "mgx"],
      ["plant-keeper/docs/system_design.md", "system_design_markdown", "mgx"],
      ["prd_plant_keeper.md", "prd_markdown", "mgx"],
    ]);
    expect(documents[3]?.content).toBe(mgxWorkspace()["plant-keeper/docs/system_design.md"]);
  });

  it("is found where the folder above the workspace is given", async () => {
    const files = Object.entries(mgxWorkspace()).map(([path, text]) => [`workspace/${path}`, text]);
    const { documents } = await readFolder(projectFolder(Object.fromEntries(files)));
    expect(documents.map(({ kind }) => kind)).toEqual([
      "task_markdown",
      "mermaid",
      "mermaid",
      "system_design_markdown",
    ]);
  });

  it("may hold the JSON of the actions that were called as tools", async () => {
    const { project, documents } = await readFolder(projectFolder(mgxTools()));
    expect(project).toBe("plant_keeper");
    expect(documents.map(({ path, kind, dialect }) => [path, kind, dialect])).toEqual([
      ["docs/prd-competitive-analysis.mmd", "mermaid", "mgx"],
      ["docs/prd.json", "prd", "mgx"],
      ["docs/prd.md", "prd_markdown", "mgx"],
      ["docs/project_schedule.json", "task", "mgx"],
      ["docs/system_design-class-diagram.mmd", "mermaid", "mgx"],
      ["docs/system_design.json", "system_design", "mgx"],
      ["requirements.txt", "requirements_txt", "mgx"],
      ["storage/team/team.json", "team", "mgx"],
    ]);
    expect(documents.flatMap(({ problems }) => problems.map(({ code }) => code))).toEqual(["empty"]);
  });

  it("may stand loosely, as MetaGPT's own examples do", async () => {
    const folder = projectFolder({
      "prd.json": json(PRD),
      "tasks.json": json(TASKS),
      "test_plants.py.json": json({ summary: "", stdout: "", stderr: "" }),
      "package.json": json({ name: "x" }),
      "system_design.json": "{}",
    });
    const { documents } = await readFolder(folder);
    expect(documents.map(({ path, kind }) => [path, kind])).toEqual([
      ["prd.json", "prd"],
      ["tasks.json", "task"],
      ["test_plants.py.json", "test_output"],
    ]);
  });

  it("is told by headings and keys where names do not tell", async () => {
    const folder = projectFolder({
      "docs/plants.md": "# Plants\n\n## 1. Product Goals\n\n## User Stories\n",
      "docs/plan.json": json(TASKS),
      "docs/architecture.md": "# How it hangs together\n",
      "docs/settings.json": "{}",
      "docs/broken.json": "{",
    });
    const { documents } = await readFolder(folder);
    expect(documents.map(({ path, kind }) => [path, kind])).toEqual([
      ["docs/plan.json", "task"],
      ["docs/plants.md", "prd_markdown"],
    ]);
  });
});

describe("bad input", () => {
  const BAD: readonly (readonly [name: string, path: string, text: string, codes: readonly string[]])[] = [
    ["empty", "docs/prd/9.json", "", ["empty"]],
    ["only spaces", "docs/prd/9.json", " \n", ["empty"]],
    ["an empty object", "docs/prd/9.json", "{}", ["empty"]],
    ["an empty text", "docs/requirement.txt", "", ["empty"]],
    ["cut off", "docs/prd/9.json", json(PRD).slice(0, 200), ["not_json"]],
    ["Python's own words", "docs/prd/9.json", "{'a': None}", ["not_json"]],
    ["a list", "docs/prd/9.json", "[1]", ["wrong_type"]],
    ["a number", "docs/task/9.json", "3", ["wrong_type"]],
    ["goals that are no list", "docs/prd/9.json", json({ ...PRD, "Product Goals": "one" }), ["wrong_type"]],
    ["a pool of texts", "docs/prd/9.json", json({ ...PRD, "Requirement Pool": ["a"] }), ["wrong_type"]],
    ["a key that is needed", "docs/system_design/9.json", json({ "File list": [] }), ["missing_key"]],
    [
      "a file list that leaves",
      "docs/system_design/9.json",
      json({ ...DESIGN, "File list": ["../../etc/passwd", "a.py"] }),
      ["outside"],
    ],
    [
      "an absolute path",
      "docs/task/9.json",
      json({ ...TASKS, "Task list": ["C:\\x.py", "/etc/x"] }),
      ["outside", "outside"],
    ],
    ["dependencies that leave", ".dependencies.json", json({ "a.py": ["../b"] }), ["outside"]],
    ["dependencies in a circle", ".dependencies.json", json({ a: ["b"], b: ["c"], c: ["a"] }), ["cyclic"]],
    ["dependencies of a wrong type", ".dependencies.json", json({ a: "b" }), ["wrong_type"]],
    [
      "tasks in a circle",
      "docs/task/9.json",
      json({
        ...TASKS,
        "Logic Analysis": [
          ["plants.py", "imports main.py"],
          ["main.py", "depends on plants.py"],
        ],
      }),
      ["cyclic"],
    ],
    [
      "a plan in a circle",
      "team.json",
      json({
        ...TEAM,
        plan: [
          { task_id: "1", dependent_task_ids: ["2"] },
          { task_id: "2", dependent_task_ids: ["1"] },
        ],
      }),
      ["cyclic"],
    ],
    [
      "a mapping that runs code",
      "team.json",
      json({
        env: { history: [{ instruct_content: { class: "X", mapping: { a: "__import__('os').system('id')" } } }] },
      }),
      ["executable"],
    ],
    [
      "a module of somebody else",
      "team.json",
      json({ env: { history: [{ instruct_content: { class: "Popen", module: "subprocess", value: {} } }] } }),
      ["executable"],
    ],
    [
      "a mapping that is no object",
      "team.json",
      json({ env: { instruct_content: { mapping: "open('/etc/passwd')" } } }),
      ["executable"],
    ],
    ["a team without an environment", "team.json", json({ idea: "x" }), ["missing_key"]],
    ["nested without end", "docs/prd/9.json", `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`, ["too_large"]],
    ["too large", "docs/prd/9.json", `"${"x".repeat(4 * 1024 * 1024)}"`, ["too_large"]],
  ];

  it.each(BAD)("%s: is listed with its problem, and the rest loads", async (_name, path, text, codes) => {
    expect((await problemsOf(path, text)).codes).toEqual(codes);
  });

  it("a broken document keeps its kind, refined ones too", async () => {
    const { documents } = await readFolder(
      projectFolder({
        "docs/prd/1.json": '{"Refined Requirements": "x", "Refined Product Goals": [',
        "docs/system_design.json": "{",
      }),
    );
    expect(documents.map(({ kind, content }) => [kind, content])).toEqual([
      ["refined_prd", null],
      ["system_design", null],
    ]);
  });

  it.skipIf(process.platform === "win32")(
    "bytes that are no text, pipes, and links that leave or lead nowhere are not followed",
    async () => {
      const outside = projectFolder({ "secret.json": json(PRD), "prd/1.json": json(PRD) });
      const folder = projectFolder({ "docs/task/1.json": json(TASKS), "resources/prd/real.md": "x" });
      mkdirSync(join(folder, "docs/prd"));
      writeFileSync(join(folder, "docs/prd/bytes.json"), Buffer.from([0x7b, 0xff, 0xfe, 0x80]));
      symlinkSync(join(outside, "secret.json"), join(folder, "docs/prd/link.json"));
      symlinkSync(join(folder, "nothing"), join(folder, "docs/prd/nowhere.json"));
      symlinkSync(join(folder, "docs/task/1.json"), join(folder, "docs/prd/inside.json"));
      symlinkSync(outside, join(folder, "docs/system_design"), "junction");
      execFileSync("mkfifo", [join(folder, "docs/prd/pipe.json")]);
      const { documents } = await readFolder(folder);
      expect(
        documents.map(({ path, content, problems }) => [path, content === null, problems.map(({ code }) => code)]),
      ).toEqual([
        ["docs/prd/bytes.json", true, ["not_text"]],
        ["docs/prd/inside.json", false, expect.arrayContaining(["missing_key"])],
        ["docs/prd/link.json", true, ["outside"]],
        ["docs/prd/nowhere.json", true, ["outside"]],
        ["docs/prd/pipe.json", true, ["unreadable"]],
        ["docs/system_design", true, ["outside"]],
        ["docs/task/1.json", false, []],
        ["resources/prd/real.md", false, []],
      ]);
    },
  );

  it("a half-written project is what it is", async () => {
    const files = classicProject();
    const half = Object.fromEntries(Object.entries(files).filter(([path]) => /requirement\.txt|docs\/prd/.test(path)));
    expect((await readFolder(projectFolder(half))).documents.map(({ kind }) => kind)).toEqual([
      "prd",
      "refined_prd",
      "requirement",
    ]);
    expect((await readFolder(projectFolder({}))).documents).toEqual([]);
    const gone = projectFolder({ "docs/prd/1.json": json(PRD) });
    rmSync(join(gone, "docs"), { recursive: true });
    expect((await readFolder(gone)).documents).toEqual([]);
  });

  it("many documents are cut and told", async () => {
    const files = Array.from(
      { length: 2100 },
      (_, index) => [`docs/prd/${10_000 + index}.json`, Buffer.from("{")] as const,
    );
    const { documents } = await readProject(heldFiles("x", new Map(files)));
    expect(documents).toHaveLength(2000);
    expect(documents.at(-1)?.problems.at(-1)?.message).toMatch(/first 2000/);
  });
});
