/** The commands that stop or hold a run or one task of it, for the one table of commands. */
import { type Command, type Flag, json } from "./command.ts";

export const TASK: Flag = {
  name: "task",
  type: "string",
  value: "ID",
  summary: "Only this task, as `nexus runs show` names it.",
};
const run = { name: "RUN" };

export const TASK_COMMANDS = {
  "runs cancel": { summary: "Cancel a run, or one task of it", positionals: [run], flags: [TASK, json] },
  "runs pause": {
    summary: "Hold one task of a run before its next step",
    positionals: [run],
    flags: [TASK, json],
    details: "`nexus runs resume RUN --task ID` lets it go on. Other tasks go on meanwhile.",
  },
} as const satisfies Record<string, Command>;
