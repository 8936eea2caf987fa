/** The commands that are about clients of the daemon, for the one table of commands. */
import { type Command, json } from "./command.ts";

export const WIRE_COMMANDS = {
  rpc: {
    summary: "Speak the Nexus protocol over standard input and output",
    positionals: [],
    flags: [
      { name: "stdio", type: "boolean", summary: "One JSON-RPC message a line, both ways; needed." },
      {
        name: "as",
        type: "string",
        value: "ROLE",
        summary: "For whom the client speaks: human, who may answer approvals, or automation (default).",
        choices: ["human", "automation"],
      },
    ],
    details:
      "For clients in any language: it finds or starts the daemon and shakes hands, so a client needs neither the socket nor the token. See docs/clients.md.",
  },
  clients: {
    summary: "List who is connected to the daemon",
    positionals: [],
    flags: [{ name: "ping", type: "boolean", summary: "Ask each of them whether it is alive." }, json],
  },
} as const satisfies Record<string, Command>;
