import { describe, expect, it } from "vitest";
import type { RunEventBody } from "../../../protocol/index.ts";
import { timelineSteps } from "../../../webview/steps/timeline.ts";
import { editsOf, patchOf, prettyInput, toolWords } from "../../../webview/steps/tool-words.ts";
import { CREATED, FINISHED, modelRequested, modelResponded, numbered, toolCall, WAITING } from "../sample-run.ts";

const steps = (...bodies: RunEventBody[]) => timelineSteps(numbered(bodies));

describe("the timeline", () => {
  it("makes one step of a call and its result, in the place where it began", () => {
    const [request, result] = toolCall("t", 0, "read_file", { path: "a.ts" }, "text");
    if (request === undefined || result === undefined) throw new Error("a call is two events");
    const asked = steps(CREATED, request, modelRequested("t", 2, 5));
    expect(asked).toMatchObject([{ kind: "tool", status: "working", seq: 2 }, { kind: "turn" }]);
    const answered = steps(CREATED, request, modelRequested("t", 2, 5), result);
    expect(answered).toMatchObject([
      { kind: "tool", status: "done", seq: 2, output: "text", input: '{"path":"a.ts"}' },
      { kind: "turn" },
    ]);
    expect(answered[0]?.id).toBe(asked[0]?.id);
  });

  it("shows a result whose beginning is on an older page", () => {
    const [, result] = toolCall("t", 0, "read_file", { path: "a.ts" }, "text");
    if (result === undefined) throw new Error("a call is two events");
    expect(steps(result)).toMatchObject([{ kind: "tool", status: "done", output: "text", input: "" }]);
  });

  it("tells of a failed answer and of the one that came after it", () => {
    const error = { code: "model.timeout", message: "The model sent nothing for too long.", hint: "" };
    const call = { key: "t/1/model", taskId: "t", turn: 1 };
    const failing: RunEventBody[] = [
      modelRequested("t", 1, 10),
      { type: "model.failed", ...call, attempt: 1, error, willRetry: true },
    ];
    expect(steps(...failing)).toMatchObject([{ kind: "turn", status: "working", error: { code: "model.timeout" } }]);
    expect(steps(...failing, modelResponded("t", 1, "Here.", []))).toMatchObject([
      { kind: "turn", status: "done", text: "Here.", error: null },
    ]);
  });

  it("gives a turn the checkpoint that was taken before its calls, and says which rewind can be taken back", () => {
    const taken: RunEventBody = {
      ...{ type: "checkpoint.taken", number: 4, taskId: "t", turn: 2, commit: "c", leftOut: [], durationMs: 1 },
    };
    const turns = [modelRequested("t", 1, 10), modelResponded("t", 1, "", []), modelRequested("t", 2, 10)];
    expect(steps(...turns, modelResponded("t", 2, "", []), taken)).toMatchObject([
      { kind: "turn", turn: 1, checkpoint: null },
      { kind: "turn", turn: 2, checkpoint: 4, status: "done" },
    ]);
    expect(steps(taken)).toEqual([]);
    const conflicts = [{ path: "a", reason: "changed" }];
    expect(
      steps(
        { type: "rewind.finished", number: 1, conflicts: [] },
        { type: "rewind.finished", number: 2, conflicts },
        { type: "run.rewound", byRun: "r2", checkpoint: 4 },
      ),
    ).toMatchObject([{ tone: "good", rewind: 1 }, { tone: "bad", details: ["a: changed"] }, { rewind: null }]);
  });

  it("makes a note of a compaction, and no step of the call that wrote it", () => {
    const compacted: RunEventBody = {
      type: "context.compacted",
      taskId: "t",
      turn: 9,
      by: "extract",
      messages: 12,
      tokensBefore: 5200,
      tokensAfter: 2100,
      putBack: 0,
      problems: ["the answer was empty"],
      artifact: "a",
    };
    const text = "Shortened the conversation to notes: 5200 → 2100 tokens.";
    const notes = { ...modelRequested("t", 9, 10), key: "notes/t/1/1" } as RunEventBody;
    expect(steps(notes, compacted)).toMatchObject([{ kind: "note", text, details: ["the answer was empty"] }]);
  });

  it("joins a question with its answer", () => {
    const answered: RunEventBody = {
      type: "approval.answered",
      approvalId: "approval-plan",
      decision: "reject",
      by: "cli",
      feedback: "smaller",
    };
    const before = steps(...WAITING).at(-1);
    const after = steps(...WAITING, answered).at(-1);
    expect(before).toMatchObject({ kind: "approval", decision: null });
    expect(after).toMatchObject({ kind: "approval", decision: "reject", by: "cli", feedback: "smaller" });
    expect(steps(answered)).toMatchObject([{ kind: "note", text: "cli chose to reject." }]);
  });

  it("tells of a command in the background in the step that started it, until it ends with the run", () => {
    const output = "It runs as c1. command_output shows what it prints.";
    const started = toolCall("t", 0, "run_command", { command: "npm start", background: true }, output);
    const background = (...more: RunEventBody[]) => {
      const [step] = steps(...started, ...more);
      return step?.kind === "tool" ? step.background : undefined;
    };
    const looked = toolCall("t", 1, "command_output", { id: "c1" }, "c1: exit code 1\nno such port");
    const ended: RunEventBody = { type: "run.finished", status: "done", summary: "" };
    expect(background()).toEqual({ id: "c1", state: "runs" });
    expect(background(...looked)).toEqual({ id: "c1", state: "exit code 1" });
    expect(background(ended)).toEqual({ id: "c1", state: "ended with the run" });
    expect(background(...looked, ended)?.state).toBe("exit code 1");
    // A file may say the same words; only the tools' own answers count.
    expect(background(...toolCall("t", 1, "read_file", { path: "a" }, "c1: exit code 9"))?.state).toBe("runs");
  });

  it("gives every step of a whole run a key of its own, in order", () => {
    const all = timelineSteps(numbered(FINISHED));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ seq }) => seq)).toEqual(all.map(({ seq }) => seq).toSorted((first, second) => first - second));
    expect(all.at(-1)).toMatchObject({ kind: "note", tone: "good", text: "Done." });
  });
});

