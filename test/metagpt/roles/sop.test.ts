import { afterEach, describe, expect, it, vi } from "vitest";
import { ROLES } from "../../../daemon/metagpt/roles/roles.ts";
import { CODE, MANIFEST, PRD, SYSTEM_DESIGN, TASK, TESTS, UI_DESIGN } from "../../support/design/documents.ts";
import { bodies, openDesign, reasons, rolesNamed, STEM, startRoles } from "../../support/design/run.ts";
import { call, reviews, SUMMARY, tests, wholeScript, writes, writesFile } from "../../support/design/script.ts";
import type { Engine } from "../../support/engine.ts";

// Whole runs with git and processes, on machines that do much else.
vi.setConfig({ testTimeout: 180_000 });
let engine: Engine;

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

describe("a procedure", () => {
  it("goes from one sentence to documents, code and tests that pass", async () => {
    engine = await openDesign({ script: wholeScript() });
    const runId = await startRoles(engine, ROLES);
    const state = await engine.ended(runId);
    const events = await engine.events(runId);
    expect(state.error === null ? [] : reasons(events)).toEqual([]);
    const written = bodies(events, "document.written").map(({ kind, version, by }) => `${kind} ${version} ${by.name}`);
    expect(written).toEqual([
      "requirement 1 workflow",
      "prd 1 product-manager",
      "system_design 1 architect",
      "ui_design 1 designer",
      "task 1 project-manager",
      "code_summary 1 engineer",
      "test_output 1 workflow",
    ]);
    expect(bodies(events, "document.decided").map(({ decision, by }) => `${decision} ${by}`)).toEqual(
      Array(4).fill("approved nexus"),
    );
    const paths = state.changes?.changeSet.files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining([".dependencies.json", "docs/requirement.txt", ...Object.keys(CODE)]));
    expect(paths).toContain(`resources/seq_flow/${STEM}.mmd`);
    await engine.service.accept({ runId }, { name: "t" });
    const dependencies: Record<string, string[]> = JSON.parse(engine.read(".dependencies.json") ?? "{}");
    expect(dependencies["src/greet.js"]).toEqual([`docs/system_design/${STEM}.json`, `docs/task/${STEM}.json`]);
    expect(dependencies[`docs/task/${STEM}.json`]).toEqual([
      `docs/system_design/${STEM}.json`,
      `docs/ui_design/${STEM}.json`,
    ]);
    expect(JSON.parse(engine.read("test_outputs/tests.json") ?? "{}")).toMatchObject({ summary: "The tests passed." });
  });

  it("writes a file again that its review sends back, and mends what its tests find, so often at most", async () => {
    const wrong = 'export const greet = () => "Hello!";\n';
    const right = CODE["src/greet.js"] ?? "";
    const debug = (turn: number) => ({
      system: "You are the QA engineer",
      firstUser: "The tests were run and fail",
      turn,
    });
    engine = await openDesign({
      script: [
        ...writes("product manager", "prd", PRD),
        ...writes("architect", "system_design", SYSTEM_DESIGN),
        ...writes("project manager", "task", TASK),
        {
          when: { firstUser: "must be changed: No name is used. LBTM", turn: 0 },
          reply: { text: "It is as it should be." },
        },
        ...writesFile("src/name.js", CODE["src/name.js"] ?? ""),
        reviews("src/name.js", "LGTM"),
        ...writesFile("src/greet.js", wrong),
        reviews("src/greet.js", "No name is used. LBTM"),
        reviews("src/greet.js", "Now the tests have to tell. LGTM"),
        ...writes("engineer", "code_summary", SUMMARY),
        { when: debug(0), reply: call("read_file", { path: "src/greet.js" }) },
        { when: debug(1), reply: call("write_file", { path: "README.md", content: "not for tests" }) },
        { when: debug(2), reply: call("write_file", { path: "src/greet.js", content: right }) },
        { when: debug(3), reply: { text: "The code was wrong." } },
        ...tests("test/greet.test.js", TESTS),
      ],
    });
    const runId = await startRoles(
      engine,
      ROLES.filter(({ name }) => name !== "designer"),
    );
    const state = await engine.ended(runId);
    const events = await engine.events(runId);
    expect(state.error === null ? [] : reasons(events)).toEqual([]);
    const reviewsOf = bodies(events, "step.finished").filter(({ at }) => /^code\[1\].*code-review$/.test(at));
    expect(reviewsOf.length).toBe(2);
    const outputs = bodies(events, "document.written").filter(({ kind }) => kind === "test_output");
    expect(outputs.map(({ version }) => version)).toEqual([1, 2]);
    const denied = bodies(events, "tool.finished").filter(({ status }) => status === "denied");
    expect(denied.map(({ output }) => output).join()).toMatch(/README.md/);
  });

  it("ends when its money is spent, and goes on where it was when there is more", async () => {
    engine = await openDesign({
      script: [
        ...writes("product manager", "prd", PRD).map((turn) => ({
          ...turn,
          reply: { ...turn.reply, usage: { inputTokens: 9900 } },
        })),
        ...writes("architect", "system_design", SYSTEM_DESIGN),
      ],
      settings: { price: { input: 1, output: 1 } },
    });
    const planners = rolesNamed("product-manager", "architect");
    const runId = await startRoles(engine, planners, { budgetUsd: 0.01 });
    const spent = await engine.ended(runId);
    expect(spent.status).toBe("out_of_budget");
    await engine.service.resume({ runId, budgetUsd: 5 }, { name: "t" });
    const state = await engine.until(runId, (one) => one.status === "done" || one.status === "failed");
    expect(state.error).toBeNull();
    const written = bodies(await engine.events(runId), "document.written").map(
      ({ kind, version }) => `${kind} ${version}`,
    );
    expect(written).toEqual(["requirement 1", "prd 1", "system_design 1"]);
  });
});

