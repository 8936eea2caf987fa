/** A run as the daemon would tell it: a goal, planned, approved, worked on, verified, and ended with a change set. */
import type { Plan, RunEvent, RunEventBody } from "../../protocol/index.ts";

const RUN_ID = "run-sample";
const START = Date.parse("2026-03-02T09:00:00.000Z");
const SECOND = 1000;

export const SAMPLE_PLAN: Plan = {
  summary: "Add a `limit` to GET /notes: a failing test first, then the service, then the page that uses it.",
  tasks: [
    task("test-first", "Write the failing test", [], { command: "npm test -- limit", expect: "fail" }),
    task("service", "Limit the notes in the service", ["test-first"], { command: "npm test -- limit", expect: "pass" }),
    task("page", "Let the page ask for ten notes", ["service"], null),
    task("docs", "Describe the parameter", ["service"], null),
    task("whole", "Run everything", ["page", "docs"], { command: "npm test", expect: "pass" }),
  ],
};

/** Numbers events from 1 and spaces them a second apart. */
export function numbered(bodies: readonly RunEventBody[], runId = RUN_ID): RunEvent[] {
  return bodies.map((body, index) => ({
    runId,
    seq: index + 1,
    at: new Date(START + index * SECOND).toISOString(),
    body,
  }));
}

export const CREATED: RunEventBody = {
  type: "run.created",
  sessionId: "session-sample",
  workspace: "/home/ada/notes",
  prompt: "Add a limit to GET /notes, use it on the page, and test both",
  mode: "act",
  headless: false,
  autoApply: false,
  model: { provider: "openai", model: "gpt-5-mini" },
  budgetUsd: 0.5,
  policy: {},
  continues: null,
};

/** Up to the question whether the plan may be carried out. */
export const WAITING: readonly RunEventBody[] = [
  CREATED,
  { type: "run.started", attempt: 1, reason: "new" },
  { type: "run.entered", phase: "triage" },
  { type: "run.triaged", kind: "goal", reason: "it asks for 4 changes" },
  { type: "run.entered", phase: "recall" },
  {
    type: "run.recalled",
    files: [
      { path: "src/server.js", why: "defines GET /notes" },
      { path: "public/page.js", why: "calls /notes" },
    ],
    rules: ["AGENTS.md: every route has a test"],
    taskId: "plan",
    artifact: "d1".repeat(32),
  },
  { type: "run.entered", phase: "plan" },
  modelRequested("plan", 1, 2140),
  modelResponded("plan", 1, "I will write the failing test first, then make it pass.", []),
  { type: "plan.proposed", plan: SAMPLE_PLAN },
  { type: "run.entered", phase: "approve" },
  {
    type: "approval.requested",
    approval: {
      approvalId: "approval-plan",
      taskId: null,
      title: "Approve the plan?",
      reason: "Plans are shown before they are carried out.",
      subjectHash: "5a".repeat(32),
      subject: {
        kind: "plan",
        summary: SAMPLE_PLAN.summary,
        taskCount: SAMPLE_PLAN.tasks.length,
        commands: ["npm test -- limit", "npm test"],
      },
    },
  },
];

/** In the middle of the second task. */
export const WORKING: readonly RunEventBody[] = [
  ...WAITING,
  { type: "approval.answered", approvalId: "approval-plan", decision: "approve", by: "vscode" },
  { type: "run.isolated", baseCommit: "a1", startCommit: "a1", worktree: "/tmp/copy", linked: ["node_modules"] },
  { type: "run.entered", phase: "tasks" },
  { type: "task.started", taskId: "test-first", title: "Write the failing test", agent: "coder" },
  modelRequested("test-first", 1, 1830),
  modelResponded("test-first", 1, "Let me look at the tests that are there.", ["read_file", "search_text"]),
  ...toolCall("test-first", 0, "read_file", { path: "test/notes.test.js" }, 'import test from "node:test";\n…'),
  ...toolCall("test-first", 1, "search_text", { query: "GET /notes" }, "src/server.js:14: // GET /notes\n"),
  modelRequested("test-first", 2, 2410),
  modelResponded("test-first", 2, "", ["edit_file"]),
  ...toolCall(
    "test-first",
    2,
    "edit_file",
    {
      path: "test/notes.test.js",
      search: 'test("lists notes", async () => {',
      replace:
        'test("lists at most `limit` notes", async () => {\n  const notes = await list("?limit=2");\n  assert.equal(notes.length, 2);\n});\n\ntest("lists notes", async () => {',
    },
    "1 replacement",
  ),
  evidence("test-first", "npm test -- limit", 1, "fail", "✖ lists at most `limit` notes\n  AssertionError: 5 !== 2"),
  {
    type: "task.finished",
    taskId: "test-first",
    outcome: "done",
    summary: "The test fails because the limit is ignored.",
  },
  { type: "task.started", taskId: "service", title: "Limit the notes in the service", agent: "coder" },
  modelRequested("service", 1, 2050),
  modelResponded("service", 1, "The handler ignores the query; I read it and cut the list.", [
    "edit_file",
    "run_command",
  ]),
  ...toolCall(
    "service",
    0,
    "edit_file",
    {
      path: "src/server.js",
      search: "  send(response, 200, notes);",
      replace:
        '  const limit = Number(url.searchParams.get("limit") ?? notes.length);\n  send(response, 200, notes.slice(0, limit));',
    },
    "1 replacement",
  ),
  ...toolCall("service", 1, "run_command", { command: "npm test -- limit" }, "✔ lists at most `limit` notes\n"),
  modelRequested("service", 2, 2790),
];

