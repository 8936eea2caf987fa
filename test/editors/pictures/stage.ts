/** What a picture is taken of: a project, a data folder, a scripted model, and a home in which `nexus setup` may write. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initGit } from "../../support/folder.ts";
import type { Script } from "../../support/scripted/script.ts";
import { startScriptedOpenAi } from "../../support/scripted-openai.ts";
import { openTerminal } from "./terminal.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const main = join(root, "daemon", "main.ts");

export const DOCUMENTED = "All notes, the newest first (scripted).";
const BARE = "    list() {";
const DOCUMENTING: Script = [
  {
    when: { turn: 0 },
    reply: { text: "I look first.", toolCalls: [{ tool: "read_file", arguments: { path: "src/notes.js" } }] },
  },
  {
    when: { turn: 1 },
    reply: { toolCalls: [{ tool: "edit_file", arguments: { path: "src/notes.js", edits: [documented()] } }] },
  },
  { when: { turn: 2 }, reply: { text: "list() is documented." } },
];

export interface Stage {
  /** The person's home: editors read their configuration there. */
  readonly home: string;
  /** The example “notes”, as a repository. */
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  nexus(...words: string[]): string;
  /** `nexus setup EDITOR --write`, and a yes. */
  setUp(editor: string): Promise<void>;
  close(): Promise<void>;
}

export async function createStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "nexus-picture-"));
  const home = join(folder, "home");
  const project = join(folder, "notes");
  mkdirSync(home);
  cpSync(join(root, "examples", "notes"), project, { recursive: true });
  initGit(project);
  const model = await startScriptedOpenAi(DOCUMENTING, { apiKey: "scripted" });
  const { PATH = "", LANG = "C.UTF-8" } = process.env;
  const env = {
    ...{ PATH, LANG, HOME: home, TERM: "xterm-256color", NEXUS_HOME: join(folder, "data") },
    ...{ NEXUS_PROVIDER: "openai", NEXUS_MODEL: "gpt-5-mini", OPENAI_API_KEY: "scripted", OPENAI_BASE_URL: model.url },
  };
  const nexus = (...words: string[]) =>
    execFileSync(process.execPath, [main, ...words], { cwd: project, env, encoding: "utf8" });
  nexus("trust", ".");
  return {
    home,
    project,
    env,
    nexus,
    async setUp(editor) {
      const command: [string, ...string[]] = [process.execPath, main, "setup", editor, "--write"];
      const terminal = openTerminal({ command, cwd: project, env, columns: 120, rows: 60 });
      try {
        await terminal.until("[y]es, [n]o:");
        terminal.type("y\r");
        await terminal.until("is written.");
      } finally {
        terminal.close();
      }
    },
    async close() {
      try {
        nexus("daemon", "stop");
      } catch {
        // None was started.
      }
      await model.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function documented() {
  return { search: BARE, replace: `    /** ${DOCUMENTED} */\n${BARE}` };
}
