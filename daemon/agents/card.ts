/** Agent cards: what an agent tells of itself, in the shape of A2A 1.0. */
import { AGENT_FIGURES_URI, type AgentCard, type AgentFigures } from "../../protocol/index.ts";
import type { Agent } from "./agent.ts";

export interface CardPlace {
  /** Of Nexus. */
  readonly version: string;
  /** Where it can be asked; left out: from within Nexus only. */
  readonly url?: string;
}

const TEXT = ["text/plain", "text/markdown"];
const BEARER = "bearer";

/** One agent's card; its capabilities are its skills. */
export function cardOf(agent: Agent, figures: AgentFigures, place: CardPlace): AgentCard {
  const params = { agent: agent.name, ...figures, checks: [...agent.checks], readOnly: agent.readOnly === true };
  return { ...frame(place, params), name: agent.name, description: agent.purpose, skills: skillsOf(agent) };
}

/** The card of Nexus as a whole, with the skills of all its agents. */
export function cardOfAll(
  agents: readonly { readonly agent: Agent; readonly figures: AgentFigures }[],
  place: CardPlace,
): AgentCard {
  const params = { agents: agents.map(({ agent: { name }, figures }) => ({ agent: name, ...figures })) };
  return {
    ...frame(place, params),
    name: "Nexus",
    description: "Carries a software goal to a tested change in a copy of a repository, with agents of many fields.",
    skills: agents.flatMap(({ agent }) => skillsOf(agent)),
  };
}

function skillsOf({ name, title, purpose, capabilities }: Agent): AgentCard["skills"] {
  const own = capabilities.length === 0 ? [{ id: "work", description: purpose }] : capabilities;
  return own.map(({ id, description }) => ({
    id: `${name}/${id}`,
    name: `${title}: ${id.replaceAll("-", " ")}`,
    description,
    tags: [name, ...id.split("-")],
  }));
}

function frame(
  { version, url }: CardPlace,
  params: Record<string, unknown>,
): Omit<AgentCard, "name" | "description" | "skills"> {
  const isOpen = url !== undefined;
  return {
    supportedInterfaces: isOpen ? [{ url, protocolBinding: "JSONRPC", protocolVersion: "1.0" }] : [],
    version,
    capabilities: {
      streaming: isOpen,
      pushNotifications: false,
      extendedAgentCard: false,
      extensions: [
        {
          uri: AGENT_FIGURES_URI,
          description: "How earlier tasks ended, and what works now.",
          required: false,
          params,
        },
      ],
    },
    securitySchemes: isOpen ? { [BEARER]: { httpAuthSecurityScheme: { scheme: "bearer" } } } : {},
    securityRequirements: isOpen ? [{ schemes: { [BEARER]: { list: [] } } }] : [],
    defaultInputModes: ["text/plain"],
    defaultOutputModes: TEXT,
  };
}
