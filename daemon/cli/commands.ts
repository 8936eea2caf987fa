/** The one table of commands and flags: parser, help, completion and docs/cli.md are made from it. */

import { type Command, type Flag, json, jsonLines, repo } from "./command.ts";
import { ACP_COMMANDS } from "./commands-acp.ts";
import { LSP_COMMANDS } from "./commands-lsp.ts";
import { MCP_COMMANDS } from "./commands-mcp.ts";
import { MEMORY_COMMANDS } from "./commands-memory.ts";
import { METAGPT_COMMANDS } from "./commands-metagpt.ts";
import { METAGPT_ADAPTER_COMMANDS } from "./commands-metagpt-adapter.ts";
import { PLAN_COMMANDS } from "./commands-plan.ts";
import { POLICY_COMMANDS } from "./commands-policy.ts";
import { REWIND_COMMANDS } from "./commands-rewind.ts";
import { SESSION_COMMANDS } from "./commands-sessions.ts";
import { SETUP_COMMANDS } from "./commands-setup.ts";
import { TASK, TASK_COMMANDS } from "./commands-tasks.ts";
import { WIRE_COMMANDS } from "./commands-wire.ts";
import { RUN_WORKFLOW_FLAGS, WORKFLOW_COMMANDS } from "./commands-workflow.ts";
import { GUARD_COMMANDS } from "./guard-commands.ts";
import { TOOLS_COMMANDS } from "./tools-commands.ts";

export type { Command, Flag } from "./command.ts";

const budget: Flag = { name: "budget", type: "string", value: "USD", summary: "The most that the run may cost." };
const detach: Flag = { name: "detach", type: "boolean", summary: "Do not wait for the end; print the run's id." };
const run = { name: "RUN" };
const goal = { name: "GOAL", rest: true };
const paths = { name: "PATH", optional: true, rest: true };
const symbol = { name: "SYMBOL" };
const symbolPath: Flag = {
  name: "path",
  type: "string",
  value: "PATH",
  summary: "The file it stands in, when several have that name.",
};

