/** Design views of folders: tasks, traces, staleness, exports, and what a person saves. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderFiles, heldFiles } from "../../../daemon/metagpt/documents/project-files.ts";
import { readProject } from "../../../daemon/metagpt/documents/read-project.ts";
import { keepTrace } from "../../../daemon/metagpt/ui/stale.ts";
import { gather } from "../../../daemon/metagpt/view/gather.ts";
import { createDesignService } from "../../../daemon/metagpt/view/service.ts";
import type { RunDesign, RunDesignEdit, RunDesignState } from "../../../daemon/metagpt/view/source.ts";
import { designView } from "../../../daemon/metagpt/view/view.ts";
import { refusalOf } from "../../../daemon/server/rpc/roles.ts";
import { applyRunEvent, DesignView, type RunState } from "../../../protocol/index.ts";
import { created } from "../../support/fake-run-service.ts";
import { memoryTrust } from "../../support/guard.ts";
import { projectFolder } from "../documents/folder.ts";
import { classicProject, mgxTools, PRD, TASKS } from "../documents/projects.ts";
import { design, prd } from "../ui/designs.ts";

const json = (value: unknown) => JSON.stringify(value);
const service = (runs?: RunDesign) => createDesignService({ trust: memoryTrust(), runs });
const refusal = (code: string) => ({ value: { code } });

async function viewOf(files: Record<string, string>, state?: RunDesignState) {
  const held = heldFiles("shop", new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
  const view = designView(await gather(held), { folder: "", ...(state === undefined ? {} : { state }) });
  expect(DesignView.safeParse(view).success).toBe(true);
  return view;
}

/** A project with a UI design, whose component is written. */
function designed(): Record<string, string> {
  const ui = design();
  const files = Object.fromEntries(
    ui.Components.flatMap(({ file, stories, test }) => [file, stories, ...(test === undefined ? [] : [test])]).map(
      (path) => [path, `// ${path}`],
    ),
  );
  return {
    "docs/requirement.txt": "A bakery takes orders",
    "docs/prd/7.json": json(prd()),
    "docs/ui_design/7.json": json(ui),
    "docs/task/7.json": json({ ...TASKS, "Task list": ["src/a.ts"], "Logic Analysis": [["src/a.ts", "Does it"]] }),
    ".dependencies.json": json({ "docs/ui_design/7.json": ["docs/prd/7.json"] }),
    ...files,
  };
}