export const FINISHED: readonly RunEventBody[] = [
  ...WORKING,
  modelResponded("service", 2, "The service now honours `limit`.", []),
  evidence("service", "npm test -- limit", 0, "pass", "✔ lists at most `limit` notes"),
  { type: "task.finished", taskId: "service", outcome: "done", summary: "GET /notes honours limit." },
  ...["page", "docs", "whole"].flatMap((taskId): RunEventBody[] => [
    { type: "task.started", taskId, title: titleOf(taskId), agent: "coder" },
    modelRequested(taskId, 1, 1500),
    modelResponded(taskId, 1, "Done.", []),
    { type: "task.finished", taskId, outcome: "done", summary: "" },
  ]),
  { type: "run.entered", phase: "verify" },
  evidence(
    null,
    "npm test",
    0,
    "pass",
    "✔ lists notes\n✔ lists at most `limit` notes\n✔ the page asks for ten\n\nℹ tests 12\nℹ pass 12\nℹ fail 0",
  ),
  { type: "run.entered", phase: "review" },
  {
    type: "run.reviewed",
    findings: [{ severity: "warning", path: "src/server.js", message: "A negative limit is not refused." }],
  },
  { type: "run.entered", phase: "finish" },
  {
    type: "changes.ready",
    changeSet: {
      baseCommit: "a1",
      resultCommit: "b2",
      files: [
        { path: "README.md", status: "modified", additions: 4, deletions: 0, binary: false },
        { path: "public/page.js", status: "modified", additions: 3, deletions: 2, binary: false },
        { path: "src/server.js", status: "modified", additions: 2, deletions: 1, binary: false },
        { path: "test/notes.test.js", status: "modified", additions: 5, deletions: 0, binary: false },
      ],
    },
  },
  {
    type: "run.finished",
    status: "done",
    summary:
      "`GET /notes` takes a **limit** now:\n\n- the service cuts the list (`src/server.js`)\n- the page asks for ten\n- a test covers both, red before and green after",
  },
];

export const SAMPLE_PATCH = `diff --git a/src/server.js b/src/server.js
--- a/src/server.js
+++ b/src/server.js
@@ -12,7 +12,8 @@ export function handle(request, response) {
   const url = new URL(request.url, "http://localhost");
   if (url.pathname !== "/notes") return send(response, 404, { error: "not found" });
   // GET /notes
-  send(response, 200, notes);
+  const limit = Number(url.searchParams.get("limit") ?? notes.length);
+  send(response, 200, notes.slice(0, limit));
 }
 
 function send(response, status, body) {
`;

function task(
  id: string,
  title: string,
  dependsOn: string[],
  acceptance: { command: string; expect: "pass" | "fail" } | null,
): Plan["tasks"][number] {
  const files = id === "service" ? ["src/server.js"] : [];
  return { id, title, goal: `${title}.`, agent: "coder", files, acceptance, dependsOn };
}

function titleOf(taskId: string): string {
  return SAMPLE_PLAN.tasks.find(({ id }) => id === taskId)?.title ?? taskId;
}

export function modelRequested(taskId: string, turn: number, inputTokens: number): RunEventBody {
  const model = { provider: "openai", model: "gpt-5-mini" };
  const key = `${taskId}/${turn}/model`;
  return { type: "model.requested", key, taskId, turn, model, reservedUsd: 0.01, inputTokens, overheadTokens: 900 };
}

export function modelResponded(taskId: string, turn: number, text: string, tools: string[]): RunEventBody {
  return {
    type: "model.responded",
    key: `${taskId}/${turn}/model`,
    taskId,
    turn,
    text,
    toolCalls: tools.map((tool, index) => ({ callId: `${taskId}-${index}`, tool })),
    stopReason: tools.length > 0 ? "tool_calls" : "end",
    usage: { inputTokens: 1890, cacheReadTokens: 640, cacheWriteTokens: 0, outputTokens: 212, estimated: false },
    costUsd: 0.0041,
    durationMs: 2380,
    artifact: "c0".repeat(32),
  };
}

export function toolCall(taskId: string, index: number, tool: string, input: object, output: string): RunEventBody[] {
  const call = { key: `${taskId}/${index}`, taskId, turn: 1, callId: `${taskId}-${index}`, tool };
  const changed = tool === "edit_file" && "path" in input ? [String(input.path)] : [];
  return [
    { type: "tool.requested", ...call, input: JSON.stringify(input), effect: "pure" },
    { type: "tool.finished", ...call, status: "done", summary: "", output, artifact: null, durationMs: 38, changed },
  ];
}

function evidence(
  taskId: string | null,
  command: string,
  exitCode: number,
  expected: "pass" | "fail",
  outputTail: string,
): RunEventBody {
  const satisfied = (exitCode === 0) === (expected === "pass");
  return {
    type: "verification.finished",
    taskId,
    evidence: { command, exitCode, expected, satisfied, durationMs: 1412, outputTail, outputArtifact: null },
  };
}
