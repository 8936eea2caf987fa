/** The commands about trust and the audit log: a part of the table in commands.ts. */
import { json } from "./command.ts";

export const GUARD_COMMANDS = {
  trust: {
    summary: "Trust a folder: its tests and commands may run, its rules are obeyed",
    positionals: [{ name: "DIR", optional: true }],
    flags: [
      { name: "revoke", type: "boolean", summary: "Take it back: nothing of the folder is run or obeyed." },
      { name: "show", type: "boolean", summary: "Only tell how it stands." },
      json,
    ],
    details:
      "Trust is bound to what the folder would configure or have run (docs/trust.md); when that changes, it is asked again. In a terminal you are shown it and asked.",
  },
  "audit tail": {
    summary: "Show the newest decisions: who did what, and which rule allowed it",
    positionals: [],
    flags: [
      { name: "lines", type: "string", value: "N", summary: "How many (default 20)." },
      { name: "follow", type: "boolean", summary: "Go on printing what comes." },
      { name: "json", type: "boolean", summary: "Print the records as JSON Lines." },
    ],
  },
  "audit verify": {
    summary: "Check that no record of the audit log was altered, removed or put in",
    positionals: [],
    flags: [json],
    details: "Names the first bad record and ends with 1. Needs no daemon.",
  },
  "audit export": {
    summary: "Write the audit log into a file",
    positionals: [{ name: "FILE" }],
    flags: [
      { name: "since", type: "string", value: "TIME", summary: "Only records from then on, such as 2026-11-01." },
      {
        name: "format",
        type: "string",
        value: "FORMAT",
        summary: "jsonl, the records as they are (default), or csv.",
        choices: ["jsonl", "csv"],
      },
    ],
    details: "FILE must not exist yet; - is standard output.",
  },
} as const;
