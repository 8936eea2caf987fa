import { describe, expect, it } from "vitest";
import { abilities, ago, isActive, shortPrompt } from "../../../extension/runs/run-facts.ts";
import { isEnded, RunStatus } from "../../../protocol/index.ts";

it("agrees with the protocol about which runs have ended", () => {
  for (const status of RunStatus.options) expect(isActive(status)).toBe(!isEnded(status));
});

it.each([
  ["working", 0, ["cancel"]],
  ["awaiting_approval", 0, ["cancel"]],
  ["done", 2, ["decide"]],
  ["done", 0, []],
  ["failed", 1, ["resume", "decide"]],
  ["denied", 0, []],
  ["out_of_budget", 0, ["resume"]],
] as const)("a run that is %s with %i files allows %j", (status, pendingFiles, expected) => {
  expect(abilities({ status, pendingFiles })).toEqual(expected);
});

describe("texts", () => {
  it("cuts a prompt to its first line", () => {
    expect(shortPrompt("  Fix it\nand more")).toBe("Fix it");
    expect(shortPrompt("x".repeat(100), 10)).toBe(`${"x".repeat(9)}…`);
  });

  it("says how long ago something was", () => {
    const now = Date.parse("2026-03-02T12:00:00Z");
    expect(ago("2026-03-02T11:59:40Z", now)).toBe("just now");
    expect(ago("2026-03-02T11:12:00Z", now)).toBe("48 min ago");
    expect(ago("2026-03-02T02:00:00Z", now)).toBe("10 h ago");
    expect(ago("2026-02-01T02:00:00Z", now)).toBe("2026-02-01");
  });
});