describe("designView of a folder", () => {
  it("has every document with its hash, and nobody is asked", async () => {
    const view = await viewOf(classicProject());
    expect(view).toMatchObject({ project: "plant_keeper", runId: null, problems: [], checks: [] });
    expect(view.documents).toHaveLength(19);
    for (const document of view.documents)
      expect(document).toMatchObject({
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        gate: "none",
        questionId: null,
        stale: [],
      });
    expect(view.documents.find(({ kind }) => kind === "refined_prd")?.title).toBe("Product requirements, refined");
  });

  it("puts tasks in the order in which they need each other, as far as files are there", async () => {
    const { tasks } = await viewOf({
      "docs/task/1.json": json({
        ...TASKS,
        "Task list": ["main.py", "store.py", "ui.py"],
        "Logic Analysis": [
          ["main.py", "Entry, imports ui.py and store.py"],
          ["ui.py", "Screens\nfrom store import Store"],
          ["store.py", "Keeps, used by main.py"],
        ],
      }),
      "shop/store.py": "x",
    });
    expect(tasks.map(({ id, dependsOn, status }) => [id, dependsOn, status])).toEqual([
      ["store.py", [], "done"],
      ["ui.py", ["store.py"], "waiting"],
      ["main.py", ["store.py", "ui.py"], "waiting"],
    ]);
    expect(tasks[1]?.title).toBe("Screens");
  });

  it("tells a circle of tasks, and shows them all", async () => {
    const pairs = [
      ["a.py", "imports b.py"],
      ["b.py", "imports a.py"],
    ];
    const view = await viewOf({
      "docs/task/1.json": json({ ...TASKS, "Task list": ["a.py", "b.py"], "Logic Analysis": pairs }),
    });
    expect(view.problems).toEqual(["Tasks need each other in a circle: a.py → b.py."]);
    expect(view.tasks.map(({ id }) => id)).toEqual(["a.py", "b.py"]);
  });

  it("links requirement, story, element, component, file and test", async () => {
    const view = await viewOf(designed());
    const [component] = design().Components;
    const reach = (from: string): string[] => {
      const next = view.links.filter((link) => link.from === from).map(({ to }) => to);
      return [...next, ...next.flatMap(reach)];
    };
    expect(view.links).toContainEqual({ from: "R1", to: "S2" });
    expect(view.links).toContainEqual({ from: "S2", to: "home.list" });
    const drawn = design().Components.find(({ elements }) => elements.some((id) => id === "home.list"));
    expect(reach("R1")).toEqual(expect.arrayContaining([drawn?.name, drawn?.file]));
    expect(view.nodes.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["requirement", "story", "element", "component", "file"]),
    );
    expect(view.nodes.find(({ id }) => id === component?.file)).toMatchObject({
      kind: "file",
      status: "ok",
      path: component?.file,
    });
    expect(view.nodes.find(({ id }) => id === "src/a.ts")).toMatchObject({ status: "missing", path: null });
    expect(view.wireframes.map(({ screen }) => screen)).toEqual(["home", "thanks"]);
    expect(view.wireframes[0]?.svg).toMatch(/^<svg /);
  });

  it("links tests of classic projects to what they test", async () => {
    const { links, nodes } = await viewOf({
      ...classicProject(),
      ".dependencies.json": json({ "tests/test_plants.py": ["plant_keeper/plants.py"] }),
      "docs/task/20260203040506.json": "",
    });
    expect(links).toContainEqual({ from: "plants.py", to: "tests/test_plants.py" });
    expect(nodes.find(({ id }) => id === "tests/test_plants.py")).toMatchObject({ kind: "test", status: "ok" });
  });

  it("tells what no longer fits since design and code agreed", async () => {
    const files = designed();
    const held = (all: Record<string, string>) =>
      heldFiles("shop", new Map(Object.entries(all).map(([path, text]) => [path, Buffer.from(text)])));
    const { reading, hashes } = await gather(held(files));
    const trace = keepTrace("7", { documents: reading.documents, files: hashes });
    const kept = { ...files, [trace.path]: trace.text };
    expect((await viewOf(kept)).documents.flatMap(({ stale }) => stale)).toEqual([]);
    const wanted = {
      ...prd(),
      "Requirement Pool": [
        ["P0", "Breads and cakes are listed"],
        ["P0", "The total is shown"],
      ],
    };
    const view = await viewOf({ ...kept, "docs/prd/7.json": json(wanted) });
    expect(view.documents.find(({ kind }) => kind === "ui_design")?.stale).toEqual([
      expect.stringContaining("docs/prd/7.json"),
    ]);
    expect(view.nodes.find(({ id }) => id === "home.list")?.status).toBe("stale");
  });

  it("is whole where documents are broken", async () => {
    const view = await viewOf({
      "docs/prd/1.json": '{"half',
      "docs/ui_design/1.json": json({ Screens: 1 }),
      "docs/task/1.json": "[]",
    });
    expect(view.documents.find(({ kind }) => kind === "prd")).toMatchObject({ content: null, text: '{"half' });
    expect(view.problems).toEqual(["docs/ui_design/1.json has problems, so its screens are not drawn."]);
    expect((await viewOf({})).documents).toEqual([]);
  });

  it("knows MGX's documents as one round", async () => {
    const { nodes, tasks } = await viewOf(mgxTools());
    expect(nodes.filter(({ kind }) => kind === "requirement").map(({ path }) => path)).toEqual(
      Array(3).fill("docs/prd.json"),
    );
    expect(tasks.map(({ id }) => id)).toEqual(["plants.py", "main.py"]);
  });
});

function runState(more: Partial<RunState> = {}): RunState {
  return { ...applyRunEvent(null, { runId: "r1", seq: 1, at: "2026-01-01T00:00:00.000Z", body: created() }), ...more };
}

