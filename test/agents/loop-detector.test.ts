import { describe, expect, it } from "vitest";
import { createLoopDetector } from "../../daemon/agents/loop-detector.ts";

/** Letters are calls; the same letter is the same call with the same result. */
function verdicts(calls: string): string {
  const detector = createLoopDetector();
  return [...calls]
    .map((letter) => detector.add({ tool: `tool_${letter}`, argumentsText: "{}", result: letter }).verdict[0])
    .join("");
}

describe("loop detector", () => {
  it.each([
    ["abcdefgh", "ffffffff"],
    ["aab", "fff"],
    ["aaaaa", "ffwws"],
    ["ababababab", "fffffwwwws"],
    ["abcabcabcabcabc", "ffffffffwwwwwws"],
    ["aabaabb", "fffffff"],
    ["xyzaaaaa", "fffffwws"],
  ])("%s → %s", (calls, expected) => {
    expect(verdicts(calls)).toBe(expected);
  });

  it("takes a changed result for progress", () => {
    const detector = createLoopDetector();
    const results = Array.from({ length: 20 }, (_, index) =>
      detector.add({ tool: "run_command", argumentsText: "{}", result: `${index}` }),
    );
    expect(results.every((result) => result.verdict === "fine")).toBe(true);
  });

  it("explains what it found", () => {
    const detector = createLoopDetector();
    const call = { tool: "read_file", argumentsText: '{"path":"a"}', result: "x" };
    const findings = Array.from({ length: 5 }, () => detector.add(call));
    expect(findings.at(-1)).toMatchObject({ verdict: "stop", explanation: expect.stringContaining("read_file") });
  });
});
