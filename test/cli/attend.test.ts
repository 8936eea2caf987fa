/** Staying with a run: what is shown, asked and answered, and that nothing short of the run's end ends it. */
import { describe, expect, it, vi } from "vitest";
import { type AttendOptions, attendRun } from "../../daemon/cli/attend.ts";
import type { CliContext } from "../../daemon/cli/context.ts";
import {
  applyRunEvent,
  type ChangedFile,
  nexusError,
  type RunEvent,
  type RunEventBody,
  type RunState,
} from "../../protocol/index.ts";
import { createFakeConnection, createTestContext, createTestTerminal, type FakeConnection } from "../support/cli.ts";
import { created, notice } from "../support/fake-run-service.ts";

const file: ChangedFile = { path: "a.ts", status: "modified", additions: 3, deletions: 1, binary: false };
const finished = (status: "done" | "failed" | "denied" | "cancelled" | "out_of_budget" = "done"): RunEventBody => ({
  type: "run.finished",
  status,
  summary: "",
});
const ready: RunEventBody = { type: "changes.ready", changeSet: { baseCommit: "b", resultCommit: "r", files: [file] } };

/** A run's log, and connections that serve it from any number on, as run/watch does. */
class Run {
  readonly events: RunEvent[] = [];
  state: RunState | null = null;

  add(...bodies: RunEventBody[]): this {
    for (const body of bodies) {
      const event = { runId: "run-1", seq: this.events.length + 1, at: "2026-01-01T00:00:00.000Z", body };
      this.events.push(event);
      this.state = applyRunEvent(this.state, event);
    }
    return this;
  }

  connection(more: Record<string, unknown> = {}): FakeConnection {
    const connection: FakeConnection = createFakeConnection({
      "run/watch": ({ after }: { after: number }) => {
        const events = this.events.slice(after);
        queueMicrotask(() => {
          for (const event of events) connection.notify("run/event", { event });
        });
        return { lastSeq: this.events.length };
      },
      "run/show": () => ({ run: this.state }),
      ...more,
    });
    return connection;
  }

  /** A further event, told over the connection. */
  tell(connection: FakeConnection, body: RunEventBody): void {
    this.add(body);
    connection.notify("run/event", { event: this.events.at(-1) });
  }
}

const attend = (context: CliContext, connection: FakeConnection, more: Partial<AttendOptions> = {}) =>
  attendRun(context, { runId: "run-1", connection, output: "text", apply: false, interrupt: "cancel", ...more });