function designing(): RunState {
  const written = (path: string, kind: "prd" | "task") => ({
    ...{ path, kind, version: 2, artifact: "a", writtenBy: "product-manager", decision: null, remarks: "" },
    derivedFrom: [{ path: "docs/requirement.txt", hash: "0".repeat(64) }],
  });
  const stale = [{ subject: "src/a.ts", because: "The element home.list changed.", taskId: null }];
  return runState({
    design: { documents: [written("docs/prd/7.json", "prd"), written("docs/task/7.json", "task")], checks: [], stale },
  });
}

describe("designView of a run", () => {
  it("has gates, versions, and what is stale", async () => {
    const state = { run: designing(), folder: "", gates: new Map([["docs/prd/7.json", "q1"]]), asksPeople: false };
    const view = await viewOf(designed(), state);
    const document = (path: string) => view.documents.find((one) => one.path === path);
    expect(document("docs/prd/7.json")).toMatchObject({
      gate: "open",
      questionId: "q1",
      version: 2,
      writtenBy: "product-manager",
    });
    expect(document("docs/prd/7.json")?.stale).toEqual([
      "docs/requirement.txt was changed since this was made from it.",
    ]);
    expect(document("docs/task/7.json")?.gate).toBe("none");
    expect(view.tasks.find(({ id }) => id === "src/a.ts")).toMatchObject({ status: "stale" });
    const asked = await viewOf(designed(), { ...state, asksPeople: true });
    expect(asked.documents.find(({ path }) => path === "docs/task/7.json")?.gate).toBe("open");
  });
});

