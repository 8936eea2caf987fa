/** nexus policy … in the table of commands. */
import { type Command, json, repo } from "./command.ts";

export const POLICY_COMMANDS = {
  "policy check": {
    summary: "Tell what the policy says to commands and files, a line of JSON each; nothing is executed",
    positionals: [],
    flags: [{ name: "stdin", type: "boolean", summary: "Read questions from standard input as JSON Lines." }],
    details:
      "A line is {id, kind, input, cwd, workspace, mode, trusted} and may hold allow. kind: command, write or read; input: the command line or the path; mode: interactive or headless; allow: command lines and rules that count as agreed on. It is answered with {id, verdict, reason, rule}, in the order of the lines. A line that cannot be answered is denied. Needs no daemon.",
  },
  "policy explain": {
    summary: "Tell what a command or a file's use would mean, and which rule decides",
    positionals: [{ name: "COMMAND", optional: true, rest: true }],
    flags: [
      repo,
      { name: "read", type: "string", value: "PATH", summary: "Reading this file instead of a command." },
      { name: "write", type: "string", value: "PATH", summary: "Writing this file instead of a command." },
      { name: "headless", type: "boolean", summary: "As if nobody were there to be asked." },
      { name: "untrusted", type: "boolean", summary: "As if the folder were not trusted." },
      json,
    ],
    details: "Write -- before the command: nexus policy explain -- git push origin main. Nothing is executed.",
  },
  "policy simulate": {
    summary: "Judge what past runs did again under other rules, and tell what would differ",
    positionals: [],
    flags: [
      { name: "run", type: "string", value: "RUN", summary: "This run." },
      { name: "all", type: "boolean", summary: "All runs." },
      {
        name: "policy",
        type: "string",
        value: "FILE",
        summary: "JSON file of the rules to try, in place of your own.",
      },
      json,
    ],
  },
  "policy list": {
    summary: "List the rules that people wrote, by whose they are",
    positionals: [],
    flags: [repo, json],
  },
  "policy keep": {
    summary: "Add a rule to your own",
    positionals: [{ name: "RULE", rest: true }],
    flags: [json],
    details:
      "RULE is for example 'command npm run build', 'command git push origin *', 'write docs/**', 'network example.org', or one of these after deny or ask. Without one of them it allows.",
  },
  "policy forget": {
    summary: "Take a rule of your own back",
    positionals: [{ name: "RULE", rest: true }],
    flags: [json],
  },
} as const satisfies Record<string, Command>;
