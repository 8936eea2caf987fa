/** The commands about agents, tools and MCP servers: a part of the table in commands.ts. */
import { json, repo } from "./command.ts";

export const TOOLS_COMMANDS = {
  "tools list": {
    summary: "List the tools that agents have in a folder, and which the policy hides",
    positionals: [],
    flags: [repo, json],
    details: "Plug-ins and servers of a folder count once it is trusted (docs/tool-plugins.md).",
  },
  "mcp-servers list": {
    summary: "List MCP servers, whether they run, and why not",
    positionals: [],
    flags: [repo, json],
    details: "The settings' mcpServers, and .mcp.json of a folder that is trusted (docs/mcp-servers.md).",
  },
  "mcp-servers test": {
    summary: "Start an MCP server and show its tools",
    positionals: [{ name: "NAME" }],
    flags: [repo, json],
  },
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