describe("a tool call in words", () => {
  it.each([
    ["read_file", '{"path":"src/a.ts"}', "Read", "src/a.ts", false],
    ["run_command", '{"command":"npm test\\nls"}', "Run", "npm test …", true],
    ["search_text", '{"query":"x","path":"src"}', "Search", "x", false],
    ["some_new_tool", "{}", "some new tool", "", false],
    ["read_file", '{"path":42}', "Read", "", false],
    ["read_file", '{"path":"cut of', "Read", "", false],
    ["read_file", "null", "Read", "", false],
  ])("%s with %s", (tool, input, verb, object, isCommand) => {
    expect(toolWords(tool, input)).toEqual({ verb, object, isCommand });
  });

  it("recognises an edit and shows any input", () => {
    const edit = { search: "x", replace: "y" };
    expect(editsOf(JSON.stringify({ path: "a", edits: [edit, edit] }))).toEqual([edit, edit]);
    expect(editsOf(JSON.stringify({ path: "a", ...edit }))).toEqual([edit]);
    expect(editsOf(JSON.stringify({ files: [{ path: "a", edits: [edit] }, 7] }))).toEqual([{ path: "a", ...edit }]);
    expect(editsOf('{"path":"a","edits":[{"search":1}]}')).toEqual([]);
    expect(patchOf('{"patch":"--- a"}')).toBe("--- a");
    expect(patchOf('{"path":"a"}')).toBeUndefined();
    expect(prettyInput('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(prettyInput("not json")).toBe("not json");
  });
});
