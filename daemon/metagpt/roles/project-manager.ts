import { BUILT_IN } from "../../agents/agent.ts";
import { rolePrompt } from "./prompts.ts";
import type { Role } from "./role.ts";
import { DOCUMENT_TOOLS, NO_MORE_TOOLS } from "./tool-names.ts";

export const projectManager: Role = {
  name: "project-manager",
  title: "Project manager",
  purpose: "Breaks a system design into tasks: one a file, each after those that it needs.",
  capabilities: [{ id: "project-schedule", description: "Writes project schedules from system designs." }],
  tools: DOCUMENT_TOOLS,
  moreTools: NO_MORE_TOOLS,
  checks: [],
  canDelegateTo: [],
  limits: {},
  watches: ["system_design", "ui_design?"],
  produces: ["task"],
  source: BUILT_IN,
  system: rolePrompt("project manager", [
    "The task list holds every file of the system design's file list, and each component file of the UI design, each after the files that it needs.",
    "The logic analysis says for each file of the list what it holds, by the names of the design, and which other files it uses (“imports …”).",
    "What several files must agree on (formats, configuration, names) is said once in the shared knowledge.",
  ]),
};