describe("for people", () => {
  it("shows what happens, the end, and how to go on", async () => {
    const task = {
      id: "t1",
      title: "Add the route",
      goal: "g",
      agent: "coder",
      files: ["a.ts"],
      acceptance: { command: "npm test", expect: "pass" as const },
      dependsOn: [],
    };
    const evidence = {
      command: "npm test",
      exitCode: 1,
      expected: "pass" as const,
      satisfied: false,
      durationMs: 1200,
      outputTail: "1 failing\u001b[2J",
      outputArtifact: null,
    };
    const green = { ...evidence, exitCode: 0, satisfied: true };
    const run = new Run().add(
      created(),
      { type: "run.triaged", kind: "goal", reason: "several parts" },
      { type: "plan.proposed", plan: { summary: "Route and test", tasks: [task] } },
      { type: "task.started", taskId: "t1", title: "Add the route", agent: "coder" },
      { type: "verification.finished", taskId: "t1", evidence },
      { type: "verification.finished", taskId: null, evidence: green },
      ready,
      finished(),
    );
    const terminal = createTestTerminal();
    const connection = run.connection();
    const { exitCode } = await attend(createTestContext(terminal, []), connection);
    expect(exitCode).toBe(0);
    const text = terminal.stdout();
    for (const part of [
      "Run run-1",
      "1. Add the route",
      "npm test",
      "▸ Add the route",
      "red: npm test",
      "green: npm test",
    ])
      expect(text).toContain(part);
    for (const part of ["1 file changed, +3 −1", "M a.ts", "Done in", "nexus runs accept run-1"])
      expect(text).toContain(part);
    expect(text).not.toContain("\u001b");
  });

  it("streams an answer and does not say it twice", async () => {
    const run = new Run().add(created(), { type: "run.triaged", kind: "question", reason: "" });
    const terminal = createTestTerminal();
    const connection = run.connection();
    const attended = attend(createTestContext(terminal, []), connection);
    await vi.waitFor(() => expect(terminal.stdout()).toContain("question"));
    for (const text of ["The answer ", "is 42."])
      connection.notify("run/delta", { runId: "run-1", taskId: "t", turn: 1, text });
    run.tell(connection, { type: "run.answered", text: "The answer is 42." });
    run.tell(connection, finished());
    await attended;
    expect(terminal.stdout().match(/answer is 42/g)).toHaveLength(1);
  });

  it.each([
    ["failed", 1],
    ["denied", 3],
    ["cancelled", 130],
    ["out_of_budget", 4],
  ] as const)("ends with the exit code of a run that is %s", async (status, code) => {
    const run = new Run().add(created(), finished(status));
    const terminal = createTestTerminal();
    expect((await attend(createTestContext(terminal, []), run.connection())).exitCode).toBe(code);
  });

  it("asks for approval, and sends the answer with the question's hash", async () => {
    const approval = {
      approvalId: "a1",
      taskId: null,
      title: "Run a command",
      reason: "policy",
      subjectHash: "h",
      subject: { kind: "command" as const, command: "rm -r x", cwd: "/w" },
    };
    const run = new Run().add(created(), { type: "approval.requested", approval });
    const terminal = createTestTerminal(true);
    terminal.answers.push("use git instead");
    const connection = run.connection({
      "approval/answer": (params: { decision: "approve" | "reject" }) => {
        run.tell(connection, { type: "approval.answered", approvalId: "a1", decision: params.decision, by: "me" });
        run.tell(connection, finished("denied"));
      },
    });
    await attend(createTestContext(terminal, []), connection);
    expect(terminal.stdout()).toContain("rm -r x");
    expect(connection.requests.find(({ name }) => name === "approval/answer")?.params).toEqual({
      runId: "run-1",
      approvalId: "a1",
      subjectHash: "h",
      decision: "reject",
      feedback: "use git instead",
    });
  });

  it.each([
    ["a", { decision: "approve", remember: true }],
    ["y", { decision: "approve" }],
  ])("keeps a rule only when told “always”: %s", async (word, given) => {
    const subject = { kind: "command" as const, command: "npm run build", cwd: "/w" };
    const rule = "command npm run build";
    const asked = { approvalId: "a1", taskId: null, title: "t", reason: "", subjectHash: "h", subject, remember: rule };
    const run = new Run().add(created(), { type: "approval.requested", approval: asked });
    const terminal = createTestTerminal(true);
    terminal.answers.push(word);
    const connection = run.connection({
      "approval/answer": () => {
        run.tell(connection, { type: "approval.answered", approvalId: "a1", decision: "approve", by: "me" });
        run.tell(connection, finished());
      },
    });
    await attend(createTestContext(terminal, []), connection);
    expect(terminal.stdout()).toContain(rule);
    const answer = connection.requests.find(({ name }) => name === "approval/answer");
    expect(answer?.params).toEqual({ runId: "run-1", approvalId: "a1", subjectHash: "h", ...given });
  });

  it.each([
    ["2", "yen"],
    ["francs", "francs"],
    ["3", "3"],
    ["", "(no answer: decide by yourself)"],
  ])("asks an agent's question and takes %j for %j", async (typed, answer) => {
    const question = {
      questionId: "q1",
      taskId: "t",
      agent: "coder",
      text: "Which\u001b[2J currency?",
      choices: ["euro", "yen"],
    };
    const run = new Run().add(created(), { type: "question.asked", question });
    const terminal = createTestTerminal(true);
    terminal.answers.push(typed);
    const connection = run.connection({
      "question/answer": (params: { answer: string }) => {
        run.tell(connection, { type: "question.answered", questionId: "q1", answer: params.answer, by: "me" });
        run.tell(connection, finished());
      },
    });
    await attend(createTestContext(terminal, []), connection);
    expect(terminal.stdout()).toContain("  2 yen");
    expect(terminal.stdout()).not.toContain("\u001b[2J");
    const sent = connection.requests.find(({ name }) => name === "question/answer")?.params;
    expect(sent).toEqual({ runId: "run-1", questionId: "q1", answer });
  });

  it("withdraws an agent's question that another client has answered, and shows its steps", async () => {
    const question = { questionId: "q1", taskId: "t", agent: "coder", text: "Which?", choices: [] };
    const items = [
      { text: "Ask", status: "done" as const },
      { text: "Build", status: "doing" as const },
    ];
    const run = new Run().add(created(), { type: "question.asked", question });
    const terminal = createTestTerminal(true);
    const connection = run.connection();
    const attended = attend(createTestContext(terminal, []), connection);
    await vi.waitFor(() => expect(terminal.questions).toHaveLength(1));
    run.tell(connection, { type: "question.answered", questionId: "q1", answer: "this", by: "editor" });
    run.tell(connection, { type: "todo.changed", todo: { taskId: "t", items } });
    run.tell(connection, finished());
    await attended;
    expect(connection.requests.map(({ name }) => name)).not.toContain("question/answer");
    expect(terminal.stdout()).toContain("Answered by editor: this");
    expect(terminal.stdout()).toContain("  ☑ Ask\n  ▸ Build");
  });

  it("withdraws a question that another client has answered", async () => {
    const approval = {
      approvalId: "a1",
      taskId: null,
      title: "t",
      reason: "",
      subjectHash: "h",
      subject: { kind: "write" as const, path: "p", reason: "" },
    };
    const run = new Run().add(created(), { type: "approval.requested", approval });
    const terminal = createTestTerminal(true);
    const connection = run.connection();
    const attended = attend(createTestContext(terminal, []), connection);
    await vi.waitFor(() => expect(terminal.questions).toHaveLength(1));
    run.tell(connection, { type: "approval.answered", approvalId: "a1", decision: "approve", by: "editor" });
    run.tell(connection, finished());
    await attended;
    expect(connection.requests.map(({ name }) => name)).not.toContain("approval/answer");
  });

  it("offers to write the change, after showing it", async () => {
    const run = new Run().add(created(), ready, finished());
    const terminal = createTestTerminal(true);
    terminal.answers.push("d", "y");
    const diff = { path: "a.ts", status: "modified", binary: false, patch: "-old\n+new\n", truncated: false };
    const connection = run.connection({
      "changes/diff": { diff },
      "changes/accept": () => void run.add({ type: "changes.accepted", paths: ["a.ts"] }),
    });
    expect((await attend(createTestContext(terminal, []), connection)).exitCode).toBe(0);
    expect(terminal.stdout()).toContain("+new");
    expect(terminal.stdout()).toContain("✓ Wrote 1 file");
  });
});

