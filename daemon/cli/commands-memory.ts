/** Commands about what Nexus remembers of a folder; a part of commands.ts. */
import { type Command, type Flag, json, repo } from "./command.ts";

const cite: Flag = {
  name: "cite",
  type: "string",
  value: "PATH[:LINE[-LINE]]",
  summary: "Code that shows it; the fact is flagged when that changes. May be repeated.",
  repeated: true,
};
const fact = { name: "FACT" };
const factKind: Flag = {
  name: "kind",
  type: "string",
  value: "KIND",
  summary: "fact, decision, convention, dead_end or preference.",
  choices: ["fact", "decision", "convention", "dead_end", "preference"],
};

export const MEMORY_COMMANDS = {
  "memory status": {
    summary: "Tell what is known of a folder, what was skipped and why",
    positionals: [],
    flags: [repo, json],
  },
  "memory list": {
    summary: "List what is remembered: facts, decisions, conventions, dead ends, preferences",
    positionals: [],
    flags: [
      repo,
      { ...factKind, summary: "Only this kind: fact, decision, convention, dead_end or preference." },
      {
        name: "status",
        type: "string",
        value: "STATUS",
        summary: "Only those that are proposed, active, flagged or retired (default: all but retired).",
        choices: ["proposed", "active", "flagged", "retired"],
      },
      { name: "text", type: "string", value: "TEXT", summary: "Only those whose text holds this." },
      { name: "limit", type: "string", value: "N", summary: "How many (default 50, at most 100)." },
      json,
    ],
  },
  "memory add": {
    summary: "Remember something",
    positionals: [{ name: "TEXT", rest: true }],
    flags: [
      repo,
      factKind,
      cite,
      { name: "user", type: "boolean", summary: "It holds for you in every folder, not for this one only." },
      json,
    ],
  },
  "memory edit": {
    summary: "Say it in other words",
    positionals: [fact, { name: "TEXT", optional: true, rest: true }],
    flags: [repo, factKind, cite, json],
    details: "What is not given stays as it is; --cite replaces all citations.",
  },
  "memory confirm": {
    summary: "Say that a proposed or flagged fact holds",
    positionals: [fact],
    flags: [repo, json],
  },
  "memory forget": {
    summary: "Forget a fact",
    positionals: [fact],
    flags: [repo, { name: "purge", type: "boolean", summary: "Remove it for good, its earlier versions too." }, json],
  },
  "memory export": {
    summary: "Print all that is remembered",
    positionals: [],
    flags: [
      repo,
      {
        name: "format",
        type: "string",
        value: "FORMAT",
        summary: "jsonl, which import reads (default), or markdown.",
        choices: ["jsonl", "markdown"],
      },
    ],
  },
  "memory import": {
    summary: "Read facts from JSON Lines; they wait for your confirmation",
    positionals: [{ name: "FILE" }],
    flags: [repo, json],
    details: "FILE is one that `nexus memory export` wrote; - reads standard input.",
  },
  "memory learn": {
    summary: "Adapt search to this repository's own words, if that measures better",
    positionals: [],
    flags: [repo, json],
  },
  "memory embed": {
    summary: "Build vectors for search, or tell what they would cost",
    positionals: [{ name: "ACTION" }],
    flags: [
      repo,
      {
        name: "provider",
        type: "string",
        value: "P",
        summary: "table (built in), openai, openai-compatible, ollama or local.",
        choices: ["table", "openai", "openai-compatible", "ollama", "local"],
      },
      { name: "model", type: "string", value: "NAME", summary: "The embedding model." },
      { name: "base-url", type: "string", value: "URL", summary: "Its address, for openai-compatible and ollama." },
      {
        name: "store",
        type: "string",
        value: "STORE",
        summary: "usearch (in process), chroma or faiss.",
        choices: ["usearch", "chroma", "faiss"],
      },
      { name: "budget", type: "string", value: "USD", summary: "Pause before it would cost more." },
      json,
    ],
    details: "ACTION is status, estimate, start, pause, resume or cancel. It goes on in the background.",
  },
  "memory drop": {
    summary: "Remove a folder's index; what you had remembered stays",
    positionals: [],
    flags: [repo, json],
  },
} as const satisfies Record<string, Command>;
