/** The commands about plans, for the one table of commands. */
import { type Command, json, repo } from "./command.ts";

const run = { name: "RUN" };

export const PLAN_COMMANDS = {
  "plan show": {
    summary: "Show a run's plan: milestones, tasks, and what they were thought to take and took",
    positionals: [run],
    flags: [json],
  },
  "plan edit": {
    summary: "Change the plan of a run that waits or works",
    positionals: [run],
    flags: [
      {
        name: "file",
        type: "string",
        value: "FILE",
        summary: "The plan as it shall be, YAML or JSON; - reads it from standard input.",
      },
      { name: "reason", type: "string", value: "TEXT", summary: "Why, for the record." },
      json,
    ],
    details:
      "Without --file the plan opens in $VISUAL or $EDITOR. Tasks that are done or at work must stay as they are; a failed one may be taken out, and what takes its place gets an id of its own. What cannot be carried out is refused with the reasons, and nothing changes.",
  },
  "plan history": {
    summary: "Compare what tasks in a folder were thought to take with what they took, by agent",
    positionals: [],
    flags: [
      repo,
      { name: "limit", type: "string", value: "N", summary: "How many of the latest tasks to look at (default 200)." },
      json,
    ],
  },
} as const satisfies Record<string, Command>;
