import { describe, expect, it } from "vitest";
import { windowOf } from "../../daemon/models/windows.ts";

describe("windowOf", () => {
  it.each([
    ["gpt-4", null, 8192, 2048],
    ["gpt-4-0613", null, 8192, 2048],
    ["gpt-4-32k", null, 32_768, 8000],
    ["gpt-4-turbo", null, 90_000, 8000],
    ["gpt-4o", null, 90_000, 8000],
    ["gpt-3.5-turbo-0125", null, 16_385, 4096],
    ["qwen2.5-coder", null, 90_000, 8000],
    ["qwen2.5-coder", 8000, 8000, 2000],
    ["gpt-4", 200_000, 200_000, 8000],
  ])("%s with %s set takes %i tokens and answers with %i", (model, windowTokens, all, answer) => {
    expect(windowOf({ model, windowTokens })).toEqual({ windowTokens: all, answerTokens: answer });
  });
});
