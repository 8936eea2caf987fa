import { afterEach, describe, expect, it } from "vitest";
import { compileSop, type SopOptions } from "../../../daemon/metagpt/roles/compile.ts";
import { roles } from "../../../daemon/metagpt/roles/design-work.ts";
import { ROLES } from "../../../daemon/metagpt/roles/roles.ts";
import type { RunEvent, RunEventOf, RunEventType } from "../../../protocol/index.ts";
import { MANIFEST } from "../../support/design/documents.ts";
import { wholeScript } from "../../support/design/script.ts";
import { type Engine, type EngineOptions, startEngine } from "../../support/engine.ts";

const STEM = "20261128051500";
const IDEA = "Greet people by their name.";
let engine: Engine;

async function open(options: EngineOptions): Promise<Engine> {
  engine = await startEngine({ files: { "package.json": MANIFEST }, design: async () => roles, ...options });
  return engine;
}

function start(options: Partial<SopOptions> = {}, more: Parameters<Engine["start"]>[1] = {}, chosen = ROLES) {
  const { text } = compileSop(chosen, { stem: STEM, incremental: false, ...options });
  return engine.start(IDEA, { workflow: { path: "metagpt-sop.yaml", text, inputs: { idea: IDEA } }, ...more });
}

function bodies<Type extends RunEventType>(events: readonly RunEvent[], type: Type): RunEventOf<Type>[] {
  return events.map(({ body }) => body).filter((body): body is RunEventOf<Type> => body.type === type);
}

function reasons(events: readonly RunEvent[]): string[] {
  return bodies(events, "step.finished").flatMap(({ at, reason }) => (reason === "" ? [] : [`${at}: ${reason}`]));
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

describe("a procedure", () => {
  it("goes from one sentence to documents, code and tests that pass", async () => {
    await open({ script: wholeScript() });
    const runId = await start();
    const state = await engine.ended(runId);
    expect(state.error === null ? [] : reasons(await engine.events(runId))).toEqual([]);
    const events = await engine.events(runId);
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
    expect(state.changes?.changeSet.files.map(({ path }) => path)).toMatchInlineSnapshot(`
      [
        ".dependencies.json",
        "docs/code_summary/20261128051500.json",
        "docs/prd/20261128051500.json",
        "docs/requirement.txt",
        "docs/system_design/20261128051500.json",
        "docs/task/20261128051500.json",
        "docs/trace/20261128051500.json",
        "docs/ui_design/20261128051500.json",
        "resources/api_spec_and_task/20261128051500.md",
        "resources/data_api_design/20261128051500.mmd",
        "resources/prd/20261128051500.md",
        "resources/seq_flow/20261128051500.mmd",
        "resources/system_design/20261128051500.md",
        "resources/ui_design/20261128051500.css",
        "resources/ui_design/20261128051500.html",
        "resources/ui_design/20261128051500.svg",
        "resources/ui_design/20261128051500.tokens.json",
        "src/greet.js",
        "src/name.js",
        "test/greet.test.js",
        "test_outputs/tests.json",
      ]
    `);
  });
});
