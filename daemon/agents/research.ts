import { type Agent, type AnswerContract, BUILT_IN } from "./agent.ts";
import { systemPrompt } from "./prompt.ts";
import { ASKING, READING } from "./tool-sets.ts";

const WRITING = ["edit_file", "write_file"];

const answer: AnswerContract = {
  parts: [
    { name: "Findings", holds: "each claim with its citation" },
    { name: "Open", holds: "what you could not find out, or “nothing”" },
  ],
};

export const research: Agent = {
  name: "research",
  title: "Research",
  purpose: "Reads code, documentation and the web, and answers with citations that resolve; changes no code.",
  capabilities: [
    {
      id: "code-research",
      description: "Finds out how the code works, where something is done and what depends on it.",
    },
    {
      id: "web-research",
      description: "Reads documentation and pages of the web, and says where each fact comes from.",
    },
    { id: "research-notes", description: "Writes what was found as a document with citations." },
  ],
  tools: [...READING, ...WRITING],
  moreTools: { small: [], question: ASKING, planned: [...ASKING, "todo", "remember", "check_citations"] },
  answer,
  checks: ["citations-resolve"],
  canDelegateTo: [],
  writes: ["**/*.md", "**/*.txt"],
  limits: {},
  source: BUILT_IN,
  system: systemPrompt({
    role: "research",
    changes: false,
    answer,
    field: [
      "You change no code. Notes that are asked for are Markdown files.",
      "Every claim has a citation: [path:line] or [path:line-line] for what stands in the repository, the address for a page that you fetched in this run. Write words that you quote in “quotes” right before the citation.",
      "Nexus opens every citation; one that does not hold what you say comes back to you. What you do not know you say is open.",
    ],
  }),
};
