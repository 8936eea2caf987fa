/** The commands about tools and MCP servers: a part of the table in commands.ts. */
const repo = {
  name: "repo",
  type: "string",
  value: "DIR",
  summary: "The folder to work on (default: this one).",
} as const;
const json = { name: "json", type: "boolean", summary: "Print JSON instead of text." } as const;

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
} as const;