describe("the service", () => {
  it("reads a folder of a workspace, and not beyond", async () => {
    const workspace = projectFolder({ "shop/docs/prd/1.json": json(PRD) });
    const { view } = await service().read({ source: { workspace, folder: "shop" } });
    expect(view).toMatchObject({ folder: "shop", documents: [{ path: "docs/prd/1.json" }] });
    await expect(service().read({ source: { workspace, folder: "../.." } })).rejects.toMatchObject(
      refusal("path.outside"),
    );
    await expect(service().read({ source: { runId: "r" } })).rejects.toMatchObject(refusal("run.unknown"));
  });

  it("gives pictures that are PNG", async () => {
    const workspace = projectFolder({ "a.png": "no" });
    const png = Buffer.from("89504e470d0a1a0a00", "hex");
    writeFileSync(join(workspace, "b.png"), png);
    expect(await service().picture({ source: { workspace }, path: "b.png" })).toEqual({ png: png.toString("base64") });
    for (const path of ["a.png", "none.png", "../b.png"])
      await expect(service().picture({ source: { workspace }, path })).rejects.toMatchObject(
        refusal("design.no_picture"),
      );
  });

  describe("save", () => {
    const BY = { name: "test" };
    async function opened(files: Record<string, string>, path: string, trusted = true) {
      const workspace = projectFolder(files);
      const trust = memoryTrust();
      if (trusted) await trust.decide(workspace, { trusted: true, by: "test", why: "" });
      const own = createDesignService({ trust });
      const { view } = await own.read({ source: { workspace } });
      const hash = view.documents.find((one) => one.path === path)?.hash ?? "";
      const save = (text: string, more: { path?: string; hash?: string } = {}) =>
        own.save({ source: { workspace }, path, hash, text, ...more }, BY);
      return { workspace, save, read: () => readFileSync(join(workspace, path), "utf8") };
    }
    const PATH = "docs/prd/20260102030405.json";

    it("changes the values that changed, and the copies that follow", async () => {
      const { workspace, save, read } = await opened(classicProject(), PATH);
      const before = read();
      const wanted = { ...PRD, "UI Design draft": "Two buttons." };
      const { hash, problems } = await save(JSON.stringify(wanted, undefined, 2));
      expect(read()).toBe(before.replace("A list with a button.", "Two buttons."));
      expect(problems).toEqual([]);
      expect(readFileSync(join(workspace, "resources/prd/20260102030405.md"), "utf8")).toContain("Two buttons.");
      expect(await save(before, { hash })).toMatchObject({ problems: [] });
      expect(read()).toBe(before);
    });

    it("is refused where the file is another, or would be no document", async () => {
      const { workspace, save, read } = await opened(
        { ...classicProject(), "docs/trace/1.json": "{}", "docs/notes.md": "# N" },
        PATH,
      );
      const before = read();
      await expect(save(json(PRD), { hash: "0".repeat(64) })).rejects.toMatchObject(refusal("edit.stale"));
      for (const text of ["", "{", "# Markdown"])
        await expect(save(text)).rejects.toMatchObject(refusal("design.not_document"));
      for (const path of [
        "plant_keeper/main.py",
        "docs/trace/1.json",
        "docs/notes.md",
        "team.json",
        "docs/prd/../../plant_keeper/main.py",
        "docs/class_view/plant.json",
      ])
        await expect(save("x", { path })).rejects.toMatchObject(refusal("design.not_document"));
      await expect(save("{}", { path: "docs/prd/none.json" })).rejects.toMatchObject(refusal("edit.stale"));
      expect(read()).toBe(before);
      expect(readFileSync(join(workspace, "plant_keeper/main.py"), "utf8")).toBe(
        classicProject()["plant_keeper/main.py"],
      );
    });

    it("mends a broken document, and takes Markdown as it is", async () => {
      const broken = await opened({ "docs/prd/1.json": '{"Language": "en_us",' }, "docs/prd/1.json");
      await broken.save(json(PRD));
      expect(broken.read()).toBe(json(PRD));
      const text = await opened({ "docs/prd.md": "# PRD\r\n" }, "docs/prd.md");
      await text.save("# PRD\r\n\r\nMore.\r\n");
      expect(text.read()).toBe("# PRD\r\n\r\nMore.\r\n");
    });

    it("is only for people, and reading for everybody", () => {
      expect(refusalOf("automation", "design/save")).toBe("connection.not_human");
      expect(refusalOf("agent", "design/save")).toBe("connection.read_only");
      for (const role of ["human", "automation", "agent"] as const)
        expect(refusalOf(role, "design/read")).toBeUndefined();
    });

    it("is refused where nobody trusts the folder", async () => {
      const { save, read } = await opened(classicProject(), PATH, false);
      const before = read();
      await expect(save(json(PRD))).rejects.toMatchObject(refusal("design.not_trusted"));
      expect(read()).toBe(before);
    });

    it.skipIf(process.platform === "win32")("does not follow a link to another file", async () => {
      const outside = projectFolder({ "1.json": json(PRD) });
      const { workspace, save } = await opened({ ...classicProject(), "src/x.json": json(PRD) }, PATH);
      symlinkSync(join(outside, "1.json"), join(workspace, "docs/prd/out.json"));
      symlinkSync(join(workspace, "src/x.json"), join(workspace, "docs/prd/in.json"));
      await expect(save(json({ ...PRD, Language: "x" }), { path: "docs/prd/out.json" })).rejects.toMatchObject(
        refusal("path.outside"),
      );
      await expect(save(json({ ...PRD, Language: "x" }), { path: "docs/prd/in.json" })).rejects.toMatchObject(
        refusal("design.not_document"),
      );
      expect(readFileSync(join(outside, "1.json"), "utf8")).toBe(json(PRD));
      expect(readFileSync(join(workspace, "src/x.json"), "utf8")).toBe(json(PRD));
    });
  });

  it("asks the port about runs", async () => {
    const saved: RunDesignEdit[] = [];
    const files = heldFiles(
      "shop",
      new Map(Object.entries(designed()).map(([path, text]) => [path, Buffer.from(text)])),
    );
    const png = Buffer.from("89504e470d0a1a0a00", "hex");
    const runs: RunDesign = {
      state: async () => ({ run: designing(), folder: "shop", gates: new Map(), asksPeople: false }),
      files: async (runId) => (runId === "r1" ? files : undefined),
      artifact: async (_runId, address) => (address === "picture" ? png : undefined),
      async save(_runId, edit) {
        saved.push(edit);
        return { hash: "new" };
      },
    };
    const own = service(runs);
    const source = { runId: "r1" };
    expect((await own.read({ source })).view).toMatchObject({ runId: "r1", folder: "shop", project: "shop" });
    await expect(own.read({ source: { runId: "r2" } })).rejects.toMatchObject(refusal("design.none"));
    expect(await own.picture({ source, artifact: "picture" })).toEqual({ png: png.toString("base64") });
    await expect(own.picture({ source, artifact: "other" })).rejects.toMatchObject(refusal("design.no_picture"));
    const answer = await own.save({ source, path: "docs/prd/7.json", hash: "h", text: "{}" }, { name: "me" });
    expect([answer, saved]).toEqual([
      { hash: "new", problems: [] },
      [{ path: "docs/prd/7.json", hash: "h", text: "{}", by: "client:me" }],
    ]);
  });
});

