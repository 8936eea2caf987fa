import { BUILT_IN } from "../../agents/agent.ts";
import { CHANGING, PLANNED } from "../../agents/tool-sets.ts";
import { rolePrompt } from "./prompts.ts";
import type { Role } from "./role.ts";
import { CHECK_DESIGN, READ_DOCUMENT, WRITE_DOCUMENT } from "./tool-names.ts";

const ALSO = PLANNED.filter((tool) => ["run_tests", "diagnostics", "git", "recall"].includes(tool));

export const engineer: Role = {
  name: "engineer",
  title: "Engineer",
  purpose: "Writes the files of the task list by the design, reviews them, and says what became of the whole.",
  capabilities: [
    { id: "code-by-design", description: "Writes source files from a system design and a task list." },
    { id: "code-review", description: "Reviews code against its design." },
  ],
  tools: [READ_DOCUMENT, WRITE_DOCUMENT, CHECK_DESIGN, ...CHANGING, ...ALSO],
  moreTools: { small: [], question: [], planned: [] },
  checks: ["design"],
  canDelegateTo: [],
  limits: {},
  watches: ["task"],
  produces: ["code_plan_and_change?", "code", "code_summary"],
  source: BUILT_IN,
  system: rolePrompt("engineer", [
    "Follow the system design, its names and its call flow; where it cannot be followed, say so at the end instead of changing it.",
    "Write whole, working code: nothing left out, no “to do”, every name that you use is imported and exists. Read the files that you use.",
    "In a file that is there, change what the task needs and keep everything else as it is, byte by byte.",
    "A component of the UI design draws its elements with the tokens' custom properties, works with the keyboard, and has a story for each state (Component Story Format). Nexus opens it in a browser when you are done; check_design does so before.",
    "A review looks for: what the task asks and the code does not do, wrong logic, names that do not exist, the design not followed, errors not handled. It ends with LGTM where all is well, with LBTM and what must change where it is not.",
  ]),
};
