/** Commands that run some test files and no others, as the project's own configuration shows. */

import { field, parseJson } from "./imports/json.ts";
import { endingOf, folderOf, foldersUp, joinPath, stemOf } from "./paths.ts";
import type { World } from "./world.ts";

export interface TestRun {
  readonly command: string;
  /** Folder to run it in, relative to the workspace; "" is its root. */
  readonly folder: string;
  readonly tests: readonly string[];
  /** What the choice rests on: "vitest in package.json". */
  readonly why: string;
}

interface Runner {
  readonly folder: string;
  readonly why: string;
  /** Test paths relative to the folder → the command. */
  readonly command: (tests: readonly string[]) => string;
}

const MAX_ARGUMENTS = 40;

/** Tests whose runner is not plain to see are left out. Files of one runner run together, 40 at most in one command. */
export function testCommands(world: World, tests: readonly string[]): TestRun[] {
  const runs = new Map<string, { runner: Runner; tests: string[] }>();
  for (const test of tests) {
    const runner = runnerOf(world, test);
    if (runner === undefined) continue;
    const key = `${runner.folder}\0${runner.why}`;
    const run = runs.get(key) ?? { runner, tests: [] };
    if (run.tests.length < MAX_ARGUMENTS) run.tests.push(test);
    runs.set(key, run);
  }
  return [...runs.values()].map(({ runner, tests: files }) => {
    const relative = files.map((file) => (runner.folder === "" ? file : file.slice(runner.folder.length + 1)));
    return { command: runner.command(relative), folder: runner.folder, tests: files, why: runner.why };
  });
}

type Detect = (world: World, test: string) => Runner | undefined;

function runnerOf(world: World, test: string): Runner | undefined {
  const ending = endingOf(test);
  if (/^\.[mc]?[jt]sx?$/.test(ending)) return scriptRunner(world, test);
  return BY_ENDING[ending]?.(world, test);
}

const BY_ENDING: Readonly<Record<string, Detect>> = {
  ".py": (world) => plainRunner(world, "pytest", PYTHON, (tests) => `python -m pytest ${tests.map(quoted).join(" ")}`),
  ".go": goRunner,
  ".rs": rustRunner,
  ".java": jvmRunner,
  ".kt": jvmRunner,
  ".groovy": jvmRunner,
  ".scala": jvmRunner,
  ".rb": (world, test) => (test.endsWith("_spec.rb") ? rspecRunner(world) : undefined),
  ".php": (world) => plainRunner(world, "phpunit", PHP, (tests) => `vendor/bin/phpunit ${tests.map(quoted).join(" ")}`),
};

const PYTHON = ["pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini", "conftest.py", "tests/conftest.py"];
const PHP = ["phpunit.xml", "phpunit.xml.dist"];

function plainRunner(
  { view }: World,
  name: string,
  signs: readonly string[],
  command: Runner["command"],
): Runner | undefined {
  const sign = signs.find((path) => view.file(path) !== undefined);
  return sign === undefined ? undefined : { folder: "", why: `${name}: ${sign} is there`, command };
}

function rspecRunner(world: World): Runner | undefined {
  return plainRunner(world, "rspec", [".rspec", "Gemfile", "spec/spec_helper.rb"], (tests) => {
    return `bundle exec rspec ${tests.map(quoted).join(" ")}`;
  });
}

const SCRIPT_RUNNERS: readonly (readonly [string, string])[] = [
  ["vitest", "npx vitest run"],
  ["jest", "npx jest"],
  ["mocha", "npx mocha"],
  ["ava", "npx ava"],
];

/** The nearest package.json, going up, that depends on a runner or calls one in its scripts. */
function scriptRunner({ view, readText }: World, test: string): Runner | undefined {
  for (const folder of foldersUp(folderOf(test))) {
    const path = joinPath(folder, "package.json") ?? "";
    if (view.file(path) === undefined) continue;
    const manifest = parseJson(readText(path));
    const script = String(field(manifest, "scripts", "test") ?? "");
    for (const [name, start] of SCRIPT_RUNNERS) {
      const isDependency = ["devDependencies", "dependencies"].some((key) => field(manifest, key, name) !== undefined);
      if (!isDependency && !new RegExp(`\\b${name}\\b`).test(script)) continue;
      return { folder, why: `${name} in ${path}`, command: (tests) => `${start} ${tests.map(quoted).join(" ")}` };
    }
    if (/\bnode\b.*--test\b/.test(script))
      return {
        folder,
        why: `node --test in ${path}`,
        command: (tests) => `node --test ${tests.map(quoted).join(" ")}`,
      };
  }
  return undefined;
}

/** Go runs packages: the folders of the files. */
function goRunner({ view }: World, test: string): Runner | undefined {
  const folder = foldersUp(folderOf(test)).find((up) => view.file(joinPath(up, "go.mod") ?? "") !== undefined);
  if (folder === undefined) return undefined;
  const command: Runner["command"] = (tests) => {
    const packages = new Set(tests.map((path) => (folderOf(path) === "" ? "." : `./${folderOf(path)}`)));
    return `go test ${[...packages].map(quoted).join(" ")}`;
  };
  return { folder, why: "go.mod is there", command };
}

/** A file under tests/ is a target of its own; tests inside of sources run by module. */
function rustRunner({ view }: World, test: string): Runner | undefined {
  const folder = foldersUp(folderOf(test)).find((up) => view.file(joinPath(up, "Cargo.toml") ?? "") !== undefined);
  if (folder === undefined) return undefined;
  const command: Runner["command"] = (tests) => {
    const targets = tests
      .filter((path) => /^tests\/[^/]+\.rs$/.test(path))
      .map((path) => `--test ${quoted(stemOf(path))}`);
    return targets.length === tests.length ? `cargo test ${targets.join(" ")}` : "cargo test";
  };
  return { folder, why: "Cargo.toml is there", command };
}

function jvmRunner({ view }: World, test: string): Runner | undefined {
  for (const folder of foldersUp(folderOf(test))) {
    const has = (name: string): boolean => view.file(joinPath(folder, name) ?? "") !== undefined;
    if (has("pom.xml"))
      return {
        folder,
        why: "pom.xml is there",
        command: (tests) => `mvn -B test ${quoted(`-Dtest=${stems(tests).join(",")}`)}`,
      };
    if (has("build.gradle") || has("build.gradle.kts")) {
      const program = has("gradlew") ? "./gradlew" : "gradle";
      const command: Runner["command"] = (tests) =>
        `${program} test ${stems(tests)
          .map((stem) => `--tests ${quoted(`*${stem}`)}`)
          .join(" ")}`;
      return { folder, why: "Gradle builds here", command };
    }
  }
  return undefined;
}

function stems(paths: readonly string[]): string[] {
  return paths.map(stemOf);
}

/** Paths come from a repository: nothing in one may mean anything to a shell. */
function quoted(word: string): string {
  const safe = word.startsWith("-") && !word.startsWith("-D") ? `./${word}` : word;
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}
