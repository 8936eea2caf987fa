/** What every editor plays on: a project, a data folder, the real program, a real daemon and a scripted model. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initGit, writeFiles } from "../support/folder.ts";
import { createNexus } from "../support/nexus-process.ts";
import { removeFolder } from "../support/remove.ts";
import type { Script } from "../support/scripted/script.ts";
import { startScriptedOpenAi } from "../support/scripted-openai.ts";
import type { Check } from "./check.ts";

const MAIN = process.env["NEXUS_MAIN"] ?? fileURLToPath(new URL("../../daemon/main.ts", import.meta.url));

export interface Play {
  /** The editor's program and what it is started with; its driver writes a line of JSON for each check. */
  readonly command: readonly [program: string, ...words: string[]];
  /** Texts by their paths in the project. */
  readonly project: Readonly<Record<string, string>>;
  readonly script: Script;
  /** After so long the editor is ended. */
  readonly timeMs: number;
}

export async function checksOf({ command, project, script, timeMs }: Play): Promise<Check[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-editor-")));
  const shop = join(folder, "shop");
  const results = join(folder, "results");
  writeFiles(shop, project);
  initGit(shop);
  const model = await startScriptedOpenAi(script);
  const own = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "test-key-0123456789", NEXUS_MODEL: "scripted" };
  const settings = { ...own, NEXUS_PRICE: "1,4" };
  const nexus = await createNexus(settings);
  try {
    const env = {
      ...{ PATH: process.env["PATH"] ?? "", HOME: folder, LANG: "C.UTF-8", ...settings },
      ...{ NEXUS_HOME: nexus.home, NEXUS_PROJECT: shop, NEXUS_RESULTS: results },
      NEXUS_COMMAND: JSON.stringify([process.execPath, MAIN, "lsp", "--stdio"]),
    };
    const said = await run(command, { env, cwd: shop, timeMs });
    return checksIn(results, said);
  } finally {
    await nexus.close();
    await model.close();
    await removeFolder(folder);
  }
}

interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly timeMs: number;
}

/** What the editor printed, for when it ends early. */
function run([program, ...words]: Play["command"], { env, cwd, timeMs }: Surroundings): Promise<string> {
  const child = spawn(program, words, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const timer = setTimeout(() => child.kill("SIGKILL"), timeMs);
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