describe("exports", () => {
  const HOSTILE = {
    ...prd(),
    "Project Name": '<img src=x onerror="a()">',
    "Requirement Analysis": "# not a heading\n```\n<script>alert(1)</script>\n[x](javascript:a())",
    "Competitive Quadrant Chart": 'quadrantChart\n```\n<b title="x">',
    "Requirement Pool": [["P0", "a | b"]],
    Odd: { deep: ["</pre><script>"] },
  };
  const files = () => ({ ...designed(), "docs/prd/7.json": json(HOSTILE) });

  async function exported(format: "markdown" | "html") {
    const workspace = projectFolder(files());
    return service().export({ source: { workspace }, format });
  }

  it("HTML needs nothing from elsewhere, runs nothing and escapes everything", async () => {
    const { name, text } = await exported("html");
    expect(name).toBe("img-src-x-onerror-a.html");
    expect(text).toMatch(/^<!doctype html>/);
    const tags = new Set([...text.matchAll(/<([a-z0-9]+)/gi)].map(([, tag = ""]) => tag.toLowerCase()));
    expect([...tags].sort()).toEqual(
      "body div figcaption figure h1 h2 h3 head html img li main meta p pre section style table tbody td th thead title tr ul".split(
        " ",
      ),
    );
    expect(text).not.toMatch(/<script|onerror="|\b(src|href)="(?!data:image\/svg\+xml;base64,)/);
    expect(text).toContain("default-src 'none'");
    expect(text).toContain("&lt;script&gt;alert(1)");
    expect(text).toContain("@media print");
    expect(text.match(/<img /g)).toHaveLength(2);
  });

  it("Markdown keeps text from becoming markup", async () => {
    const { name, text } = await exported("markdown");
    expect(name).toBe("img-src-x-onerror-a.md");
    expect(text.replace(/^(`{3,})\w+\n.*?\n\1$/gms, "")).not.toMatch(/<|(?<!\\)```/);
    expect(text).toContain("\\# not a heading");
    expect(text).toContain("| P0 | a \\| b |");
    expect(text).toContain("````mermaid\nquadrantChart\n```\n");
    expect(text).not.toContain("](javascript:");
    expect(text).toContain("| requirement | R1: P0: a \\| b |");
  });

  it("wants documents", async () => {
    await expect(service().export({ source: { workspace: projectFolder({}) }, format: "html" })).rejects.toMatchObject(
      refusal("design.none"),
    );
  });

  it("shows drawings that the caller made, as pictures", async () => {
    const { htmlExport } = await import("../../../daemon/metagpt/view/export-html.ts");
    const view = await viewOf(classicProject());
    const path = "docs/prd/20260102030405.json";
    const html = htmlExport(view, new Map([[`${path} Competitive Quadrant Chart`, "<svg><script/></svg>"]]));
    expect(html).toContain(
      `<img src="data:image/svg+xml;base64,${Buffer.from("<svg><script/></svg>").toString("base64")}"`,
    );
  });
});

it("reads from a folder that a link leads to by its own name", async () => {
  const folder = projectFolder({ "real/docs/prd/1.json": json({ ...PRD, "Project Name": "" }) });
  mkdirSync(join(folder, "x"));
  const reading = await readProject(folderFiles(join(folder, "real"), basename(join(folder, "real"))));
  expect(reading.project).toBe(basename(dirname(join(folder, "real/docs"))));
});
