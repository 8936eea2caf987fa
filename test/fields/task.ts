/** One scripted task of an agent, over a real project. */
import type { Reply } from "../support/scripted/script.ts";

export interface FieldTask {
  readonly name: string;
  /** What the scripted agent says and does, turn by turn. */
  readonly turns: readonly Reply[];
  /** What the checks of the field said to each answer, in order: `delivery no`, `delivery yes`. */
  readonly checked: readonly string[];
  /** Stands in what the agent was told at some time: results of tools and findings of checks. */
  readonly told?: readonly string[];
  /** How the run ends; default done. */
  readonly ends?: "done" | "failed";
}

export interface FieldSuite {
  readonly agent: string;
  /** As its prompt has it: “You are the DevOps agent”. */
  readonly role: string;
  /** Folder in projects/. */
  readonly project: string;
  readonly needsBrowser?: boolean;
  readonly tasks: readonly FieldTask[];
}

export const DONE: Reply = { text: "Changed: what was asked.\nChecked: with the field's own tools." };

export function call(tool: string, input: unknown): Reply {
  return { toolCalls: [{ tool, arguments: input }] };
}

export function write(path: string, ...lines: string[]): Reply {
  return call("write_file", { path, content: `${lines.join("\n")}\n` });
}

export function edit(path: string, search: string, replace: string): Reply {
  return call("edit_file", { path, edits: [{ search, replace }] });
}

export const read = (path: string): Reply => call("read_file", { path });

/** Bad work that the check sends back with these words, and the same put right. */
export function mended(
  name: string,
  check: string,
  told: string,
  bad: readonly Reply[],
  good: readonly Reply[],
): FieldTask {
  return {
    name,
    turns: [...bad, DONE, ...good, DONE],
    checked: [`${check} no`, `${check} yes`],
    told: [told],
  };
}
