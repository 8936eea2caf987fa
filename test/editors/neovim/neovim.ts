/** Neovim from the system's packages, headless, with the real program, a real daemon and a scripted model. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initGit, writeFiles } from "../../support/folder.ts";
import { createNexus } from "../../support/nexus-process.ts";
import type { Script } from "../../support/scripted/script.ts";
import { startScriptedOpenAi } from "../../support/scripted-openai.ts";
import type { Check } from "../check.ts";

const DRIVER = fileURLToPath(new URL("drive.lua", import.meta.url));
const MAIN = process.env["NEXUS_MAIN"] ?? fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));
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

export async function checksOfNeovim(): Promise<Check[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-neovim-")));
  const project = join(folder, "shop");
  const results = join(folder, "results");
  writeFiles(project, PROJECT);
  initGit(project);
  const model = await startScriptedOpenAi(SCRIPT);
  const settings = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "test-key-0123456789", NEXUS_MODEL: "scripted" };
  const nexus = await createNexus({ ...settings, NEXUS_PRICE: "1,4" });
  try {
    const env = {
      ...{ PATH: process.env["PATH"] ?? "", HOME: folder, LANG: "C.UTF-8", ...settings, NEXUS_PRICE: "1,4" },
      ...{ NEXUS_HOME: nexus.home, NEXUS_PROJECT: project, NEXUS_RESULTS: results },
      NEXUS_COMMAND: JSON.stringify([process.execPath, MAIN, "lsp", "--stdio"]),
    };
    const said = await run(env, project);
    return checksIn(results, said);
  } finally {
    await nexus.close();
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Neovim printed, for when it ends early. */
function run(env: Record<string, string>, cwd: string): Promise<string> {
  const args = ["--headless", "-n", "-u", "NONE", "-i", "NONE", "-S", DRIVER];
  const child = spawn("nvim", args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const timer = setTimeout(() => child.kill("SIGKILL"), TIME_MS);
  return new Promise((resolve) =>
    child.on("close", () => {
      clearTimeout(timer);
      resolve(said);
    }),
  );
}

function checksIn(results: string, said: string): Check[] {
  const lines = existsSync(results) ? readFileSync(results, "utf8").split("\n").filter(Boolean) : [];
  const checks: Check[] = lines.map((line) => JSON.parse(line));
  const isWhole = checks.at(-1)?.name === "ends with the editor";
  return isWhole ? checks : [...checks, { name: "goes through to its end", ok: false, problem: said }];
}
