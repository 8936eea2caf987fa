/** Agent cards as A2A 1.0 has them (https://a2a-protocol.org), with what Nexus measures as an extension. */
import * as z from "zod/mini";
import { request } from "./message.ts";

/** Names the extension below; docs/a2a.md describes it. */
export const AGENT_FIGURES_URI = "urn:nexus:a2a:agent-figures:1";

export const AgentFigures = z.object({
  /** Of the tasks that this agent ended in this workspace, or in all where none is named. */
  finished: z.int(),
  /** How many of them were done, 0 to 1; null: none ended yet. */
  quality: z.nullable(z.number()),
  /** Mean of one task, in USD and minutes; null: not known. */
  meanUsd: z.nullable(z.number()),
  meanMinutes: z.nullable(z.number()),
  /** Tasks that it works on right now. */
  working: z.int(),
});
/** What was measured of an agent. */
export type AgentFigures = z.infer<typeof AgentFigures>;

export const AgentSkill = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  examples: z.optional(z.array(z.string())),
  inputModes: z.optional(z.array(z.string())),
  outputModes: z.optional(z.array(z.string())),
});

export const AgentExtension = z.object({
  uri: z.string(),
  description: z.string(),
  required: z.boolean(),
  params: z.optional(z.record(z.string(), z.unknown())),
});

const bearer = z.object({
  httpAuthSecurityScheme: z.object({ scheme: z.string(), description: z.optional(z.string()) }),
});

export const AgentCard = z.object({
  name: z.string(),
  description: z.string(),
  /** Empty for an agent that can be asked from within Nexus only. */
  supportedInterfaces: z.array(z.object({ url: z.string(), protocolBinding: z.string(), protocolVersion: z.string() })),
  provider: z.optional(z.object({ organization: z.string(), url: z.string() })),
  version: z.string(),
  documentationUrl: z.optional(z.string()),
  capabilities: z.object({
    streaming: z.boolean(),
    pushNotifications: z.boolean(),
    extendedAgentCard: z.boolean(),
    extensions: z.array(AgentExtension),
  }),
  securitySchemes: z.record(z.string(), bearer),
  securityRequirements: z.array(z.object({ schemes: z.record(z.string(), z.object({ list: z.array(z.string()) })) })),
  defaultInputModes: z.array(z.string()),
  defaultOutputModes: z.array(z.string()),
  skills: z.array(AgentSkill),
});
export type AgentCard = z.infer<typeof AgentCard>;

export const AgentInfo = z.object({
  name: z.string(),
  title: z.string(),
  purpose: z.string(),
  source: z.enum(["built-in", "user", "workspace"]),
  /** Its file; null for a built-in one. */
  path: z.nullable(z.string()),
  capabilities: z.array(z.object({ id: z.string(), description: z.string() })),
  /** What it may be offered; the policy may still take some away. */
  tools: z.array(z.string()),
  /** Checks that its finished work must pass. */
  checks: z.array(z.string()),
  canDelegateTo: z.array(z.string()),
  readOnly: z.boolean(),
  /** Globs of the only files that it may write; null: any. */
  writes: z.nullable(z.array(z.string())),
  model: z.nullable(z.string()),
  figures: AgentFigures,
});
export type AgentInfo = z.infer<typeof AgentInfo>;

const workspace = z.string().check(z.minLength(1), z.maxLength(4096));

export const agentList = request(
  "agent/list",
  "Every agent for work in a folder, with what it can do and how its tasks ended; files of agents that are broken too.",
  z.object({ workspace }),
  z.object({
    /** False: agents of the folder itself are not among them. */
    trusted: z.boolean(),
    agents: z.array(AgentInfo),
    /** `line` from 1. */
    problems: z.array(z.object({ path: z.string(), line: z.int(), message: z.string() })),
  }),
);

export const agentCard = request(
  "agent/card",
  "The A2A card of one agent.",
  z.object({ workspace, name: z.string().check(z.minLength(1), z.maxLength(60)) }),
  z.object({ card: AgentCard }),
);
