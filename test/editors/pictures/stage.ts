/** What a picture is taken of: a project, a data folder, a scripted model, and a home in which `nexus setup` may write. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { initGit } from "../../support/folder.ts";
import type { Script } from "../../support/scripted/script.ts";
import { startScriptedOpenAi } from "../../support/scripted-openai.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** Another checkout's program may be looked at with NEXUS_MAIN. */
const main = process.env["NEXUS_MAIN"] ?? join(root, "daemon", "main.ts");

export interface Stage {
  /** The person's home: editors read their configuration there. */
  readonly home: string;
  /** The example “notes”, as a repository. */
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  nexus(...words: string[]): string;
  /** Puts what `nexus setup` prints for this editor where it says. */
  setUp(editor: string): void;
  close(): Promise<void>;
}

export async function createStage(script: Script = []): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "nexus-picture-"));
  const home = join(folder, "home");
  const project = join(folder, "notes");
  mkdirSync(home);
  cpSync(join(root, "examples", "notes"), project, { recursive: true });
  initGit(project);
  const model = await startScriptedOpenAi(script, { apiKey: "scripted" });
  const { PATH = "", LANG = "C.UTF-8" } = process.env;
  const env = {
    ...{ PATH, LANG, HOME: home, TERM: "xterm-256color", NEXUS_HOME: join(folder, "data") },
    ...{ NEXUS_PROVIDER: "openai", NEXUS_MODEL: "gpt-5-mini", OPENAI_API_KEY: "scripted", OPENAI_BASE_URL: model.url },
  };
  const nexus = (...words: string[]) =>
    execFileSync(process.execPath, [main, ...words], { cwd: project, env, encoding: "utf8" });
  return {
    home,
    project,
    env,
    nexus,
    setUp(editor) {
      const { parts }: { parts: readonly { file: string | null; snippet: string }[] } = JSON.parse(
        nexus("setup", editor, "--json"),
      );
      const [part] = parts.filter(({ file }) => file !== null);
      if (part?.file == null) throw new Error(`nexus setup ${editor} names no file`);
      mkdirSync(dirname(part.file), { recursive: true });
      writeFileSync(part.file, `${part.snippet}\n`);
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

export function textOf(path: string): string {
  return readFileSync(path, "utf8");
}
