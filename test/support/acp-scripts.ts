/** What the scripted model says in tests of ACP, and what the person at the editor chooses. */
import type { RequestPermissionRequest } from "@agentclientprotocol/sdk";
import type { Reply, Script } from "./scripted/script.ts";

export const call = (tool: string, ...inputs: unknown[]): Reply => ({
  toolCalls: inputs.map((input) => ({ tool, arguments: input })),
});
export const README = { "README.md": "# Notse\n\nA small project.\n" };
export const FIX_TYPO: Script = [
  { when: { turn: 0 }, reply: { text: "Let me look.", ...call("read_file", { path: "README.md" }) } },
  {
    when: { turn: 1 },
    reply: call("edit_file", { path: "README.md", edits: [{ search: "Notse", replace: "Notes" }] }),
  },
  { when: { turn: 2 }, reply: { text: "Fixed the typo in README.md." } },
];
/** The typo is fixed, but the model says nothing more until it is released. */
export function heldFix() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const hold = ({ messages }: { readonly messages: readonly unknown[] }) => (messages.length > 1 ? promise : undefined);
  return { options: { files: README, script: FIX_TYPO, hold }, release: () => resolve() };
}
export const GOAL = "- do one thing\n- do another thing\n- do a third thing";
const task = (id: string, dependsOn: string[] = []) => ({
  ...{ id, title: `Do ${id}`, goal: `Do ${id}.`, agent: "coder", files: [], dependsOn },
  acceptance: { command: "true", expect: "pass" },
});
export const PLANNED: Script = [
  { reply: call("propose_plan", { summary: "Two steps.", tasks: [task("one"), task("two", ["one"])] }) },
  { when: { firstUser: "Your task (one)", turn: 0 }, reply: call("write_file", { path: "one.txt", content: "1\n" }) },
  { when: { firstUser: "Your task (one)", turn: 1 }, reply: { text: "One is done." } },
  { when: { firstUser: "Your task (two)", turn: 0 }, reply: call("write_file", { path: "two.txt", content: "2\n" }) },
  { when: { firstUser: "Your task (two)", turn: 1 }, reply: { text: "Two is done." } },
];
/** Asks the person, then does what was answered. */
export const ASKING: Script = [
  { reply: call("propose_plan", { summary: "Two steps.", tasks: [task("one"), task("two", ["one"])] }) },
  {
    when: { firstUser: "Your task (one)", turn: 0 },
    reply: call("ask_user", { question: "Which currency?", choices: ["euro", "yen"] }),
  },
  { when: { firstUser: "Your task (one)", turn: 1, last: "The user answers:\nyen" }, reply: { text: "In yen." } },
  { when: { firstUser: "Your task (two)", turn: 0 }, reply: { text: "Two is done." } },
];
/** A command that asks, because nobody knows what it does. */
export const COMMAND: Script = [
  { when: { turn: 0 }, reply: call("run_command", { command: "node make.js" }) },
  { when: { turn: 1, last: "made" }, reply: { text: "It was made." } },
  { when: { turn: 1 }, reply: { text: "I may not run it." } },
];
export const MAKE = { "make.js": 'console.log("made");\n' };
/** Takes the first option whose kind is named. */
export const choose = (kind: string) => ({
  permission: ({ options }: RequestPermissionRequest) => options.find((option) => option.kind === kind)?.optionId,
});
