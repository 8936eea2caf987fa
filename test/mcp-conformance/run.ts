/**
 * The official conformance suite (@modelcontextprotocol/conformance, its server scenarios) against `nexus mcp --http` as it is.
 *
 * `node test/mcp-conformance/run.ts`; ends with “N passed, N failed”, which counts the suite's checks. Scenarios that do not
 * apply (scenarios.ts says why) are listed and not counted. A scenario that neither list names fails, and so does one that
 * checks nothing.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initGit, writeFiles } from "../support/folder.ts";
import { createNexus } from "../support/nexus-process.ts";
import { removeFolder } from "../support/remove.ts";
import type { Script } from "../support/scripted/script.ts";
import { startScriptedOpenAi } from "../support/scripted-openai.ts";
import { startFront } from "./front.ts";
import { AS_THEY_ARE, NOT_APPLICABLE, standIns, WITH_OUR_NAMES } from "./scenarios.ts";

interface Check {
  readonly name: string;
  readonly status: string;
  readonly errorMessage?: string;
}

const SUITE = fileURLToPath(import.meta.resolve("@modelcontextprotocol/conformance/dist/index.js"));
const SCRIPT: Script = [
  {
    when: { turn: 0, tool: "edit_file" },
    reply: { toolCalls: [{ tool: "read_file", arguments: { path: "a.txt" } }] },
  },
  {
    when: { turn: 1 },
    reply: {
      toolCalls: [{ tool: "edit_file", arguments: { path: "a.txt", edits: [{ search: "old", replace: "new" }] } }],
    },
  },
  { when: { turn: 2 }, reply: { text: "Done." } },
];
const DOCUMENT = {
  "Original Requirements": "Data for ID: 123",
  "Product Goals": ["Sell"],
  "User Stories": ["I buy"],
  "Requirement Analysis": "",
  "Requirement Pool": [["P0", "Cart"]],
};

const root = await mkdtemp(join(tmpdir(), "nexus-conformance-"));
const repo = join(root, "repo");
writeFiles(repo, {
  "a.txt": "old\n",
  "src/cart.ts": "export class Cart {\n  add(): void {}\n}\n",
  "docs/prd/123.json": JSON.stringify(DOCUMENT),
});
initGit(repo);
const model = await startScriptedOpenAi(SCRIPT);
const nexus = await createNexus({
  OPENAI_BASE_URL: model.url,
  OPENAI_API_KEY: "test-key-0123456789",
  NEXUS_MODEL: "scripted",
});
try {
  process.exitCode = await conform();
} finally {
  await nexus.close();
  await model.close();
  await removeFolder(root);
}

/** The exit code. */
async function conform(): Promise<number> {
  const ended = await nexus.run("run", "Change old to new in a.txt", "--repo", repo, "--json");
  const { runId } = JSON.parse(ended.stdout.trimEnd().split("\n").at(-1) ?? "{}");
  const command = nexus.start("mcp", "--http", "--repo", repo, "--allow", "changes");
  let printed = "";
  command.child.stdout?.on("data", (text: string) => {
    printed += text;
  });
  await command.until("/mcp\n");
  const token = (await readFile(join(nexus.home, "mcp.token"), "utf8")).trim();
  const front = await startFront(new URL(printed.trim()), token, standIns({ runId }));
  const results = join(root, "results");
  await suite("server", "--url", front.url, "--suite", "all", "--output-dir", results);
  const known = [...AS_THEY_ARE, ...WITH_OUR_NAMES, ...Object.keys(NOT_APPLICABLE)];
  const unknown = (await scenarios()).filter((name) => !known.includes(name));
  front.close();
  command.child.kill("SIGINT");
  await command.finished;
  return tell(results, unknown);
}

async function tell(results: string, unknown: readonly string[]): Promise<number> {
  const count = { passed: 0, failed: unknown.length };
  for (const name of unknown) console.log(`✗ ${name}: it is new, and nobody has decided whether it applies`);
  for (const [title, names] of [
    ["as they are", AS_THEY_ARE],
    ["with our names in place of the suite's fixtures", WITH_OUR_NAMES],
  ] as const) {
    console.log(`\nScenarios ${title}:`);
    for (const name of names) {
      const { passed, problems } = outcomeOf(await checksOf(results, name));
      count.passed += passed;
      count.failed += problems.length;
      console.log(
        `${problems.length === 0 ? "✓" : "✗"} ${name}${problems.map((problem) => `\n    ${problem}`).join("")}`,
      );
    }
  }
  console.log("\nNot applicable, not counted:");
  for (const [name, reason] of Object.entries(NOT_APPLICABLE)) console.log(`- ${name}: ${reason}`);
  console.log(`\n${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 ? 0 : 1;
}

function outcomeOf(checks: readonly Check[]): { passed: number; problems: string[] } {
  const passed = checks.filter(({ status }) => status === "SUCCESS").length;
  const failed = checks.filter(({ status }) => status === "FAILURE" || status === "WARNING");
  const problems = failed.map(({ name, status, errorMessage }) => `${status} ${name}: ${errorMessage ?? ""}`);
  return { passed, problems: passed + failed.length === 0 ? ["it checked nothing"] : problems };
}

async function checksOf(results: string, scenario: string): Promise<Check[]> {
  const folder = (await readdir(results)).find(
    (name) => name.replace(/-\d{4}-\d\d-\d\dT.*$/, "") === `server-${scenario}`,
  );
  return folder === undefined ? [] : JSON.parse(await readFile(join(results, folder, "checks.json"), "utf8"));
}

async function scenarios(): Promise<string[]> {
  const lines = (await suite("list", "--server")).split("\n");
  return lines.flatMap((line) => /^ +- ([\w-]+)/.exec(line)?.[1] ?? []);
}

/** What it printed. It exits with 1 as soon as one scenario fails, those that do not apply among them. */
function suite(...words: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SUITE, ...words], { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) =>
      resolve(stdout),
    );
  });
}
