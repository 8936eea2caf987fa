/** The commands about workflows, for the one table of commands. */
import { type Command, type Flag, json, repo } from "./command.ts";

const jsonLines: Flag = { ...json, summary: "Print events as JSON Lines, at the end a result object." };
const detach: Flag = { name: "detach", type: "boolean", summary: "Do not wait for the end; print the run's id." };
const budget: Flag = { name: "budget", type: "string", value: "USD", summary: "The most that the run may cost." };
const run = { name: "RUN" };
const file = { name: "FILE" };
const input: Flag = {
  name: "input",
  type: "string",
  value: "NAME=VALUE",
  summary: "An input; text as it stands, all else as JSON. May be repeated.",
  repeated: true,
};

/** Of `nexus run`. */
export const RUN_WORKFLOW_FLAGS: readonly Flag[] = [
  { name: "workflow", type: "string", value: "FILE", summary: "Follow this workflow (see `nexus workflow run`)." },
  input,
];

export const WORKFLOW_COMMANDS = {
  "workflow run": {
    summary: "Run a workflow",
    positionals: [file],
    flags: [
      repo,
      input,
      jsonLines,
      { name: "apply", type: "boolean", summary: "Write the change into the folder when the run is done." },
      { name: "policy", type: "string", value: "FILE", summary: "JSON file of rules that tighten or allow." },
      budget,
      detach,
      { name: "trust", type: "boolean", summary: "Trust the folder as it is (see `nexus trust`)." },
    ],
    details:
      "FILE is a file, or the name of a workflow in `.nexus/workflows/`. The run keeps the definition as it is now, with the workflows that it calls.",
  },
  "workflow validate": {
    summary: "Check a workflow file; say what is wrong with line and column",
    positionals: [file],
    flags: [repo, json],
  },
  "workflow graph": { summary: "Print a workflow as a Mermaid diagram", positionals: [file], flags: [repo] },
  "workflow list": {
    summary: "List the folder's workflows with what they want to be told",
    positionals: [],
    flags: [repo, json],
  },
  "workflow states": {
    summary: "List the states of a workflow's run that can be gone on from",
    positionals: [run],
    flags: [json],
  },
  "workflow fork": {
    summary: "Start a new run from a state of another, which stays as it is",
    positionals: [run],
    flags: [
      { name: "at", type: "string", value: "N", summary: "The state, as `nexus workflow states` numbers it." },
      jsonLines,
      detach,
    ],
  },
  "workflow compare": {
    summary: "Compare two runs step by step: outcome, output, cost",
    positionals: [{ name: "RUN" }, { name: "OTHER" }],
    flags: [json],
  },
  "workflow migrate": {
    summary: "Let a run that has not ended go on with the changed file",
    positionals: [run, file],
    flags: [{ name: "dry-run", type: "boolean", summary: "Only print what would become of each step." }, json],
    details: "Refused when a step that is done is another one in the changed file, or needs one that was not done.",
  },
  "workflow schedule": {
    summary: "Run workflows at given times, with nobody to ask",
    positionals: [{ name: "ACTION" }, { name: "WHAT", optional: true }],
    flags: [
      repo,
      input,
      {
        name: "cron",
        type: "string",
        value: "CRON",
        summary: "Minute, hour, day, month, weekday, such as '0 7 * * 1-5'; this machine's time.",
      },
      {
        name: "missed",
        type: "string",
        value: "WHAT",
        summary: "run (default): what was missed runs once; skip: it does not.",
        choices: ["run", "skip"],
      },
      budget,
      json,
    ],
    details:
      "ACTION is add, with the workflow's file as WHAT; list; or remove, with the schedule's id as WHAT. The folder must be trusted, when it is added and each time. What a policy would ask about is denied.",
  },
} as const satisfies Record<string, Command>;
