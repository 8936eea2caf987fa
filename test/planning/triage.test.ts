import { describe, expect, it } from "vitest";
import { triage } from "../../daemon/planning/triage.ts";

const LONG_GOAL =
  "The notes service should let people put tags on a note when they make it or later, show the tags on the page next to the title, filter the list by a tag that is chosen there, keep the choice in the address, and have tests for all of that in service and page.";

describe("triage", () => {
  it.each([
    ["Where is the price computed?", "question"],
    ["How does the cache expire entries", "question"],
    ["Explain the retry logic", "question"],
    ["why is this test slow?", "question"],
    ["What would it take to add tags?", "question"],
    ["How do I add a new route?", "question"],
    ["Does anything still use oldName?", "question"],
    ["Should I worry about this?", "question"],
    ["Is the cache shared?", "question"],
    ["Do the two things", "change"],
    ["Fix the typo in README.md", "change"],
    ["Can you rename total to sum in cart.js?", "change"],
    ["please make the button red", "change"],
    ["The list shows deleted notes.", "change"],
    ["Add a test for parse()", "change"],
    ["- add tags to the service\n- show them on the page\n- test both", "goal"],
    ["1. rename a\n2. rename b\n3. rename c", "goal"],
    [LONG_GOAL, "goal"],
    ["Add login, write its tests, update the docs and remove the old session code", "goal"],
  ])("%s → %s", (prompt, kind) => {
    expect(triage(prompt, "act").kind).toBe(kind);
  });

  it("never lets the wording overrule the mode", () => {
    expect(triage("Fix the typo", "ask").kind).toBe("question");
    expect(triage("Where is it?", "plan").kind).toBe("goal");
  });
});
