/** The commands about agents: a part of the table in commands.ts. */
const repo = {
  name: "repo",
  type: "string",
  value: "DIR",
  summary: "The folder to work on (default: this one).",
} as const;
const json = { name: "json", type: "boolean", summary: "Print JSON instead of text." } as const;

export const AGENTS_COMMANDS = {
  "agents list": {
    summary: "List the agents for work in a folder, and files of agents that are broken",
    positionals: [],
    flags: [repo, json],
    details: "Agents of a folder (.nexus/agents/*.md) count once it is trusted (docs/agents.md).",
  },
  "agents show": {
    summary: "Show what one agent can do, or with --json its A2A card",
    positionals: [{ name: "NAME" }],
    flags: [repo, json],
  },
} as const;
