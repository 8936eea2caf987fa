/** Evidence: the project's own tests, found and run. */
import { join } from "node:path";
import * as z from "zod/mini";
import type { Acceptance, Evidence } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { errorCode, listFolder, readText } from "../host/files.ts";
import { hostPlatform } from "../host/processes.ts";
import { type CommandRunner, createCommandRunner } from "../security/sandbox/command-runner.ts";

export interface TestCommand {
  readonly command: string;
  /** What the choice rests on, for people. */
  readonly why: string;
}

export interface CheckOptions {
  readonly command: string;
  readonly expect: Acceptance["expect"];
  /** Absolute folder to run in. */
  readonly root: string;
  /** Links in the folder that lead out of it, such as node_modules. */
  readonly linked?: readonly string[];
  /** Left out: behind the wall that this machine has, with nothing hidden but keys. */
  readonly runner?: CommandRunner;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Keeps the whole output (at most 5 MB) and answers with its hash. */
  readonly artifact: (bytes: Uint8Array) => Promise<string>;
}

const MAX_OUTPUT_BYTES = 5 * 1024 * 1024;
const TAIL_CHARACTERS = 4000;
/** npm writes it into every new package.json. */
const PLACEHOLDER = /no test specified/;

const Manifest = z.object({
  scripts: z.optional(z.record(z.string(), z.unknown())),
  packageManager: z.optional(z.string()),
});

/**
 * Runs a command and says whether it came out as expected. A command that is killed or runs out of time satisfies
 * nothing, and neither does one that the shell cannot find or start (127, 126): a test that does not exist has not failed.
 * Rejects with the signal's reason when cancelled.
 */
export async function runCheck(options: CheckOptions): Promise<Evidence> {
  const { command, expect, root, signal, timeoutMs } = options;
  const startedAt = systemClock.monotonic();
  const { exitCode, output } = await runCommand(options).catch((error: unknown) => {
    if (signal.aborted || errorCode(error) === undefined) throw error;
    return { exitCode: null, output: Buffer.from(`The command could not be started in ${root}: ${String(error)}\n`) };
  });
  return {
    command,
    exitCode,
    expected: expect,
    satisfied: expect === "pass" ? exitCode === 0 : exitCode !== null && ![0, 126, 127].includes(exitCode),
    durationMs: Math.min(systemClock.monotonic() - startedAt, timeoutMs + 60_000),
    outputTail: tailOf(output),
    outputArtifact: await options.artifact(output),
  };
}

let own: CommandRunner | undefined;