describe("--apply", () => {
  it("fails with the list when files stand in the way", async () => {
    const run = new Run().add(created(), ready, finished());
    const conflicts = [{ path: "a.ts", reason: "it was changed meanwhile" }];
    const terminal = createTestTerminal();
    const connection = run.connection({
      "changes/accept": () => {
        run.add({ type: "changes.conflicted", conflicts });
        return { accepted: [], conflicts };
      },
    });
    expect((await attend(createTestContext(terminal, []), connection, { apply: true })).exitCode).toBe(1);
    expect(terminal.stderr()).toContain("a.ts: it was changed meanwhile");
  });

  it("is content when the daemon has done it already", async () => {
    const run = new Run().add(created(), ready, finished());
    const connection = run.connection({
      "changes/accept": () => {
        run.add({ type: "changes.accepted", paths: ["a.ts"] });
        return nexusError("changes.none");
      },
    });
    const terminal = createTestTerminal();
    expect(
      (await attend(createTestContext(terminal, []), connection, { apply: true, output: "events" })).exitCode,
    ).toBe(0);
    const lines = terminal
      .stdout()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({
      type: "result",
      exitCode: 0,
      status: "done",
      accepted: ["a.ts"],
      pending: [],
    });
  });
});

describe("for machines", () => {
  it("prints each event and a result, one JSON object a line", async () => {
    const run = new Run().add(created(), ready, finished());
    const terminal = createTestTerminal();
    await attend(createTestContext(terminal, []), run.connection(), { output: "events" });
    const lines = terminal
      .stdout()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type, seq }) => seq ?? type)).toEqual([1, 2, 3, "result"]);
    expect(lines.at(-1)).toMatchObject({
      runId: "run-1",
      status: "done",
      files: [file],
      pending: ["a.ts"],
      costUsd: 0,
      evidence: null,
    });
  });
});

