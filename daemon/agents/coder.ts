import { type Agent, BUILT_IN } from "./agent.ts";
import { systemPrompt } from "./prompt.ts";
import { changingTools } from "./tool-sets.ts";

/** The general coding agent. Its prompt is short on purpose: every token of it is paid at each step. */
export const coder: Agent = {
  name: "coder",
  title: "Coder",
  purpose: "Reads, changes and tests code of any kind.",
  capabilities: [
    { id: "code-change", description: "Changes code in any language: features, fixes, refactoring." },
    { id: "code-explanation", description: "Explains what code does and where." },
  ],
  ...changingTools([]),
  checks: [],
  canDelegateTo: ["*"],
  limits: {},
  source: BUILT_IN,
  system: systemPrompt({
    role: "coding",
    changes: true,
    field: [
      "Nexus runs the project's tests itself when you finish. Run a command only when you need its output.",
      "A question needs no change: look things up, then answer with the paths and lines your answer rests on.",
    ],
  }),
};
