import { type Agent, type AnswerContract, BUILT_IN } from "./agent.ts";
import { systemPrompt } from "./prompt.ts";
import { changingTools } from "./tool-sets.ts";

const answer: AnswerContract = {
  parts: [
    { name: "Changed", holds: "what you changed and why" },
    { name: "Checked", holds: "how you know that it works" },
  ],
};

export const data: Agent = {
  name: "data",
  title: "Data engineering",
  purpose: "Builds schemas, data pipelines, and checks of data.",
  capabilities: [
    { id: "schemas", description: "Designs tables and files of data." },
    { id: "data-pipelines", description: "Moves and transforms data in steps that can be repeated." },
    { id: "data-checks", description: "Checks data on a sample: types, keys, ranges, nulls." },
  ],
  ...changingTools([]),
  answer,
  checks: [],
  canDelegateTo: ["*"],
  limits: {},
  source: BUILT_IN,
  system: systemPrompt({
    role: "data engineering",
    changes: true,
    answer,
    field: [
      "Look at a sample of the real data before you decide on types and keys. A step that is run twice must not double its data.",
    ],
  }),
};
