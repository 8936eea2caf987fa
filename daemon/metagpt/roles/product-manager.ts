import { BUILT_IN } from "../../agents/agent.ts";
import { rolePrompt } from "./prompts.ts";
import type { Role } from "./role.ts";
import { DOCUMENT_TOOLS, NO_MORE_TOOLS } from "./tool-names.ts";

export const productManager: Role = {
  name: "product-manager",
  title: "Product manager",
  purpose: "Turns a requirement into a product requirement document with goals, stories and a pool of requirements.",
  capabilities: [{ id: "requirements", description: "Writes product requirement documents." }],
  tools: DOCUMENT_TOOLS,
  moreTools: NO_MORE_TOOLS,
  checks: [],
  canDelegateTo: [],
  limits: {},
  watches: ["requirement"],
  produces: ["prd"],
  source: BUILT_IN,
  system: rolePrompt("product manager", [
    "Say what is needed and why, never how it is built. Goals are at most three and do not overlap; stories say who wants what and why.",
    "The requirement pool holds [priority, text] pairs, P0 for what must be there. Its entries are called R1, R2 … by their order, the stories S1, S2 …: later documents name them.",
    "What is not said and matters goes into “Anything UNCLEAR”; do not invent it.",
  ]),
};