describe("a lost connection", () => {
  it("is made again, and the run followed from the last event that was seen", async () => {
    const run = new Run().add(created(), notice("one"));
    const terminal = createTestTerminal();
    const [first, second] = [run.connection(), run.connection()];
    const attended = attend(createTestContext(terminal, [second]), first, { output: "events" });
    await vi.waitFor(() => expect(terminal.stdout()).toContain("one"));
    first.drop();
    run.add(notice("two"), finished());
    expect((await attended).exitCode).toBe(0);
    const seqs = terminal
      .stdout()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).seq);
    expect(seqs).toEqual([1, 2, 3, 4, undefined]);
    expect(second.requests[0]).toEqual({ name: "run/watch", params: { runId: "run-1", after: 2 } });
  });

  it("brings the key back to a daemon that has taken the run up without it", async () => {
    const run = new Run().add(created());
    const terminal = createTestTerminal();
    const first = run.connection();
    const second = run.connection({ "run/resume": () => void run.tell(second, finished()) });
    const modelSettings = { provider: "openai" as const, model: "m", apiKey: "k" };
    const attended = attend(createTestContext(terminal, [second]), first, { modelSettings });
    await vi.waitFor(() => expect(terminal.stdout()).toContain("Run run-1"));
    first.drop();
    await vi.waitFor(() => expect(second.requests.map(({ name }) => name)).toContain("run/watch"));
    run.tell(second, { type: "run.suspended", reason: "no key" });
    await attended;
    expect(second.requests).toContainEqual({ name: "run/resume", params: { runId: "run-1", modelSettings } });
  });

  it("ends the command when no daemon can be had again", async () => {
    const run = new Run().add(created());
    const first = run.connection();
    const terminal = createTestTerminal();
    const attended = attend(createTestContext(terminal, []), first);
    await vi.waitFor(() => expect(terminal.stdout()).toContain("Run run-1"));
    first.drop();
    await expect(attended).rejects.toMatchObject({ value: { code: "daemon.unreachable" } });
  });
});

it("does not take the end of an earlier attempt for the end", async () => {
  const run = new Run().add(created(), { type: "run.started", attempt: 1, reason: "new" }, finished("failed"));
  const terminal = createTestTerminal();
  const connection = run.connection();
  const from = run.state ?? undefined;
  const attended = attend(createTestContext(terminal, []), connection, { ...(from && { from }), minAttempt: 2 });
  await vi.waitFor(() => expect(connection.requests.map(({ name }) => name)).toContain("run/watch"));
  run.tell(connection, { type: "run.started", attempt: 2, reason: "resume" });
  run.tell(connection, finished());
  expect((await attended).exitCode).toBe(0);
});

describe("Ctrl-C", () => {
  it("cancels the run; the run's end is the command's end", async () => {
    const run = new Run().add(created());
    const terminal = createTestTerminal();
    const connection = run.connection({ "run/cancel": () => void run.tell(connection, finished("cancelled")) });
    const attended = attend(createTestContext(terminal, []), connection);
    await vi.waitFor(() => expect(terminal.stdout()).toContain("Run run-1"));
    terminal.interrupt();
    expect((await attended).exitCode).toBe(130);
  });

  it("leaves at once when pressed again", async () => {
    const run = new Run().add(created());
    const terminal = createTestTerminal();
    const connection = run.connection();
    const attended = attend(createTestContext(terminal, []), connection);
    await vi.waitFor(() => expect(terminal.stdout()).toContain("Run run-1"));
    terminal.interrupt();
    terminal.interrupt();
    expect(await attended).toEqual({ exitCode: 130, state: null });
    expect(terminal.stderr()).toContain("nexus runs watch run-1");
  });

  it("only leaves a run that is merely watched", async () => {
    const run = new Run().add(created());
    const terminal = createTestTerminal();
    const connection = run.connection();
    const attended = attend(createTestContext(terminal, []), connection, { interrupt: "leave" });
    await vi.waitFor(() => expect(terminal.stdout()).toContain("Run run-1"));
    terminal.interrupt();
    expect((await attended).exitCode).toBe(130);
    expect(connection.requests.map(({ name }) => name)).not.toContain("run/cancel");
  });
});
