/** The one table of commands and flags: parser, help, completion and docs/cli.md are made from it. */

export interface Flag {
  readonly name: string;
  readonly type: "boolean" | "string";
  /** What the value is, in capitals, for help. */
  readonly value?: string;
  readonly summary: string;
  /** The only values that are accepted. */
  readonly choices?: readonly string[];
}

export interface Command {
  readonly summary: string;
  /** Words after the name. `rest`: all that follow, as one text or as a list. */
  readonly positionals: readonly { readonly name: string; readonly optional?: boolean; readonly rest?: boolean }[];
  readonly flags: readonly Flag[];
  /** More for help and docs: what a person should know before using it. */
  readonly details?: string;
}

const json: Flag = { name: "json", type: "boolean", summary: "Print JSON instead of text." };
const jsonLines: Flag = {
  name: "json",
  type: "boolean",
  summary: "Print events as JSON Lines, at the end a result object.",
};
const repo: Flag = {
  name: "repo",
  type: "string",
  value: "DIR",
  summary: "The folder to work on (default: this one).",
};
const budget: Flag = { name: "budget", type: "string", value: "USD", summary: "The most that the run may cost." };
const detach: Flag = { name: "detach", type: "boolean", summary: "Do not wait for the end; print the run's id." };
const run = { name: "RUN" };
const goal = { name: "GOAL", rest: true };
const paths = { name: "PATH", optional: true, rest: true };

export const COMMANDS = {
  run: {
    summary: "Carry out a goal, or answer a question",
    positionals: [goal],
    flags: [
      repo,
      jsonLines,
      { name: "apply", type: "boolean", summary: "Write the change into the folder when the run is done." },
      { name: "policy", type: "string", value: "FILE", summary: "JSON file of rules that tighten or allow." },
      budget,
      {
        name: "mode",
        type: "string",
        value: "MODE",
        summary: "ask: only read; plan: only plan; act.",
        choices: ["ask", "plan", "act"],
      },
      { name: "session", type: "string", value: "ID", summary: "Go on in this session (see `nexus runs show`)." },
      detach,
    ],
    details:
      "Without a terminal nobody can be asked: what the policy would ask about is denied. Ctrl-C cancels the run; pressed again it leaves at once. The run goes on when the terminal is closed: `nexus runs watch latest` comes back to it.",
  },
  plan: { summary: "Make a plan for a goal and change nothing", positionals: [goal], flags: [repo, json, budget] },
  "runs list": {
    summary: "List runs, newest first",
    positionals: [],
    flags: [
      json,
      { name: "repo", type: "string", value: "DIR", summary: "Only runs of this folder." },
      { name: "limit", type: "string", value: "N", summary: "How many (default 20, at most 500)." },
    ],
  },
  "runs show": { summary: "Show a run's plan, result and figures", positionals: [run], flags: [json] },
  "runs watch": { summary: "Follow a run from its beginning to its end", positionals: [run], flags: [jsonLines] },
  "runs diff": { summary: "Print a run's change as a unified diff", positionals: [run, paths], flags: [json] },
  "runs accept": {
    summary: "Write a run's change into your folder",
    positionals: [run, paths],
    flags: [json],
    details: "All files or none; a file that you changed meanwhile is never overwritten.",
  },
  "runs discard": { summary: "Give up a run's change", positionals: [run, paths], flags: [json] },
  "runs resume": {
    summary: "Go on with a run that failed, was cancelled or ran out of budget",
    positionals: [run],
    flags: [jsonLines, budget, detach],
  },
  "runs cancel": { summary: "Cancel a run", positionals: [run], flags: [json] },
  "daemon start": {
    summary: "Start the daemon unless it runs",
    positionals: [],
    flags: [{ name: "foreground", type: "boolean", summary: "Be the daemon, instead of starting one." }, json],
    details: "Other commands start it by themselves.",
  },
  "daemon stop": {
    summary: "Stop the daemon; its runs go on when it is started again",
    positionals: [],
    flags: [json],
  },
  "daemon status": { summary: "Tell how the daemon is", positionals: [], flags: [json] },
  "daemon logs": {
    summary: "Print the daemon's log",
    positionals: [],
    flags: [
      { name: "follow", type: "boolean", summary: "Go on printing what comes." },
      { name: "lines", type: "string", value: "N", summary: "How many lines of the past (default 50)." },
      json,
    ],
  },
  doctor: {
    summary: "Check everything that Nexus needs",
    positionals: [],
    flags: [
      { name: "repair", type: "boolean", summary: "Set a damaged database aside and rebuild what can be rebuilt." },
      { name: "yes", type: "boolean", summary: "Do not ask before repairing." },
      json,
    ],
  },
  completion: {
    summary: "Print a completion script for a shell",
    positionals: [{ name: "SHELL" }],
    flags: [],
    details: "SHELL is bash, zsh or fish. For bash: `source <(nexus completion bash)`.",
  },
} as const satisfies Record<string, Command>;

/** The flags that every command has. */
export const COMMON_FLAGS: readonly Flag[] = [{ name: "help", type: "boolean", summary: "Explain the command." }];

export const GLOBAL_FLAGS: readonly Flag[] = [
  ...COMMON_FLAGS,
  { name: "version", type: "boolean", summary: "Print the version." },
];

/** "run", "runs show" … */
export type CommandName = keyof typeof COMMANDS;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

export const COMMAND_NAMES: readonly CommandName[] = Object.keys(COMMANDS).filter(isCommandName);

export const RUN_HELP =
  "RUN is a run's id, the beginning of one that fits no other, or `latest`. Exit codes: 0 done, 1 failed, 2 usage, 3 denied or needs approval, 4 budget spent, 130 cancelled.";
