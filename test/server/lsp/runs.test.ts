/** Runs driven from the editor: commands, progress, approvals, findings, and changes beside unsaved text. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Approval, nexusError, type RunEventBody } from "../../../protocol/index.ts";
import { createScene, NEW_CLIENT, OLD_CLIENT, type Scene, type ToldParams } from "./scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await createScene();
});
afterEach(() => scene.close());

const command = (name: string, ...args: unknown[]) =>
  scene.client.sendRequest<object>("workspace/executeCommand", { command: name, arguments: args });

const approval = (id: string, more: Partial<Approval> = {}): Approval => ({
  ...{
    approvalId: id,
    taskId: null,
    title: "Run the tests?",
    reason: "to see whether it works",
    subjectHash: `hash-${id}`,
  },
  subject: { kind: "command", command: "npm test -- \u001b[2J", cwd: "/shop", sandbox: "none" },
  ...more,
});
const asked = (id: string, more?: Partial<Approval>): RunEventBody => ({
  type: "approval.requested",
  approval: approval(id, more),
});
const answered = (approvalId: string): RunEventBody => ({
  ...{ type: "approval.answered", approvalId, decision: "approve", by: "VS Code" },
});
const finished = (status: "done" | "failed" = "done"): RunEventBody => ({
  type: "run.finished",
  status,
  summary: "It is.",
});
const ready = (...paths: string[]): RunEventBody => ({
  type: "changes.ready",
  changeSet: {
    baseCommit: "a",
    resultCommit: "b",
    files: paths.map((path) => ({ path, status: "modified", additions: 1, deletions: 1, binary: false })),
  },
});
const ask = (told: { method: string }) => told.method === "window/showMessageRequest";

describe("a run", () => {
  it("is started, told as progress that the server makes, and offered at its end", async () => {
    await scene.start(NEW_CLIENT);
    scene.replies["window/showMessageRequest"] = ({ actions }) => actions.find(({ title }) => title === "Show");
    scene.run("run-1");
    expect(await command("nexus.run", "make it so", scene.uri("src/a.ts"))).toEqual({
      ...{ runId: "run-1", sessionId: "session-1" },
    });
    const { params: created } = await scene.until(({ method }) => method === "window/workDoneProgress/create");
    const begin = await scene.until(({ params }) => params?.value?.kind === "begin");
    expect(begin.params).toMatchObject({ token: created.token, value: { title: "Nexus: do it", cancellable: true } });
    scene.service.emit("run-1", { type: "run.entered", phase: "tasks" });
    await scene.until(({ params }) => params?.value?.message === "tasks");
    scene.service.emit("run-1", ready("src/a.ts"));
    scene.service.emit("run-1", finished());
    await scene.until(({ params }) => params?.value?.kind === "end");
    const { params } = await scene.until(ask);
    expect(params.message).toContain("1 file changed; nothing is written yet.");
    expect(params.actions.map(({ title }) => title)).toEqual(["Show", "Accept", "Discard"]);
    const shown = await scene.until(({ method }) => method === "window/showDocument");
    expect(readFileSync(fileURLToPath(shown.params.uri), "utf8")).toContain("### `src/a.ts`\n\n```diff\n@@ -1 +1 @@");
    expect(scene.service.calls.find(({ name }) => name === "start")).toMatchObject({
      params: { workspace: scene.folder, prompt: "make it so", headless: false },
    });
  });

  it("answers at its end where the client brought its own progress, and is cancelled with it", async () => {
    await scene.start(OLD_CLIENT);
    scene.run("run-1");
    scene.service.answers["cancel"] = ({ runId }: { runId: string }) => {
      scene.service.emit(runId, { type: "run.finished", status: "cancelled", summary: "" });
      return {};
    };
    const params = { command: "nexus.ask", arguments: ["why?"], workDoneToken: "mine" };
    const answer = scene.client.sendRequest<object>("workspace/executeCommand", params);
    await scene.until(({ params }) => params?.token === "mine" && params.value.kind === "begin");
    await scene.client.sendNotification("window/workDoneProgress/cancel", { token: "mine" });
    expect(await answer).toMatchObject({ runId: "run-1", status: "cancelled" });
    expect(scene.service.calls.find(({ name }) => name === "start")?.params).toMatchObject({ mode: "ask" });
  });

  it("begins with what is not saved", async () => {
    await scene.start(OLD_CLIENT);
    const uri = await scene.open("src/a.ts", "one\n");
    await scene.open("src/b.ts", "two\n");
    const change = { textDocument: { uri, version: 2 }, contentChanges: [{ text: "1\n" }] };
    await scene.client.sendNotification("textDocument/didChange", change);
    scene.run("run-1");
    await command("nexus.run", "do it");
    expect(scene.service.calls.find(({ name }) => name === "start")?.params).toMatchObject({
      unsaved: [{ path: "src/a.ts", text: "1\n" }],
    });
  });

  it("is refused where words or folders make no sense", async () => {
    await scene.start(OLD_CLIENT);
    for (const args of [[], [""], [5], [{ goal: 1 }], ["x", "/elsewhere"], ["x", 5]])
      await expect(command("nexus.run", ...args)).rejects.toMatchObject({ code: -32602 });
    await expect(command("nexus.accept", {})).rejects.toMatchObject({ code: -32602 });
    await expect(command("nexus.what")).rejects.toMatchObject({ code: -32602 });
    await expect(command("nexus.cancel", "run-77")).rejects.toMatchObject({ code: -32803 });
    expect(scene.service.calls.filter(({ name }) => name === "start")).toEqual([]);
  });

  it("goes on in the editor after the daemon was lost", async () => {
    await scene.start(NEW_CLIENT);
    scene.run("run-1");
    await command("nexus.run", "do it");
    await scene.until(({ params }) => params?.value?.kind === "begin");
    await scene.restartDaemon();
    await scene.until(
      ({ method, params }) => method === "window/showMessage" && /connection.*ended/.test(params.message),
    );
    scene.service.emit("run-1", finished());
    await scene.until(({ params }) => params?.value?.kind === "end");
  });
});

describe("what a run asks", () => {
  it("is shown exactly, control characters made visible, and answered for these bytes only", async () => {
    await scene.start(OLD_CLIENT);
    scene.replies["window/showMessageRequest"] = () => ({ title: "Approve" });
    scene.run("run-1", asked("a1"));
    const { params } = await scene.until(ask);
    expect(params.message).toContain("npm test -- ␛[2J\nin /shop, with no sandbox");
    expect(params.actions).toEqual([{ title: "Approve" }, { title: "Reject" }]);
    await expect
      .poll(() => scene.service.calls.find(({ name }) => name === "answer")?.params)
      .toEqual({ runId: "run-1", approvalId: "a1", subjectHash: "hash-a1", decision: "approve" });
  });

  it.each([null, { title: "Yes" }, "Approve", { title: 1 }])("is not answered by %j", async (reply) => {
    await scene.start(OLD_CLIENT);
    scene.replies["window/showMessageRequest"] = () => reply;
    scene.run("run-1", asked("a1"));
    await scene.until(ask);
    scene.service.emit("run-1", finished());
    await scene.client.sendRequest("workspace/symbol", { query: "" });
    expect(scene.service.calls.map(({ name }) => name)).not.toContain("answer");
  });

  it("is withdrawn when somebody else answers; an answer after that is told as late", async () => {
    await scene.start(OLD_CLIENT);
    const late = Promise.withResolvers<object>();
    scene.replies["window/showMessageRequest"] = () => late.promise;
    scene.run("run-1", asked("a1"));
    await scene.until(ask);
    scene.service.emit("run-1", answered("a1"));
    await scene.until(({ params }) => params?.message === "A question of Nexus is answered: approved by VS Code.");
    late.resolve({ title: "Reject" });
    await scene.until(({ params }) => /^Your answer came too late: “Run the tests\?”/.test(params?.message ?? ""));
    expect(scene.service.calls.map(({ name }) => name)).not.toContain("answer");
  });

  it("of other folders is not shown; what was closed is asked again on request", async () => {
    await scene.start(OLD_CLIENT);
    scene.service.emit("other", { ...(await import("../../support/fake-run-service.ts")).created() });
    scene.service.emit("other", asked("b1"));
    scene.run("run-1", asked("a1"));
    await scene.until(ask);
    await command("nexus.approvals");
    await expect.poll(() => scene.told.filter(ask).length).toBe(2);
    expect(scene.told.filter(ask).every(({ params }) => params.message.includes("/shop"))).toBe(true);
  });

  it("when it is long can be approved only after all of it was shown", async () => {
    await scene.start(NEW_CLIENT);
    scene.replies["window/showMessageRequest"] = ({ actions }) => actions[0];
    scene.replies["window/showDocument"] = () => ({ success: true });
    const diff = "+x\n".repeat(2000);
    scene.run("run-1", asked("a1", { subject: { kind: "write", path: "a.ts", reason: "why", diff } }));
    const shown = await scene.until(({ method }) => method === "window/showDocument");
    expect(readFileSync(fileURLToPath(shown.params.uri), "utf8")).toContain(diff);
    // A preview of Markdown could hide parts of it.
    expect(shown.params.uri).toMatch(/approval-a1\.txt$/);
    await expect.poll(() => scene.service.calls.map(({ name }) => name)).toContain("answer");
    expect(scene.told.filter(ask).map(({ params }) => params.actions[0]?.title)).toEqual(["Show all of it", "Approve"]);
  });

  it.each([
    ["characters", "+".repeat(2000)],
    ["lines", "+\n".repeat(30)],
  ])("when it has too many %s, and the editor opens no documents, can only be rejected", async (_what, diff) => {
    await scene.start(OLD_CLIENT);
    scene.run("run-1", asked("a1", { subject: { kind: "write", path: "a.ts", reason: "why", diff } }));
    const { params } = await scene.until(ask);
    expect(params.actions).toEqual([{ title: "Reject" }]);
    expect(params.message).toContain("`nexus approve` in a terminal");
  });

  it("shows of a plan everything that it costs and may do, whoever wrote it", async () => {
    await scene.start(OLD_CLIENT);
    const estimate = { tokens: 120_000, usd: 1.5, minutes: 12, basis: "default" as const };
    const commands = ["make\u200b all", "npm\u202e tset"];
    const subject = { kind: "plan" as const, summary: "Do\u00a0it", taskCount: 2, commands, estimate };
    scene.run("run-1", asked("a1", { subject }));
    const { params } = await scene.until(ask);
    expect(params.message).toContain("about 120000 tokens, 12 min, $1.50");
    for (const line of ["Do⟨U+00A0⟩it", "runs: make⟨U+200B⟩ all", "runs: npm⟨U+202E⟩ tset"])
      expect(params.message).toContain(line);
  });

  it("when it is long and the document was not shown can only be rejected", async () => {
    await scene.start(NEW_CLIENT);
    scene.replies["window/showMessageRequest"] = ({ actions }) => actions[0];
    scene.replies["window/showDocument"] = () => ({ success: false });
    const diff = "+x\n".repeat(2000);
    scene.run("run-1", asked("a1", { subject: { kind: "write", path: "a.ts", reason: "why", diff } }));
    await expect.poll(() => scene.service.calls.map(({ name }) => name)).toContain("answer");
    expect(scene.service.calls.find(({ name }) => name === "answer")?.params).toMatchObject({ decision: "reject" });
    expect(scene.told.filter(ask).map(({ params }) => params.actions.length)).toEqual([2, 1]);
  });

  it("in words is answered with a choice, or with a command", async () => {
    await scene.start(OLD_CLIENT);
    scene.replies["window/showMessageRequest"] = ({ actions }) => actions[1] ?? null;
    const question = { questionId: "q1", taskId: "t", agent: "coder", text: "Which one?", choices: ["tabs", "spaces"] };
    scene.run("run-1", { type: "question.asked", question });
    await expect
      .poll(() => scene.service.calls.find(({ name }) => name === "answerQuestion")?.params)
      .toEqual({ runId: "run-1", questionId: "q1", answer: "spaces" });
    await command("nexus.answer", "run-1", "q2", "neither");
    expect(scene.service.calls.at(-1)?.params).toEqual({ runId: "run-1", questionId: "q2", answer: "neither" });
  });
});

const reviewed: RunEventBody = {
  type: "run.reviewed",
  findings: [{ severity: "warning", path: "src/a.ts", message: "`x` is never\nread" }],
};
const checked: RunEventBody = {
  ...{ type: "task.checked", taskId: "t", turn: 1, check: "types", ok: false, summary: "1 problem" },
  findings: [{ path: "src/b.ts", line: 7, message: "No such name.", severity: "error" }],
};

describe("findings of a run whose change waits", () => {
  const of = (path: string) => (told: { method: string; params: ToldParams }) =>
    told.method === "textDocument/publishDiagnostics" && told.params.uri === scene.uri(path);

  it("are pushed to an old client, and go with the decision", async () => {
    await scene.start(OLD_CLIENT);
    scene.run("run-1", checked, reviewed, ready("src/a.ts", "src/b.ts"), finished());
    const review = await scene.until(of("src/a.ts"));
    expect(review.params.diagnostics).toMatchObject([
      { severity: 2, source: "Nexus review", code: "run-1", message: expect.stringContaining("`x` is never read") },
    ]);
    const check = await scene.until(of("src/b.ts"));
    expect(check.params.diagnostics).toMatchObject([
      { severity: 1, source: "Nexus types", range: { start: { line: 6 } } },
    ]);
    scene.service.emit("run-1", { type: "changes.accepted", paths: ["src/a.ts", "src/b.ts"] });
    scene.run("run-2");
    scene.service.changed({ ...(await list("run-1")), pendingFiles: 0 });
    await scene.until((told) => of("src/a.ts")(told) && told.params.diagnostics.length === 0);
  });

  it("are read again where something is told while they are read", async () => {
    await scene.start(OLD_CLIENT);
    const read = scene.service.events;
    const held = Promise.withResolvers<void>();
    const reading = Promise.withResolvers<void>();
    scene.service.events = async (...asked) => {
      const page = await read(...asked);
      reading.resolve();
      await held.promise;
      return page;
    };
    scene.run("run-1", ready("src/a.ts", "src/b.ts"), finished());
    await reading.promise;
    for (const body of [checked, reviewed]) scene.service.emit("run-1", body);
    scene.service.changed({ ...(await list("run-1")), pendingFiles: 2 });
    await expect.poll(() => scene.service.calls.filter(({ name }) => name === "show").length).toBeGreaterThan(1);
    // Answered after the state that was asked for before it.
    await command("nexus.approvals");
    held.resolve();
    const check = await scene.until(of("src/b.ts"));
    expect(check.params.diagnostics).toMatchObject([{ source: "Nexus types" }]);
  });

  it("go with their folder, and come back with it", async () => {
    await scene.start(OLD_CLIENT);
    scene.service.answers["list"] = async () => ({
      ...{ runs: [{ ...(await list("run-1")), pendingFiles: 1 }], nextCursor: null },
    });
    scene.run("run-1", reviewed, ready("src/a.ts"), finished());
    await scene.until(of("src/a.ts"));
    const folder = { uri: scene.uri("."), name: "shop" };
    const change = (event: object) => scene.client.sendNotification("workspace/didChangeWorkspaceFolders", { event });
    await change({ added: [], removed: [folder] });
    await scene.until((told) => of("src/a.ts")(told) && told.params.diagnostics.length === 0);
    const before = scene.told.length;
    await change({ added: [folder], removed: [] });
    await expect.poll(() => scene.told.slice(before).some((told) => of("src/a.ts")(told))).toBe(true);
    expect(scene.told.findLast(of("src/a.ts"))?.params.diagnostics).toHaveLength(1);
  });

  it("are asked for by a new one, which is told when to", async () => {
    await scene.start(NEW_CLIENT);
    scene.run("run-1", reviewed, ready("src/a.ts"), finished());
    await scene.until(({ method }) => method === "workspace/diagnostic/refresh");
    const textDocument = { uri: scene.uri("src/a.ts") };
    const report = await scene.client.sendRequest("textDocument/diagnostic", { textDocument });
    expect(report).toMatchObject({ kind: "full", items: [{ source: "Nexus review" }] });
  });
});

async function list(runId: string) {
  const { summary } = await import("../../support/fake-run-service.ts");
  return { ...summary(runId), workspace: scene.folder, status: "done" as const };
}

describe("accepting", () => {
  const accepts = () => scene.service.calls.filter(({ name }) => name === "accept").map(({ params }) => params);
  const unsaved = () => scene.memory.calls.filter(({ name }) => name === "unsaved").map(({ params }) => params["text"]);

  async function edited(text: string) {
    await scene.start(OLD_CLIENT);
    scene.service.answers["accept"] = () => ({ accepted: [`after ${unsaved().length}`], conflicts: [] });
    const uri = await scene.open("src/a.ts", "one\ntwo\nthree\n");
    const change = { textDocument: { uri, version: 5 }, contentChanges: [{ text }] };
    await scene.client.sendNotification("textDocument/didChange", change);
    scene.run("run-1", ready("src/a.ts"), finished());
  }

  it("tells the daemon what is not saved first, so that it asks the editor to take the change", async () => {
    await edited("mine\none\ntwo\nthree\n");
    expect(await command("nexus.accept", "run-1", ["src/a.ts"])).toEqual({ accepted: ["after 1"], conflicts: [] });
    expect(unsaved()).toEqual(["mine\none\ntwo\nthree\n"]);
    expect(accepts()).toEqual([{ runId: "run-1", paths: ["src/a.ts"] }]);
  });

  it("tells a daemon once more that did not hear it", async () => {
    scene.memory.answers["unsaved"] = () => {
      scene.memory.answers["unsaved"] = () => ({});
      throw nexusError("daemon.draining");
    };
    await edited("mine\none\ntwo\nthree\n");
    await expect.poll(unsaved).toHaveLength(1);
    // Answered after what was asked before it.
    await command("nexus.approvals");
    expect(await command("nexus.accept", "run-1")).toEqual({ accepted: ["after 2"], conflicts: [] });
  });

  it("tells a daemon that was started anew", async () => {
    await edited("mine\none\ntwo\nthree\n");
    await expect.poll(unsaved).toHaveLength(1);
    await scene.restartDaemon();
    const told = expect.stringMatching(/^after [23]$/);
    expect(await command("nexus.accept", "run-1")).toEqual({ accepted: [told], conflicts: [] });
  });

  it("asks for nothing where what is not saved is too long to be told", async () => {
    await edited("mine\n".repeat(60_000));
    const conflicts = [{ path: "src/a.ts", reason: expect.stringContaining("too long") }];
    expect(await command("nexus.accept", "run-1")).toEqual({ accepted: [], conflicts });
    expect([...accepts(), ...unsaved()]).toEqual([]);
  });

  it("of other files is not held up by it", async () => {
    await edited("mine\n".repeat(60_000));
    expect(await command("nexus.accept", "run-1", ["src/b.ts"])).toEqual({ accepted: ["after 0"], conflicts: [] });
    expect(accepts()).toEqual([{ runId: "run-1", paths: ["src/b.ts"] }]);
  });
});

it("shows on a file which run wants to change it", async () => {
  await scene.start(OLD_CLIENT);
  const uri = await scene.open("src/a.ts", "add\n");
  scene.run("run-1", ready("src/a.ts"), finished());
  await expect
    .poll(() => scene.client.sendRequest<object[]>("textDocument/codeLens", { textDocument: { uri } }))
    .toContainEqual(
      expect.objectContaining({
        command: { title: "A change waits: do it", command: "nexus.showRun", arguments: ["run-1"] },
      }),
    );
});
