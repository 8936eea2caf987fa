/** Finds how the project in a folder runs its tests. */
import { join } from "node:path";
import * as z from "zod/mini";
import { listFolder, readText } from "../../host/files.ts";
import { hostPlatform } from "../../host/processes.ts";
import type { Framework } from "./report.ts";

export interface TestCommand {
  readonly command: string;
  /** What the choice rests on, for people. */
  readonly why: string;
  readonly framework: Framework;
  /** Of an npm script: what it runs. */
  readonly script?: string;
}

/** npm writes it into every new package.json. */
const PLACEHOLDER = /no test specified/;

const Manifest = z.object({
  scripts: z.optional(z.record(z.string(), z.unknown())),
  packageManager: z.optional(z.string()),
});

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
  const framework = frameworkOf(script);
  return { command: `${manager} test`, why: `package.json has a script “test”`, framework, script };
}

/** By the last command of the script, which is the one that gets what is added to it. */
function frameworkOf(script: string): Framework {
  const last = script.split(/&&|\|\||[;|]/).at(-1) ?? "";
  if (/\bvitest\b/.test(last)) return "vitest";
  if (/\bjest\b|\breact-scripts test\b/.test(last)) return "jest";
  if (/\bmocha\b/.test(last)) return "mocha";
  return /\bnode\b.*\s--test\b/.test(last) ? "node" : "script";
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
  const framework = "pytest";
  const own = await ownPython(folder);
  if (own !== undefined) return { command: `${own} -m pytest`, why, framework };
  if (names.has("uv.lock")) return { command: "uv run pytest", why, framework };
  if (names.has("poetry.lock")) return { command: "poetry run pytest", why, framework };
  return { command: isWindows ? "python -m pytest" : "python3 -m pytest", why, framework };
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
  return names.has("go.mod") ? { command: "go test ./...", why: "go.mod is there", framework: "go" } : undefined;
}

async function cargoTests({ names }: Folder): Promise<TestCommand | undefined> {
  return names.has("Cargo.toml")
    ? { command: "cargo test", why: "Cargo.toml is there", framework: "cargo" }
    : undefined;
}

async function mavenTests(folder: Folder): Promise<TestCommand | undefined> {
  if (!folder.names.has("pom.xml")) return undefined;
  return { command: `${wrapperOr(folder, "mvnw", "mvn")} -B test`, why: "pom.xml is there", framework: "maven" };
}

async function gradleTests(folder: Folder): Promise<TestCommand | undefined> {
  const build = ["build.gradle", "build.gradle.kts"].find((name) => folder.names.has(name));
  if (build === undefined) return undefined;
  return { command: `${wrapperOr(folder, "gradlew", "gradle")} test`, why: `${build} is there`, framework: "gradle" };
}

/** The project's own script fetches the version that it was made for. It may have lost its executable bit. */
function wrapperOr({ names, isWindows }: Folder, wrapper: string, program: string): string {
  if (!isWindows) return names.has(wrapper) ? `sh ./${wrapper}` : program;
  const script = [`${wrapper}.cmd`, `${wrapper}.bat`].find((name) => names.has(name));
  return script === undefined ? program : `.\\${script}`;
}
