import { describe, expect, it } from "vitest";
import { applyRunEvent, type RunState } from "../../protocol/index.ts";
import { isPanelRequest } from "../../protocol/panel.ts";
import { readPanelMessage } from "../../protocol/panel-messages.ts";
import { readSavedView } from "../../webview/host.ts";
import { FINISHED, numbered } from "./sample-run.ts";

describe("messages from the page", () => {
  it.each([
    { type: "ready", from: null },
    { type: "ready", from: 12 },
    { type: "page", before: 5 },
    { type: "latest" },
    { type: "answer", approvalId: "a", subjectHash: "b", decision: "approve", feedback: "", remember: false },
    { type: "answerQuestion", questionId: "q", answer: "yen" },
    { type: "controlTask", taskId: "page.2.0", action: "pause" },
    { type: "prompt", text: "go on", delivery: "queue" },
    { type: "accept", paths: null },
    { type: "discard", paths: ["a", "b"] },
    { type: "openDiff", path: "src/a.ts" },
    { type: "action", action: "setKey" },
  ])("takes $type", (message) => expect(isPanelRequest(message)).toBe(true));

  it.each([
    null,
    undefined,
    "cancel",
    [],
    {},
    { type: "toString" },
    { type: "constructor" },
    { type: "__proto__" },
    { type: "run/start", workspace: "/" },
    { type: "cancel", runId: "another" },
    { type: "ready" },
    { type: "ready", from: 0 },
    { type: "ready", from: 1.5 },
    { type: "page", before: "5" },
    { type: "answer", approvalId: "a", subjectHash: "b", decision: "maybe", feedback: "" },
    { type: "answer", approvalId: "a", subjectHash: "b", decision: "approve" },
    { type: "answerQuestion", questionId: "q", answer: "  " },
    { type: "answerQuestion", questionId: "q", answer: "x".repeat(10_001) },
    { type: "answerQuestion", questionId: "", answer: "yen" },
    { type: "controlTask", taskId: "", action: "pause" },
    { type: "controlTask", taskId: "page", action: "restart" },
    { type: "prompt", text: "", delivery: "steer" },
    { type: "prompt", text: "x".repeat(100_001), delivery: "steer" },
    { type: "accept", paths: [1] },
    { type: "accept", paths: "a" },
    { type: "action", action: "toString" },
    { type: "action", action: "workbench.action.quit" },
  ])("refuses %j", (message) => expect(isPanelRequest(message)).toBe(false));
});

describe("messages to the page", () => {
  it("takes a whole run as it comes over the wire", () => {
    const events = numbered(FINISHED);
    const run = events.reduce<RunState | null>(applyRunEvent, null);
    const message = { type: "run", run, events };
    expect(readPanelMessage(JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  it.each([
    [null],
    [{ type: "run" }],
    [{ type: "events", events: [{ seq: 1 }] }],
    [{ type: "delta", taskId: "t", turn: "1", text: "" }],
    [{ type: "eval", text: "alert(1)" }],
  ])("refuses %j", (message) => expect(readPanelMessage(message)).toBeUndefined());
});

describe("what the page kept", () => {
  it("is found again", () => {
    const view = { runId: "r", from: 3, scroll: { steps: 40 }, draft: "hello", planView: "list" };
    expect(readSavedView(JSON.parse(JSON.stringify(view)))).toEqual(view);
  });

  it("does without what does not fit", () => {
    expect(readSavedView({ runId: "r", from: -1, scroll: { steps: "x" }, draft: 5, planView: "3d" })).toEqual({
      runId: "r",
      from: null,
      scroll: {},
      draft: "",
      planView: "graph",
    });
    expect(readSavedView({ from: 3 })).toBeUndefined();
    expect(readSavedView(undefined)).toBeUndefined();
  });
});
