/** The commands about MetaGPT, for the one table of commands. */
import { type Command, type Flag, json, jsonLines, repo } from "./command.ts";

const idea = { name: "IDEA" };
const incremental: Flag = {
  name: "incremental",
  type: "boolean",
  summary: "Refine the project that is there (default: where it has design documents).",
};
const roles: Flag = {
  name: "roles",
  type: "string",
  value: "ROLES",
  summary: "Only these roles, by name with commas between them, such as product-manager,architect.",
};

export const METAGPT_COMMANDS = {
  "metagpt run": {
    summary: "Let the roles carry an idea from requirements to tested code, document by document",
    positionals: [idea],
    flags: [
      repo,
      incremental,
      roles,
      { name: "installed", type: "boolean", summary: "Run the MetaGPT that is installed here, not Nexus' own roles." },
      { name: "project", type: "string", value: "NAME", summary: "With --installed: the new project's folder." },
      { name: "folder", type: "string", value: "DIR", summary: "With --installed: a project that is to be changed." },
      jsonLines,
      { name: "apply", type: "boolean", summary: "Write the change into the folder when the run is done." },
      { name: "policy", type: "string", value: "FILE", summary: "JSON file of rules that tighten or allow." },
      { name: "budget", type: "string", value: "USD", summary: "The most that the run may cost." },
      { name: "detach", type: "boolean", summary: "Do not wait for the end; print the run's id." },
      { name: "trust", type: "boolean", summary: "Trust the folder as it is (see `nexus trust`)." },
    ],
    details:
      "Each document is shown to you: approve it, change it, or send it back with remarks. Without a terminal nobody is asked, and each is approved as it is. The run is an ordinary one: `nexus runs` shows, stops and resumes it.",
  },
  "metagpt sop": {
    summary: "Print the workflow that the roles would follow for an idea",
    positionals: [{ ...idea, optional: true }],
    flags: [repo, incremental, roles, { ...json, summary: "Print one JSON object: workflow, stem, roles." }],
  },
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
