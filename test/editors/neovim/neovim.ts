/** Neovim from the system's packages, headless, with the real program, a real daemon and a scripted model. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Script } from "../../support/scripted/script.ts";
import type { Check } from "../check.ts";
import { checksOf } from "../stage.ts";

const DRIVER = fileURLToPath(new URL("drive.lua", import.meta.url));
const TIME_MS = 240_000;

const PROJECT = {
  "src/price.js": "export function grossPrice(net) {\n  return net * 1.19;\n}\n",
  "src/cart.js":
    'import { grossPrice } from "./price.js";\n\nexport class Cart {\n  add(item) {\n    // goods\n    this.sum = grossPrice(item);\n  }\n}\n',
  "src/checkout.js":
    'import { Cart } from "./cart.js";\n\nexport function checkout(item) {\n  const cart = new Cart();\n  cart.add(item);\n  return cart.sum;\n}\n',
  "test/cart.test.js": 'import { Cart } from "../src/cart.js";\n\ntest("adds", () => {\n  new Cart().add(1);\n});\n',
  "package.json":
    '{ "type": "module", "scripts": { "which-node": "node --version" }, "devDependencies": { "vitest": "4" } }\n',
};

const SCRIPT: Script = [
  {
    when: { firstUser: "wares", turn: 0, tool: "run_command" },
    reply: { toolCalls: [{ tool: "run_command", arguments: { command: "npm run which-node" } }] },
  },
  {
    when: { firstUser: "wares", turn: 1 },
    reply: {
      toolCalls: [
        { tool: "edit_file", arguments: { path: "src/cart.js", edits: [{ search: "// goods", replace: "// wares" }] } },
      ],
    },
  },
  { when: { firstUser: "wares", turn: 2 }, reply: { text: "It says wares." } },
  {
    when: { firstUser: "a sum is a total", turn: 0 },
    reply: { toolCalls: [{ tool: "read_file", arguments: { path: "src/cart.js" } }] },
  },
  {
    when: { firstUser: "a sum is a total", turn: 1 },
    reply: {
      toolCalls: [
        {
          tool: "edit_file",
          arguments: { path: "src/cart.js", edits: [{ search: "this.sum", replace: "this.total" }] },
        },
      ],
    },
  },
  { when: { firstUser: "a sum is a total", turn: 2 }, reply: { text: "It is a total." } },
  { when: { firstUser: "Take your time" }, misbehave: { stallAfterEvents: 1, times: "always" }, repeat: true },
];

export function hasNeovim(): boolean {
  return spawnSync("nvim", ["--version"]).status === 0;
}

export function checksOfNeovim(): Promise<Check[]> {
  return checksOf({
    command: ["nvim", "--headless", "-n", "-u", "NONE", "-i", "NONE", "-S", DRIVER],
    project: PROJECT,
    script: SCRIPT,
    timeMs: TIME_MS,
  });
}
