/** The command that serves assistants, for the one table of commands. */
import type { Command } from "./command.ts";

export const MCP_COMMANDS = {
  mcp: {
    summary: "Serve an assistant over MCP: code memory, runs, plans and documents as tools",
    positionals: [],
    flags: [
      {
        name: "repo",
        type: "string",
        value: "DIR",
        summary: "A folder that the assistant may ask about (default: this one). May be repeated.",
        repeated: true,
      },
      {
        name: "allow",
        type: "string",
        value: "RIGHT",
        summary: "What it may do beside looking (see below). May be repeated.",
        choices: ["runs", "facts", "approvals", "changes"],
        repeated: true,
      },
      { name: "stdio", type: "boolean", summary: "Over standard input and output; this is the default." },
      { name: "http", type: "boolean", summary: "Over HTTP on this machine's loopback address, with a token." },
      { name: "port", type: "string", value: "N", summary: "Of --http: the port (default: any free one)." },
    ],
    details:
      "Without --allow it can only look, and only into the folders named. --allow runs: start, steer, cancel and resume runs; facts: propose notes, which wait for you; approvals, changes: ask you, and pass your answer on. Nothing that an assistant says answers an approval: you are asked in its program, or nobody is. With --http the address is printed; the token is in mcp.token in the data folder.",
  },
} as const satisfies Record<string, Command>;
