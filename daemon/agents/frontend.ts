import { type Agent, type AnswerContract, BUILT_IN } from "./agent.ts";
import { systemPrompt } from "./prompt.ts";
import { changingTools } from "./tool-sets.ts";

const answer: AnswerContract = {
  parts: [
    { name: "Changed", holds: "what you changed and why" },
    { name: "Checked", holds: "how you know that it works" },
  ],
};

export const frontend: Agent = {
  name: "frontend",
  title: "Frontend",
  purpose: "Builds what people see: components, styles, accessible pages.",
  capabilities: [
    { id: "ui-components", description: "Builds and changes components and pages." },
    { id: "styles", description: "Writes styles that follow the project's own." },
    { id: "accessibility", description: "Makes pages usable with keyboard and screen reader, and finds what is not." },
  ],
  ...changingTools(["check_page"]),
  answer,
  checks: ["accessible"],
  canDelegateTo: ["*"],
  limits: {},
  source: BUILT_IN,
  system: systemPrompt({
    role: "frontend",
    changes: true,
    answer,
    field: [
      "Everything must work with the keyboard and a screen reader: names, labels, roles, contrast, focus.",
      "Open what you built with check_page: a new serious violation of axe, or an error that the page throws, sends the work back.",
    ],
  }),
};
