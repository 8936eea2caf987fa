import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createRunDesign } from "../../../daemon/metagpt/roles/run-design.ts";
import { createChanges } from "../../../daemon/orchestration/changes/create.ts";
import { createRunDesigns } from "../../../daemon/orchestration/design/run-designs.ts";
import type { RunState } from "../../../protocol/index.ts";
import { PRD, SYSTEM_DESIGN } from "../../support/design/documents.ts";
import { bodies, openDesign, rolesNamed, STEM, startRoles } from "../../support/design/run.ts";
import { call, writes } from "../../support/design/script.ts";
import type { Engine } from "../../support/engine.ts";
import type { Script } from "../../support/scripted/script.ts";

const PRD_PATH = `docs/prd/${STEM}.json`;
const DESIGN_PATH = `docs/system_design/${STEM}.json`;
const PLANNERS = rolesNamed("product-manager", "architect");
// Whole runs with git and processes, on machines that do much else.
vi.setConfig({ testTimeout: 180_000 });
let engine: Engine;

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

async function open(script: Script) {
  engine = await openDesign({ script });
}

/** Resolves with the question that is open about a document, once it is another than before. */
async function gate(runId: string, path: string, before = "") {
  const open = (state: RunState) =>
    state.pendingQuestions?.find(({ document, questionId }) => document === path && questionId !== before);
  const state = await engine.until(runId, (one) => open(one) !== undefined || one.error !== null);
  const question = open(state);
  if (question === undefined) throw new Error(`no question: ${state.error?.message}`);
  return { questionId: question.questionId, root: state.isolation?.worktree ?? "" };
}

async function answer(runId: string, questionId: string, text: string) {
  await engine.service.answerQuestion({ runId, questionId, answer: text }, { name: "Ann" });
}

function documentsOfRuns() {
  const log = { write: () => undefined, with: () => log };
  const { store, audit, home } = engine;
  const design = async () => (await import("../../../daemon/metagpt/roles/design-work.ts")).roles;
  const changes = createChanges({ home, log });
  return createRunDesign(createRunDesigns({ store, changes, audit, design, newId: () => "edit-1" }));
}

describe("a document's gate", () => {
  it("takes remarks to the role's next version, and an approval to the next role", async () => {
    const again = { ...PRD, "Product Goals": ["Greet people in their own language"] };
    await open([
      ...writes(
        "product manager",
        "prd",
        again,
        "sent your last version back with these remarks: In their language, please.",
      ),
      ...writes("product manager", "prd", PRD),
      ...writes("architect", "system_design", SYSTEM_DESIGN),
    ]);
    const runId = await startRoles(engine, PLANNERS, { headless: false });
    const first = await gate(runId, PRD_PATH);
    await answer(runId, first.questionId, "In their language, please.");
    const second = await gate(runId, PRD_PATH, first.questionId);
    await answer(runId, second.questionId, "Approve");
    const third = await gate(runId, DESIGN_PATH);
    await answer(runId, third.questionId, "approve");
    const state = await engine.ended(runId);
    expect(state.error).toBeNull();
    const events = await engine.events(runId);
    expect(
      bodies(events, "document.decided").map(({ path, version, decision, by, remarks }) => [
        path,
        version,
        decision,
        by,
        remarks,
      ]),
    ).toEqual([
      [PRD_PATH, 1, "sent_back", "Ann", "In their language, please."],
      [PRD_PATH, 2, "approved", "Ann", ""],
      [DESIGN_PATH, 1, "approved", "Ann", ""],
    ]);
    expect(state.design?.documents.map(({ kind, version, decision }) => `${kind} ${version} ${decision}`)).toEqual([
      "requirement 1 null",
      "prd 2 approved",
      "system_design 1 approved",
    ]);
  });

  it("lets a person change the document, which the next role reads; what was made before is made again", async () => {
    const own = { ...SYSTEM_DESIGN, "Implementation approach": "By the changed requirements." };
    await open([
      ...writes("product manager", "prd", PRD),
      ...writes("architect", "system_design", SYSTEM_DESIGN),
      ...writes("architect", "system_design", own),
    ]);
    const runId = await startRoles(engine, PLANNERS, { headless: false });
    const documents = documentsOfRuns();
    await answer(runId, (await gate(runId, PRD_PATH)).questionId, "approve");
    const { questionId, root } = await gate(runId, DESIGN_PATH);
    const prd = readFileSync(join(root, PRD_PATH), "utf8");
    const { hashOf } = await import("../../../daemon/host/files.ts");
    const text = prd.replace("Greets a stranger", "Greets strangers twice");
    const edit = { path: PRD_PATH, text, hash: hashOf(prd), by: "client:Ann" };
    await documents.save(runId, edit);
    await expect(documents.save(runId, edit)).rejects.toMatchObject({ value: { code: "edit.stale" } });
    const seen = await documents.state(runId);
    expect(seen.gates.get(DESIGN_PATH)).toBe(questionId);
    expect(seen.run.design?.stale).toMatchObject([
      { subject: DESIGN_PATH, because: expect.stringContaining("client:Ann") },
    ]);
    await answer(runId, questionId, "approve");
    const again = await gate(runId, DESIGN_PATH, questionId);
    await answer(runId, again.questionId, "approve");
    const state = await engine.ended(runId);
    expect(state.error).toBeNull();
    const written = bodies(await engine.events(runId), "document.written").map(
      ({ kind, version, by }) => `${kind} ${version} ${by.kind}`,
    );
    expect(written).toEqual([
      "requirement 1 role",
      "prd 1 role",
      "system_design 1 role",
      "prd 2 person",
      "system_design 2 role",
    ]);
    expect(state.design?.stale).toEqual([]);
    const files = await documents.files(runId);
    const read = await files?.read(PRD_PATH, 100_000);
    expect(read?.ok === true ? Buffer.from(read.bytes).toString() : "").toBe(text);
    expect((await files?.list("docs"))?.map(({ name }) => name)).toContain("prd");
    await expect(documents.save(runId, edit)).rejects.toMatchObject({ value: { code: "run.ended" } });
    await expect(documents.state("nowhere")).rejects.toMatchObject({ value: { code: "run.unknown" } });
  });

  it("ends a revision that has no end, and keeps the document", async () => {
    await open(Array.from({ length: 3 }, () => writes("product manager", "prd", PRD)).flat());
    const runId = await startRoles(engine, rolesNamed("product-manager"), { headless: false }, { rounds: 2 });
    let before = "";
    for (const remarks of ["no", "still no"]) {
      const { questionId } = await gate(runId, PRD_PATH, before);
      await answer(runId, questionId, remarks);
      before = questionId;
    }
    const state = await engine.ended(runId);
    expect(state).toMatchObject({ status: "failed", error: { code: "workflow.failed" } });
    expect(state.changes?.changeSet.files.map(({ path }) => path)).toContain(PRD_PATH);
  });
});

