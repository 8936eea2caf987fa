/** Emacs from the system's packages with eglot, in batch, with the real program, a real daemon and a scripted model. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Reply, Script } from "../../support/scripted/script.ts";
import type { Check } from "../check.ts";
import { checksOf } from "../stage.ts";

const DRIVER = fileURLToPath(new URL("drive.el", import.meta.url));
const TIME_MS = 600_000;

const PROJECT = {
  "src/price.js": "export function grossPrice(net) {\n  return net * 1.19;\n}\n",
  "src/cart.js": "export class Cart {\n  add(item) {\n    this.sum = item;\n  }\n}\n",
  "src/slow.js": "export function slow() {}\n",
  "src/endless.js": "export function endless() {}\n",
};

const edit = (path: string, search: string, replace: string): Reply => {
  return { toolCalls: [{ tool: "edit_file", arguments: { path, edits: [{ search, replace }] } }] };
};
const FINDING = { line: 3, severity: "warning", code: "no-check", message: "Nothing is checked." };

const SCRIPT: Script = [
  { when: { firstUser: "Explain the code" }, reply: { text: "It adds the tax." } },
  {
    when: { firstUser: "Document the code in src/price.js", turn: 0 },
    reply: { toolCalls: [{ tool: "read_file", arguments: { path: "src/price.js" } }] },
  },
  {
    when: { firstUser: "Document the code in src/price.js", turn: 1, last: "é typed" },
    reply: edit("src/price.js", "export function", "/** The price with tax. */\nexport function"),
  },
  { when: { firstUser: "Document the code in src/price.js", turn: 2 }, reply: { text: "Documented." } },
  {
    when: { firstUser: "Write tests", turn: 0 },
    reply: {
      toolCalls: [
        { tool: "write_file", arguments: { path: "test/price.test.js", content: 'test("price", () => {});\n' } },
      ],
    },
  },
  { when: { firstUser: "Write tests", turn: 1 }, reply: { text: "Tests are written." } },
  { when: { firstUser: "Review the code" }, reply: { text: JSON.stringify({ findings: [FINDING] }) } },
  {
    when: { firstUser: "Nothing is checked.", turn: 0 },
    reply: edit("src/cart.js", "    this.sum", "    if (item === undefined) return;\n    this.sum"),
  },
  { when: { firstUser: "Nothing is checked.", turn: 1 }, reply: { text: "Fixed." } },
  { when: { firstUser: "simpler and easier to read", turn: 0 }, reply: edit("src/cart.js", "add(item)", "add(thing)") },
  { when: { firstUser: "simpler and easier to read", turn: 1 }, reply: { text: "Done." } },
  {
    when: { firstUser: "src/slow.js", turn: 0 },
    reply: edit("src/slow.js", "slow() {}", "slow() { /* said */ }"),
    misbehave: { eventDelayMs: 400, times: "always" },
  },
  { when: { firstUser: "src/slow.js", turn: 1 }, reply: { text: "Done." } },
  {
    when: { firstUser: "src/endless.js" },
    reply: { text: "and on and on" },
    misbehave: { stallAfterEvents: 1, times: "always" },
    repeat: true,
  },
];

export function hasEmacs(): boolean {
  return spawnSync("emacs", ["--batch", "-L", ".", "--eval", "(require 'eglot)"]).status === 0;
}

export function checksOfEmacs(): Promise<Check[]> {
  return checksOf({ command: ["emacs", "--batch", "-l", DRIVER], project: PROJECT, script: SCRIPT, timeMs: TIME_MS });
}