describe("a change of a project that is there", () => {
  const unrelated = { "src/other.js": "export const other = 1;\r\n", "docs/notes.md": "Notes\n" };
  const before = {
    "package.json": MANIFEST,
    ...CODE,
    ...unrelated,
    "test/greet.test.js": TESTS,
    [`docs/prd/${STEM}.json`]: `${JSON.stringify(PRD)}\n`,
    [`docs/ui_design/${STEM}.json`]: `${JSON.stringify(UI_DESIGN)}\n`,
  };
  const changed =
    'import { nameOf } from "./name.js";\nexport const greet = (name) => "Good day, " + (nameOf(name) || "stranger") + "!";\n';
  const refined = {
    "Refined Requirements": "",
    "Refined Product Goals": ["Greet politely"],
    "Refined User Stories": ["As a visitor I want to be greeted politely"],
    "Refined Requirement Analysis": "One word changes.",
    "Refined Requirement Pool": [["P0", "Says good day"]],
  };
  const design = { "Refined Implementation Approach": "Change one word.", "Refined File list": ["src/greet.js"] };
  const task = { "Refined Logic Analysis": [["src/greet.js", "greet(name)"]], "Refined Task list": ["src/greet.js"] };
  const plan = {
    "Development Plan": ["Change the greeting."],
    "Incremental Change": ["```diff\n-Hello\n+Good day\n```"],
  };

  it("refines the documents, plans the change, and touches nothing else", async () => {
    const write = (turn: number) => ({ firstUser: "Write the file src/greet.js of the task list.", turn });
    engine = await openDesign({
      files: before,
      script: [
        ...writes("product manager", "refined_prd", refined),
        ...writes("architect", "refined_system_design", design),
        ...writes("project manager", "refined_task", task),
        ...writes("engineer", "code_plan_and_change", plan),
        { when: write(0), reply: call("read_file", { path: "src/greet.js" }) },
        { when: write(1), reply: call("write_file", { path: "src/other.js", content: "export const other = 2;\n" }) },
        { when: write(2), reply: call("write_file", { path: "src/greet.js", content: changed }) },
        { when: write(3), reply: { text: "Changed it." } },
        reviews("src/greet.js", "LGTM"),
        ...writes("engineer", "code_summary", SUMMARY),
      ],
    });
    const chosen = ROLES.filter(({ name }) => name !== "designer" && name !== "qa-engineer");
    const runId = await startRoles(engine, chosen, {}, { incremental: true });
    const state = await engine.ended(runId);
    const events = await engine.events(runId);
    expect(state.error === null ? [] : reasons(events)).toEqual([]);
    expect(state.design?.documents.map(({ kind }) => kind)).toEqual([
      "requirement",
      "refined_prd",
      "refined_system_design",
      "refined_task",
      "code_plan_and_change",
      "code_summary",
    ]);
    const code = state.changes?.changeSet.files
      .map(({ path }) => path)
      .filter((path) => !/^(docs|resources|\.)/.test(path));
    expect(code).toEqual(["src/greet.js"]);
    await engine.service.accept({ runId }, { name: "t" });
    for (const [path, text] of Object.entries(unrelated)) expect(engine.read(path)).toBe(text);
    expect(engine.read("src/greet.js")).toBe(changed);
    expect(JSON.parse(engine.read(`docs/prd/${STEM}.json`) ?? "")).toMatchObject({
      "Refined Product Goals": ["Greet politely"],
    });
  });
});
