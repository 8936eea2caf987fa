/** The commands about MetaGPT, for the one table of commands. */
import { type Command, json } from "./command.ts";

export const METAGPT_COMMANDS = {
  "metagpt read": {
    summary: "Read the documents of a MetaGPT project",
    positionals: [{ name: "DIR" }],
    flags: [
      {
        ...json,
        summary: "Print one JSON object: project, and documents with path, kind, dialect, content, problems.",
      },
    ],
    details:
      "Both dialects are read: classic JSON documents, and the Markdown that MGX writes. A broken document is listed with what is wrong with it. Nothing is changed, and nothing that stands in a document is run.",
  },
  "metagpt write": {
    summary: "Write a plan, or another project's documents, as a MetaGPT project",
    positionals: [{ name: "DIR" }],
    flags: [
      { name: "plan", type: "string", value: "FILE", summary: "A plan, YAML or JSON; - reads it from standard input." },
      { name: "run", type: "string", value: "RUN", summary: "The plan of this run (default: latest)." },
      { name: "to", type: "string", value: "OTHER", summary: "Write DIR's documents to OTHER instead, byte for byte." },
      json,
    ],
    details:
      "DIR must not be there yet, or be empty: what exists is never written over. What was written is checked against MetaGPT's own rules: every source file has its design and its task.",
  },
} as const satisfies Record<string, Command>;