describe("a role that misbehaves", () => {
  const wrong: readonly [string, unknown, RegExp][] = [
    ["no JSON", { kind: "prd", content: "{ broken" }, /must be a JSON object/],
    ["a missing key", { kind: "prd", content: { "Product Goals": [] } }, /“User Stories” is missing/],
    ["another role's document", { kind: "task", content: {} }, /does not write “task”. It writes prd/],
    ["a refinement of nothing", { kind: "refined_prd", content: {} }, /new: write “prd”/],
  ];

  it("is told what is wrong, and mends it", async () => {
    const when = (turn: number) => ({ system: "You are the product manager", turn });
    await open([
      ...wrong.map(([, input], turn) => ({ when: when(turn), reply: call("write_document", input) })),
      { when: when(wrong.length), reply: { text: "I am done." } },
      { when: when(wrong.length + 1), reply: call("write_document", { kind: "prd", content: PRD }) },
      { when: when(wrong.length + 2), reply: { text: "Wrote it." } },
    ]);
    const runId = await startRoles(engine, rolesNamed("product-manager"));
    const state = await engine.ended(runId);
    expect(state.error).toBeNull();
    const events = await engine.events(runId);
    const answers = bodies(events, "tool.finished").filter(
      ({ tool, taskId }) => tool === "write_document" && taskId.includes("prd"),
    );
    for (const [index, [, , why]] of wrong.entries()) expect(answers[index]?.output).toMatch(why);
    expect(answers.at(-1)?.status).toBe("done");
    const written = bodies(events, "document.written").map(({ kind, version }) => `${kind} ${version}`);
    expect(written).toEqual(["requirement 1", "prd 1"]);
  });

  it("cannot list files outside of the project", async () => {
    const out = { ...SYSTEM_DESIGN, "File list": ["../outside.js", "/etc/passwd"] };
    const when = (turn: number) => ({ system: "You are the architect", turn });
    await open([
      ...writes("product manager", "prd", PRD),
      { when: when(0), reply: call("write_document", { kind: "system_design", content: out }) },
      { when: when(1), reply: call("write_document", { kind: "system_design", content: SYSTEM_DESIGN }) },
      { when: when(2), reply: { text: "Wrote it." } },
    ]);
    const state = await engine.ended(await startRoles(engine, PLANNERS));
    expect(state.error).toBeNull();
    const told = bodies(await engine.events(state.runId), "tool.finished").find(({ status }) => status === "failed");
    expect(told?.output).toMatch(/outside of the project/);
  });

  it("that never writes its document fails its step, and says why", async () => {
    const when = { system: "You are the product manager" };
    await open([{ when, reply: { text: "All done." }, repeat: true }]);
    const state = await engine.ended(await startRoles(engine, rolesNamed("product-manager")));
    expect(state).toMatchObject({ status: "failed", error: { code: "workflow.failed" } });
    const steps = bodies(await engine.events(state.runId), "step.finished");
    expect(steps.find(({ at }) => at.endsWith("prd-write"))?.reason).toMatch(/was not written: docs\/prd/);
  });
});
