/** The commands about checkpoints, for the one table of commands. */
import { type Command, type Flag, json, jsonLines } from "./command.ts";

const detach: Flag = { name: "detach", type: "boolean", summary: "Do not wait for the end; print the run's id." };
const run = { name: "RUN" };

export const REWIND_COMMANDS = {
  "runs checkpoints": { summary: "List the points that a run can go back to", positionals: [run], flags: [json] },
  "runs rewind": {
    summary: "Put files, the conversation or both back to a checkpoint",
    positionals: [run],
    flags: [
      { name: "to", type: "string", value: "N", summary: "The checkpoint, as `nexus runs checkpoints` numbers it." },
      { name: "files", type: "boolean", summary: "Files only (default)." },
      { name: "conversation", type: "boolean", summary: "The conversation only: a new run goes on from there." },
      { name: "both", type: "boolean", summary: "Files and conversation: a new run goes on from there." },
      { name: "before-accept", type: "boolean", summary: "Take back what an accept wrote into your folder." },
      { name: "undo", type: "boolean", summary: "Take the last rewind back." },
      {
        name: "overwrite",
        type: "string",
        value: "PATH",
        summary: "Also a file that you changed since; its present content is kept. May be repeated.",
        repeated: true,
      },
      { name: "dry-run", type: "boolean", summary: "Only print what would change." },
      json,
    ],
    details:
      "The run must have ended. All files or none; what was there before is kept, so that --undo brings it back. A file that you changed meanwhile is never overwritten unasked.",
  },
  "runs fork": {
    summary: "Start a new run from a checkpoint of another, which stays as it is",
    positionals: [run, { name: "GOAL", optional: true, rest: true }],
    flags: [{ name: "at", type: "string", value: "N", summary: "The checkpoint." }, jsonLines, detach],
    details: "GOAL is told to the agent before its next step.",
  },
  "runs replay": {
    summary: "Carry an ended run out anew from its log, or from a checkpoint with something else",
    positionals: [run],
    flags: [
      { name: "from", type: "string", value: "N", summary: "Go on from this checkpoint for real, as a fork." },
      {
        name: "with",
        type: "string",
        value: "WHAT",
        summary: "With --from: model=NAME, prompt=TEXT or agent=NAME. May be repeated.",
        repeated: true,
      },
      json,
    ],
    details:
      "Without --from nothing is executed, sent or written: the engine gets the recorded answers and must make the same events, apart from times. Exit code 1 when it does not, with the first event that differs. With --from both runs are put side by side at the end.",
  },
  "runs prune": {
    summary: "Forget the checkpoints of old runs",
    positionals: [],
    flags: [
      { name: "older-than", type: "string", value: "DAYS", summary: "Such as 30d (default: the setting)." },
      { name: "dry-run", type: "boolean", summary: "Only print what would go." },
      json,
    ],
    details:
      "What waits to be accepted, runs at work, and the logs of all runs stay. The daemon does this by itself once a day.",
  },
} as const satisfies Record<string, Command>;