async function runCommand(options: CheckOptions): Promise<{ exitCode: number | null; output: Buffer }> {
  const { command, root, linked = [], signal, timeoutMs } = options;
  own ??= createCommandRunner();
  const result = await (options.runner ?? own).run({
    line: command,
    root,
    linked,
    env: { CI: "1", NO_COLOR: "1" },
    signal,
    timeoutMs,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  const note = result.timedOut ? `\n[ended after ${timeoutMs} ms]\n` : result.signal ? `\n[${result.signal}]\n` : "";
  return { exitCode: result.exitCode, output: Buffer.concat([result.output, Buffer.from(note)]) };
}

function tailOf(output: Buffer): string {
  return output
    .subarray(-4 * TAIL_CHARACTERS)
    .toString()
    .slice(-TAIL_CHARACTERS);
}

/**
 * The command that runs the tests of the project in this folder, undefined when none is found. The first that fits of:
 * npm scripts (by lock file), pytest, Go, Cargo, Maven, Gradle (wrapper scripts first).
 */
export async function detectTests(root: string, platform = hostPlatform): Promise<TestCommand | undefined> {
  const names = new Set((await listFolder(root)).map((entry) => entry.name));
  const folder = { root, names, isWindows: platform === "win32" };
  for (const detect of [scriptTests, pythonTests, goTests, cargoTests, mavenTests, gradleTests]) {
    const found = await detect(folder);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Folder {
  readonly root: string;
  readonly names: ReadonlySet<string>;
  readonly isWindows: boolean;
}

async function scriptTests({ root, names }: Folder): Promise<TestCommand | undefined> {
  const manifest = names.has("package.json") ? await readManifest(join(root, "package.json")) : undefined;
  const script = manifest?.scripts?.["test"];
  if (typeof script !== "string" || script.trim() === "" || PLACEHOLDER.test(script)) return undefined;
  const manager = managerOf(names, manifest?.packageManager);
  return { command: `${manager} test`, why: `package.json has a script “test”` };
}

function managerOf(names: ReadonlySet<string>, named: string | undefined): string {
  const declared = ["npm", "pnpm", "yarn"].find((manager) => named?.startsWith(`${manager}@`));
  if (declared !== undefined) return declared;
  if (names.has("pnpm-lock.yaml")) return "pnpm";
  if (names.has("yarn.lock")) return "yarn";
  return names.has("bun.lock") || names.has("bun.lockb") ? "bun run" : "npm";
}

async function readManifest(path: string): Promise<z.infer<typeof Manifest> | undefined> {
  try {
    const parsed = Manifest.safeParse(JSON.parse((await readText(path)) ?? ""));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // The project's own fault, which its own tools will name; other tests may still be found.
    return undefined;
  }
}

async function pythonTests(folder: Folder): Promise<TestCommand | undefined> {
  const { names, isWindows } = folder;
  const why = await pythonReason(folder);
  if (why === undefined) return undefined;
  const own = await ownPython(folder);
  if (own !== undefined) return { command: `${own} -m pytest`, why };
  if (names.has("uv.lock")) return { command: "uv run pytest", why };
  if (names.has("poetry.lock")) return { command: "poetry run pytest", why };
  return { command: isWindows ? "python -m pytest" : "python3 -m pytest", why };
}

/** The interpreter of the project's virtual environment, as the shell can call it. */
async function ownPython({ root, names, isWindows }: Folder): Promise<string | undefined> {
  for (const environment of [".venv", "venv"].filter((name) => names.has(name))) {
    const programs = await listFolder(join(root, environment, isWindows ? "Scripts" : "bin"));
    if (programs.some(({ name }) => name === (isWindows ? "python.exe" : "python")))
      return isWindows ? `${environment}\\Scripts\\python.exe` : `${environment}/bin/python`;
  }
  return undefined;
}

async function pythonReason({ root, names }: Folder): Promise<string | undefined> {
  for (const name of ["pytest.ini", "conftest.py"]) if (names.has(name)) return `${name} is there`;
  for (const name of ["pyproject.toml", "setup.cfg", "tox.ini"])
    if (names.has(name) && /^\[(tool\.pytest|tool:pytest|pytest)/m.test((await readText(join(root, name))) ?? ""))
      return `${name} configures pytest`;
  for (const folder of ["tests", "test", "."]) {
    const entries = names.has(folder) || folder === "." ? await listFolder(join(root, folder)) : [];
    const test = entries.find(
      ({ name }) => /^(test_.*|.*_test)\.py$/.test(name) || (folder !== "." && name === "conftest.py"),
    );
    if (test !== undefined) return `${folder === "." ? "" : `${folder}/`}${test.name} is there`;
  }
  return undefined;
}

async function goTests({ names }: Folder): Promise<TestCommand | undefined> {
  return names.has("go.mod") ? { command: "go test ./...", why: "go.mod is there" } : undefined;
}

async function cargoTests({ names }: Folder): Promise<TestCommand | undefined> {
  return names.has("Cargo.toml") ? { command: "cargo test", why: "Cargo.toml is there" } : undefined;
}

async function mavenTests(folder: Folder): Promise<TestCommand | undefined> {
  if (!folder.names.has("pom.xml")) return undefined;
  return { command: `${wrapperOr(folder, "mvnw", "mvn")} -B test`, why: "pom.xml is there" };
}

async function gradleTests(folder: Folder): Promise<TestCommand | undefined> {
  const build = ["build.gradle", "build.gradle.kts"].find((name) => folder.names.has(name));
  if (build === undefined) return undefined;
  return { command: `${wrapperOr(folder, "gradlew", "gradle")} test`, why: `${build} is there` };
}

/** The project's own script fetches the version that it was made for. It may have lost its executable bit. */
function wrapperOr({ names, isWindows }: Folder, wrapper: string, program: string): string {
  if (!isWindows) return names.has(wrapper) ? `sh ./${wrapper}` : program;
  const script = [`${wrapper}.cmd`, `${wrapper}.bat`].find((name) => names.has(name));
  return script === undefined ? program : `.\\${script}`;
}
