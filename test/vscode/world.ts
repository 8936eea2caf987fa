/** What a scenario works with: an editor, a daemon's data folder, a model that says what it is told, and projects. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Script } from "../support/scripted/script.ts";
import { startScriptedOpenAi } from "../support/scripted-openai.ts";
import { type Editor, startEditor } from "./editor.ts";
import { linkExtension } from "./extension-folder.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const KEY = "sk-scripted-key";
export const GOAL =
  "Add tags to notes: write the tests first, add tags and a filter to the service, update the page, and update the README";

export interface ProjectOptions {
  readonly example?: "notes" | "orders";
  /** Texts by path, in the first commit too. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface World {
  readonly editor: Editor;
  /** The daemon's data folder. */
  readonly home: string;
  /** Where the checks inside the editor's host write what they measured. */
  readonly resultFile: string;
  /** A fresh copy of an example project (notes, unless another is named), in a repository of its own. */
  project(name: string, options?: ProjectOptions): string;
  /** This extension, but activated by its first use instead of by the editor's start, when every extension is slow. */
  extensionOnDemand(): string;
  /** Starts the model anew, at the same address. */
  startModel(options: { script: Script; delayMs: number }): Promise<void>;
  daemonPid(): number | undefined;
  close(): Promise<void>;
}

export function notesScript(): Script {
  return JSON.parse(readFileSync(join(ROOT, "examples", "notes.script.json"), "utf8"));
}

/** `extensions`: folders of others that run beside ours. */
export async function createWorld(
  settings: Readonly<Record<string, unknown>> = {},
  extensions: readonly string[] = [],
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "nexus-vscode-"));
  const home = join(folder, "home");
  const resultFile = join(folder, "result.json");
  let model = await startScriptedOpenAi([], { apiKey: KEY });
  const port = Number(new URL(model.url).port);
  const editor = await startEditor({
    folder: join(folder, "editor"),
    extensions,
    env: { NEXUS_HOME: home, NEXUS_VSCODE_RESULT: resultFile, ...withoutModels() },
    settings: {
      ...QUIET,
      "nexus.provider": "openai",
      "nexus.model": "gpt-5-mini",
      "nexus.baseUrl": model.url,
      ...settings,
    },
  });
  const daemonPid = () => readPid(join(home, "daemon.json"));
  return {
    editor,
    home,
    resultFile,
    project: (name, options) => copyProject(join(folder, name), options),
    extensionOnDemand: () => linkExtension(join(folder, "extension")),
    async startModel({ script, delayMs }) {
      await model.close();
      model = await startScriptedOpenAi(script, { port, apiKey: KEY, eventDelayMs: delayMs });
    },
    daemonPid,
    async close() {
      await editor.close();
      await endDaemons(home);
      await model.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** The editor's own processes outlive it by a moment, and may start another daemon until they are gone. */
async function endDaemons(home: string): Promise<void> {
  const isGone = () => {
    const left = processesOf(home);
    for (const { pid, command } of left) if (command.includes(" daemon start ")) endProcess(pid);
    return left.length === 0;
  };
  await waitUntil(isGone, "the window's daemon and language servers have ended");
}

function endProcess(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // It has ended meanwhile.
  }
}

/** Those that were started with this data folder. */
function processesOf(home: string): { pid: number; command: string }[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      if (!/^\d+$/.test(name) || !readFileSync(`/proc/${name}/environ`, "utf8").includes(`NEXUS_HOME=${home}\0`))
        return [];
      return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ") }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

/** No key of whoever runs the tests may reach the daemon. */
function withoutModels(): Record<string, string> {
  const names = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "OLLAMA_HOST"];
  return Object.fromEntries([...names, "NEXUS_PROVIDER", "NEXUS_MODEL"].map((name) => [name, ""]));
}

const QUIET = {
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "files.autoSave": "off",
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.commandCenter.enabled": false,
  "chat.disableAIFeatures": true,
  "workbench.tips.enabled": false,
  "update.mode": "none",
  "telemetry.telemetryLevel": "off",
  "git.openRepositoryInParentFolders": "never",
};

function copyProject(project: string, { example = "notes", files = {} }: ProjectOptions = {}): string {
  mkdirSync(project, { recursive: true });
  cpSync(join(ROOT, "examples", example), project, { recursive: true });
  rmSync(join(project, "goal.txt"), { force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  const git = (...args: string[]) => execFileSync("git", args, { cwd: project, stdio: "pipe" });
  git("init", "-q");
  git("add", ".");
  git(
    "-c",
    "user.name=T",
    "-c",
    "user.email=t@example.invalid",
    "-c",
    "commit.gpgsign=false",
    "commit",
    "-q",
    "-m",
    "Start",
  );
  return project;
}

/** Paths that differ from the last commit, as git's short status lists them. */
export function changedFiles(project: string): string[] {
  const status = execFileSync("git", ["status", "--porcelain", "-uall"], { cwd: project, encoding: "utf8" });
  return status.split("\n").flatMap((line) => (line === "" ? [] : [line.slice(3)]));
}

/** Polls, because what happens outside this process sends us no event. */
export async function waitUntil(isTrue: () => boolean, what: string, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function readPid(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const { pid }: { pid?: number } = JSON.parse(readFileSync(file, "utf8"));
  return pid;
}
