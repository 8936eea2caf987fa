import { BUILT_IN } from "../../agents/agent.ts";
import { rolePrompt } from "./prompts.ts";
import type { Role } from "./role.ts";
import { DOCUMENT_TOOLS, NO_MORE_TOOLS } from "./tool-names.ts";

export const architect: Role = {
  name: "architect",
  title: "Architect",
  purpose: "Designs the system that a product requirement document asks for: files, classes, call flow.",
  capabilities: [{ id: "system-design", description: "Writes system designs with class and sequence diagrams." }],
  tools: DOCUMENT_TOOLS,
  moreTools: NO_MORE_TOOLS,
  checks: [],
  canDelegateTo: [],
  limits: {},
  watches: ["prd"],
  produces: ["system_design"],
  source: BUILT_IN,
  system: rolePrompt("architect", [
    "Choose what the project has already; else well-known open libraries, and as few as will do.",
    "The file list names every source file that is made or changed, and no other. Few files with clear tasks are better than many.",
    "The class diagram shows types, fields and methods with their types; the sequence diagram uses these names and covers creating, reading, changing and errors.",
  ]),
};
