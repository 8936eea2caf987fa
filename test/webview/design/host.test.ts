import { describe, expect, it } from "vitest";
import { isDesignPanelRequest } from "../../../protocol/design/panel.ts";
import { readDesignPanelMessage } from "../../../protocol/design/panel-messages.ts";
import { readSavedDesignView } from "../../../webview/design/host.ts";
import { SAMPLE_VIEW } from "./sample-view.ts";

describe("messages from the design page", () => {
  it.each([
    { type: "ready" },
    { type: "refresh" },
    { type: "save", path: "docs/prd/a.json", hash: "h", text: "" },
    { type: "decide", path: "docs/prd/a.json", questionId: "q", decision: "send_back", remarks: "Shorter." },
    { type: "repair", path: "docs/a.json", key: "Program call flow", problem: "Line 3." },
    { type: "open", path: "src/a.ts" },
    { type: "picture", artifact: "a", path: null },
    { type: "export", format: "html", drawings: [{ path: "docs/a.json", key: "k", svg: "<svg/>" }] },
    { type: "openRun" },
    { type: "design" },
    { type: "action", action: "setKey" },
  ])("takes $type", (message) => expect(isDesignPanelRequest(message)).toBe(true));

  it.each([
    null,
    "ready",
    {},
    { type: "toString" },
    { type: "__proto__" },
    { type: "ready", from: 1 },
    { type: "save", path: "", hash: "h", text: "" },
    { type: "save", path: "a", hash: "h", text: "x".repeat(1024 * 1024 + 1) },
    { type: "decide", path: "a", questionId: "q", decision: "merge", remarks: "" },
    { type: "decide", path: "a", questionId: "q", decision: "approve", remarks: "x".repeat(10_001) },
    { type: "open", path: 5 },
    { type: "picture", artifact: "a" },
    { type: "export", format: "pdf", drawings: [] },
    { type: "export", format: "html", drawings: [null] },
    { type: "export", format: "html", drawings: [{ path: "a", key: "k", svg: "<svg/>", more: 1 }] },
    { type: "export", format: "html", drawings: [{ path: "a", key: "k", svg: "x".repeat(500_001) }] },
    { type: "action", action: "rm -rf" },
  ])("refuses %j", (message) => expect(isDesignPanelRequest(message)).toBe(false));
});

describe("messages to the design page", () => {
  it("takes a whole view as it comes over the wire", () => {
    const run = { runId: "r", prompt: "p", status: "working" };
    const message = { type: "view", view: SAMPLE_VIEW, run };
    expect(readDesignPanelMessage(JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  it.each([
    [null],
    [{ type: "view" }],
    [{ type: "view", view: { ...SAMPLE_VIEW, nodes: 5 }, run: null }],
    [{ type: "eval" }],
  ])("refuses %j", (message) => expect(readDesignPanelMessage(message)).toBeUndefined());
});

describe("what the design page kept", () => {
  it("is found again, edits included", () => {
    const view = {
      source: "{}",
      tab: "traces",
      document: "docs/a.json",
      drafts: [{ path: "a", hash: "h", text: "t" }],
      remarks: [{ questionId: "q", text: "Shorter." }],
    };
    expect(readSavedDesignView(JSON.parse(JSON.stringify(view)))).toEqual(view);
  });

  it("does without what does not fit", () => {
    const kept = { source: "{}", tab: "3d", document: 5, drafts: [{ path: "a" }, 7], remarks: [{ text: "a" }, 7] };
    expect(readSavedDesignView(kept)).toEqual({
      source: "{}",
      tab: "requirements",
      document: null,
      drafts: [],
      remarks: [],
    });
    expect(readSavedDesignView({ tab: "traces" })).toBeUndefined();
  });
});
