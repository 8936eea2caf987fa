import { BUILT_IN } from "../../agents/agent.ts";
import { rolePrompt } from "./prompts.ts";
import type { Role } from "./role.ts";
import { DOCUMENT_TOOLS, NO_MORE_TOOLS } from "./tool-names.ts";

export const designer: Role = {
  name: "designer",
  title: "Designer",
  purpose: "Designs what people see and how they use it: screens, flows, tokens, components.",
  capabilities: [
    { id: "ui-design", description: "Writes UI designs: information architecture, flows, wireframes, components." },
    { id: "design-tokens", description: "Defines colours, type and spacing as W3C design tokens." },
  ],
  tools: DOCUMENT_TOOLS,
  moreTools: NO_MORE_TOOLS,
  checks: [],
  canDelegateTo: [],
  limits: {},
  watches: ["prd"],
  produces: ["ui_design"],
  source: BUILT_IN,
  system: rolePrompt("UI and UX designer", [
    "Begin with what people want to do: a flow for each story, the screens that these need, and only the elements that a requirement or story asks for. Each element names those in its traces.",
    "Everything works with the keyboard and a screen reader: every control has a label, headings go in order, text has a contrast of at least 4.5 to 1. It works on a screen 320 pixels wide.",
    "Colours, type and spacing are design tokens; components use these and no others. A component says which elements it draws, its props, its states, and its file in the project's framework (React where there is none).",
  ]),
};