export const COMMANDS = {
  run: {
    summary: "Carry out a goal, or answer a question",
    positionals: [{ ...goal, unless: "workflow" }],
    flags: [
      repo,
      jsonLines,
      ...RUN_WORKFLOW_FLAGS,
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
      {
        name: "priority",
        type: "string",
        value: "PRIORITY",
        summary: "Where not all runs can work at once: high, normal (default) or low.",
        choices: ["high", "normal", "low"],
      },
      detach,
      { name: "trust", type: "boolean", summary: "Trust the folder as it is (see `nexus trust`)." },
      { name: "untrusted", type: "boolean", summary: "Run nothing of the folder and obey none of its rules." },
    ],
    details:
      "Without a terminal nobody can be asked: what the policy would ask about is denied. Ctrl-C cancels the run; pressed again it leaves at once. The run goes on when the terminal is closed: `nexus runs watch latest` comes back to it.",
  },
  plan: { summary: "Make a plan for a goal and change nothing", positionals: [goal], flags: [repo, json, budget] },
  ...PLAN_COMMANDS,
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
    flags: [jsonLines, budget, detach, TASK],
  },
  ...SESSION_COMMANDS,
  ...REWIND_COMMANDS,
  ...TASK_COMMANDS,
  ...POLICY_COMMANDS,
  index: {
    summary: "Read a folder's code into memory, so that it can be searched",
    positionals: [{ name: "DIR", optional: true }],
    flags: [
      { name: "rebuild", type: "boolean", summary: "Forget what is known of it and read everything again." },
      { name: "json", type: "boolean", summary: "Print one JSON object: files, bytes, symbols, wallMs, skipped …" },
    ],
    details:
      "Searching does this by itself where it is needed, and the daemon keeps it up to date while it runs. Needs no model, no key and no network. What .gitignore and .nexusignore name is left out. Ctrl-C stops it; what is read by then is kept.",
  },
  search: {
    summary: "Find code by words, by symbol or by regular expression",
    positionals: [{ name: "QUERY", optional: true, rest: true }],
    flags: [
      repo,
      { name: "limit", type: "string", value: "N", summary: "How many results (default 20, at most 100)." },
      {
        name: "mode",
        type: "string",
        value: "MODE",
        summary: "ranked: by words (default); symbol: by name; regex: through the text.",
        choices: ["ranked", "symbol", "regex"],
      },
      {
        name: "path",
        type: "string",
        value: "GLOB",
        summary: "Only files that fit, such as 'src/**' or '!**/*.test.ts'. May be repeated.",
        repeated: true,
      },
      { name: "language", type: "string", value: "L", summary: "Only this language. May be repeated.", repeated: true },
      {
        name: "kind",
        type: "string",
        value: "K",
        summary: "Only symbols of this kind, such as function or class. May be repeated.",
        repeated: true,
      },
      {
        name: "branch",
        type: "string",
        value: "B",
        summary: "Search the indexed worktree or clone that has this branch.",
      },
      { name: "rerank", type: "boolean", summary: "Let the model put the first 20 in order." },
      { name: "stdin", type: "boolean", summary: "Read queries from standard input as JSON Lines." },
      json,
    ],
    details:
      "With --stdin each line is {id, query} and may hold limit, mode, paths, languages, kinds, branch and rerank; it is answered with {id, results} or {id, error}, in the order of the lines.",
  },
  map: {
    summary: "Print the most central files and signatures of a repository",
    positionals: [],
    flags: [
      repo,
      { name: "tokens", type: "string", value: "N", summary: "How long it may be, in tokens (default 2000)." },
      {
        name: "focus",
        type: "string",
        value: "PATH",
        summary: "A file that it is for. May be repeated.",
        repeated: true,
      },
      json,
    ],
  },
  impact: {
    summary: "Tell what may break when a symbol changes, and which tests to run",
    positionals: [symbol],
    flags: [
      repo,
      symbolPath,
      { name: "depth", type: "string", value: "N", summary: "How many steps to follow (default 3, at most 10)." },
      { name: "limit", type: "string", value: "N", summary: "How many places (default 200, at most 500)." },
      json,
    ],
  },
  uses: {
    summary: "Tell who uses a symbol",
    positionals: [symbol],
    flags: [
      repo,
      symbolPath,
      { name: "limit", type: "string", value: "N", summary: "How many places (default 100, at most 500)." },
      json,
    ],
  },
  edits: {
    summary: "Apply search-and-replace edits to texts, with the engine that agents use",
    positionals: [],
    flags: [{ name: "stdin", type: "boolean", summary: "Read edits from standard input as JSON Lines." }],
    details:
      "Each line is {id, original, edits: [{search, replace}]}, where original is a text, or null for a file that is not there. It is answered in order with {id, status, result?, message?}; status is applied, applied_approx, ambiguous, rejected, already_applied or noop. Touches no file, needs no daemon.",
  },
  ...MEMORY_COMMANDS,
  approvals: {
    summary: "Show what waits for a person's answer, over all runs",
    positionals: [],
    flags: [json],
  },
  approve: {
    summary: "Allow what an approval shows, once",
    positionals: [{ name: "APPROVAL" }],
    flags: [{ name: "always", type: "boolean", summary: "Also keep the rule that the approval offers." }],
    details: "APPROVAL is an id that `nexus approvals` shows, or its beginning.",
  },
  reject: {
    summary: "Say no to an approval; the words after it tell the agent what to do instead",
    positionals: [{ name: "APPROVAL" }, { name: "FEEDBACK", optional: true, rest: true }],
    flags: [],
  },
  ...GUARD_COMMANDS,
  ...WORKFLOW_COMMANDS,
  ...METAGPT_ADAPTER_COMMANDS,
  ...METAGPT_COMMANDS,
  ...TOOLS_COMMANDS,
  ...LSP_COMMANDS,
  ...ACP_COMMANDS,
  ...MCP_COMMANDS,
  ...SETUP_COMMANDS,
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
  ...WIRE_COMMANDS,
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
