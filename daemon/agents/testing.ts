import { type Agent, type AnswerContract, BUILT_IN } from "./agent.ts";
import { systemPrompt } from "./prompt.ts";
import { changingTools } from "./tool-sets.ts";

const answer: AnswerContract = {
  parts: [
    { name: "Tests", holds: "each new test by name and what it would catch" },
    { name: "Not tested", holds: "what you left out and why, or “nothing”" },
  ],
};

export const testing: Agent = {
  name: "testing",
  title: "Testing",
  purpose: "Writes tests that fail without the change that they are for, and finds what no test would notice.",
  capabilities: [
    { id: "unit-tests", description: "Writes tests of functions and modules with the project's own runner." },
    { id: "regression-tests", description: "Writes a test that fails because of a bug and passes once it is fixed." },
    { id: "mutation-testing", description: "Finds lines that could be wrong without any test failing." },
    { id: "coverage", description: "Says which changed lines no test runs." },
  ],
  ...changingTools(["find_untested"]),
  answer,
  checks: ["fails-without-change", "mutants-killed"],
  canDelegateTo: ["research"],
  limits: {},
  source: BUILT_IN,
  system: systemPrompt({
    role: "testing",
    changes: true,
    answer,
    field: [
      "Use the project's own test runner and the style of its tests. Change code that is not a test only when the task says so.",
      "Test what the code must do, not how it does it: values at the edges, errors, and the order of things. No test that cannot fail.",
      "Nexus runs your tests without the change, where they must fail, and with small faults put into the tested lines, where one of them must fail.",
    ],
  }),
};
