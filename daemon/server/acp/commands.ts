/** What a prompt that begins with a slash does. */
import type { AvailableCommand } from "@agentclientprotocol/sdk";
import type { SessionMode } from "../../../protocol/index.ts";

interface Command {
  readonly description: string;
  /** What is to be written behind its name. */
  readonly hint?: string;
}

const COMMANDS = {
  plan: { description: "Make a plan for a goal and change nothing", hint: "the goal" },
  ask: { description: "Ask about the code; nothing is changed", hint: "your question" },
  review: { description: "Have the uncommitted changes reviewed", hint: "what to look at (optional)" },
  diff: { description: "Show the change that waits" },
  accept: { description: "Write the change that waits into the folder" },
  discard: { description: "Give up the change that waits" },
  undo: { description: "Put back the files that were last written" },
  resume: { description: "Go on with the last run if it failed, was cancelled or ran out of budget" },
} as const satisfies Record<string, Command>;

type CommandName = keyof typeof COMMANDS;
export type ActionName = Exclude<CommandName, "plan" | "ask" | "review">;

export const AVAILABLE_COMMANDS: readonly AvailableCommand[] = Object.entries<Command>(COMMANDS).map(
  ([name, { description, hint }]) => ({ name, description, ...(hint === undefined ? {} : { input: { hint } }) }),
);

export type Typed =
  /** A run of this text; `mode` where it is not the session's. */
  | { readonly kind: "run"; readonly text: string; readonly mode?: SessionMode }
  | { readonly kind: "action"; readonly name: ActionName }
  /** A command that lacks its words. */
  | { readonly kind: "incomplete"; readonly usage: string };

export function typedPrompt(text: string): Typed {
  const found = /^\/([a-z]+)(?:\s+([\s\S]*))?$/.exec(text);
  const name = Object.keys(COMMANDS).find(isCommand(found?.[1]));
  const rest = found?.[2]?.trim() ?? "";
  switch (name) {
    case undefined:
      return { kind: "run", text };
    case "plan":
    case "ask":
      if (rest === "") return { kind: "incomplete", usage: `/${name} ${COMMANDS[name].hint}` };
      return { kind: "run", text: rest, mode: name };
    case "review":
      return { kind: "run", text: `${REVIEW}${rest === "" ? "" : `\n${rest}`}`, mode: "ask" };
    default:
      return { kind: "action", name };
  }
}

function isCommand(word: string | undefined) {
  return (name: string): name is CommandName => name === word;
}

const REVIEW =
  "Review the changes of this repository that are not committed yet. Name what is wrong or missing (faults, cases that are not handled, tests that lack), each with its file and line and why; say so if you find nothing.";
