/** Emacs from the system's packages with eglot, in batch, with the real program, a real daemon and a scripted model. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initGit, writeFiles } from "../../support/folder.ts";
import { createNexus } from "../../support/nexus-process.ts";
import type { Reply, Script } from "../../support/scripted/script.ts";
import { startScriptedOpenAi } from "../../support/scripted-openai.ts";
import type { Check } from "../check.ts";

const DRIVER = fileURLToPath(new URL("drive.el", import.meta.url));
const MAIN = process.env["NEXUS_MAIN"] ?? fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));
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

export async function checksOfEmacs(): Promise<Check[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-emacs-")));
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

/** What Emacs printed, for when it ends early. */
function run(env: Record<string, string>, cwd: string): Promise<string> {
  const child = spawn("emacs", ["--batch", "-l", DRIVER], { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
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
