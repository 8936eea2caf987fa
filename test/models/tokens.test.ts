import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { estimateRequest, estimateTokens } from "../../daemon/models/tokens.ts";
import { EDIT_TOOL, requestOf } from "./ask.ts";

describe("estimateTokens", () => {
  it("is zero for nothing and grows with the text", () => {
    expect(estimateTokens("")).toBe(0);
    expect(estimateTokens("a")).toBe(1);
    expect(estimateTokens("ab".repeat(1000))).toBe(1104);
  });

  // Counted once with the o200k tokenizer.
  it.each([
    ["the MIT licence", readFileSync("LICENSE", "utf8"), 222],
    ["Chinese", "系统设计决定了程序如何存储事件以及在崩溃后如何恢复状态。每一步都会写入日志。".repeat(10), 270],
    [
      "German",
      "Größere Änderungen müssen über die Prüfung laufen, bevor sie übernommen werden können. ".repeat(10),
      162,
    ],
    ["emoji", "🚀✨🔥 done ✅ ".repeat(20), 121],
  ])("is in the documented range for %s", (_name, text, counted) => {
    expect(estimateTokens(text)).toBeGreaterThan(counted * 0.6);
    expect(estimateTokens(text)).toBeLessThan(counted * 2.1);
  });
});

describe("estimateRequest", () => {
  it("counts system prompt and tools as overhead, and messages on top", () => {
    const bare = estimateRequest(requestOf("x".repeat(360)));
    const tooled = estimateRequest(requestOf("x".repeat(360), { tools: [EDIT_TOOL] }));
    expect(tooled.overheadTokens).toBeGreaterThan(bare.overheadTokens + 20);
    expect(bare.inputTokens - bare.overheadTokens).toBeGreaterThanOrEqual(100);
    expect(tooled.inputTokens - tooled.overheadTokens).toBe(bare.inputTokens - bare.overheadTokens);
  });

  it("counts the arguments of earlier calls", () => {
    const call = { callId: "1", tool: "edit", argumentsText: "y".repeat(720) };
    const messages = [{ role: "assistant" as const, text: "", toolCalls: [call] }];
    expect(estimateRequest(requestOf("", { messages })).inputTokens).toBeGreaterThan(200);
  });
});
