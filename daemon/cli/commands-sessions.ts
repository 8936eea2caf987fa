/** The commands about sessions, for the one table of commands. */
import { type Command, json } from "./command.ts";

export const SESSION_COMMANDS = {
  "sessions list": {
    summary: "List sessions of all clients, the one that was used last first",
    positionals: [],
    flags: [
      json,
      { name: "repo", type: "string", value: "DIR", summary: "Only sessions of this folder." },
      { name: "limit", type: "string", value: "N", summary: "How many (default 20, at most 100)." },
    ],
    details: "`nexus run --session ID` goes on in one; `nexus runs list` shows the runs.",
  },
  "sessions delete": {
    summary: "Take a session out of the lists of all clients; its runs stay",
    positionals: [{ name: "SESSION" }],
    flags: [json],
  },
} as const satisfies Record<string, Command>;
