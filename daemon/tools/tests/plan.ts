/** From what a model wants tested to the command line that does it, with a report that can be read. */
import { failure, ok, type Result } from "../../../protocol/index.ts";
import { stat } from "../../host/files.ts";
import { hostPlatform } from "../../host/processes.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { detectTests, type TestCommand } from "./detect.ts";
import { shellWord } from "./quote.ts";
import type { Framework } from "./report.ts";

export interface TestsWanted {
  /** Workspace paths of test files, or folders of them. */
  readonly paths?: readonly string[] | undefined;
  /** Part of the tests' names. */
  readonly pattern?: string | undefined;
}

export interface TestPlan {
  readonly framework: Framework;
  /** For the platform's shell, in the root of the copy. */
  readonly command: string;
  /** True when it runs just what Nexus itself runs at the end of a change. */
  readonly isWhole: boolean;
}

/** Where pytest writes its report: in the copy, because a sandbox lets it write nowhere else; removed at once. */
export const PYTEST_REPORT = ".nexus-test-report.xml";

/**
 * The command line for the project in `root`. Refuses with `tool.failed` where no tests are found or the framework has
 * no way to choose so, and with `tool.invalid_input` or `path.outside` for paths and patterns that cannot be passed.
 */
export async function planTests(
  root: string,
  wanted: TestsWanted,
  platform: NodeJS.Platform = hostPlatform,
): Promise<Result<TestPlan>> {
  const found = await detectTests(root, platform);
  if (found === undefined)
    return failure("tool.failed", "No tests that Nexus knows how to run were found; use run_command.");
  const paths = await checkedPaths(root, wanted.paths ?? []);
  if (!paths.ok) return paths;
  const words = quoted({ paths: paths.value, pattern: wanted.pattern }, platform === "win32");
  if (!words.ok) return words;
  const command = COMMANDS[found.framework](found, words.value);
  if (!command.ok) return command;
  const isWhole = paths.value.length === 0 && wanted.pattern === undefined;
  return ok({ framework: found.framework, command: command.value, isWhole });
}

/** What is chosen, each word ready for the shell; `files` are the plain paths. */
interface Chosen {
  readonly files: readonly string[];
  readonly words: readonly string[];
  readonly pattern: string | undefined;
}

type Build = (found: TestCommand, chosen: Chosen) => Result<string>;

const COMMANDS: Readonly<Record<Framework, Build>> = {
  vitest: (found, { words, pattern }) => script(found, "--reporter=json", ...option("-t", pattern), ...words),
  jest: (found, { words, pattern }) => script(found, "--json", ...option("-t", pattern), ...words),
  mocha: (found, { words, pattern }) => script(found, "--reporter json", ...option("-g", pattern), ...words),
  node: nodeTests,
  pytest: ({ command }, { words, pattern }) =>
    ok(joined(command, "-q -rfE", `--junitxml=${PYTEST_REPORT}`, ...option("-k", pattern), ...words)),
  go: goTests,
  cargo: cargoTests,
  maven: mavenTests,
  gradle: gradleTests,
  script: (found, { words, pattern }) =>
    words.length === 0 && pattern === undefined
      ? ok(found.command)
      : failure("tool.failed", `\`${found.command}\` has no way to choose tests that Nexus knows; run all of them.`),
};

function script({ command }: TestCommand, ...added: readonly string[]): Result<string> {
  // npm keeps options for itself that no “--” comes before; the others pass them on.
  return ok(joined(command, ...(command.startsWith("npm ") ? ["--"] : []), ...added));
}

const TAKES_VALUE = new Set(["--import", "--require", "-r", "--loader", "--experimental-loader", "--env-file", "-C"]);

/** Options must stand before the first path, so it is the script's own command that runs, not the script. */
function nodeTests(found: TestCommand, { words, pattern }: Chosen): Result<string> {
  const { script: text = "" } = found;
  const isSimple = !/[&|;<>$`"'\\%*?(){}\n]/.test(text) || (words.length === 0 && !/[&|;<>$`\n]/.test(text));
  const [before = "", after = ""] = text.split(/\s--test(?=\s|$)/, 2);
  if (!isSimple || !/^node(\s|$)/.test(before.trim()))
    return words.length === 0 && pattern === undefined
      ? ok(found.command)
      : failure("tool.failed", `The script \`${text}\` cannot be narrowed; run all tests, or use run_command.`);
  const options = ["--test --test-reporter=tap", ...(pattern === undefined ? [] : [`--test-name-pattern=${pattern}`])];
  const rest = words.length === 0 ? [after.trim()] : [...optionsOf(after), ...words];
  return ok(joined(before.trim(), ...options, ...rest));
}

/** The script's own options, without the paths that it names. */
function optionsOf(text: string): string[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return words.filter((word, index) => word.startsWith("-") || TAKES_VALUE.has(words[index - 1] ?? ""));
}

/** Go tests packages, so of a file its folder is tested. */
function goTests(_found: TestCommand, { words, files, pattern }: Chosen): Result<string> {
  const folders = words.map((word, index) => (files[index]?.endsWith(".go") ? folderWord(word) : `./${word}/...`));
  if (words.some((word) => word.startsWith("'") || word.startsWith('"')))
    return failure("tool.failed", "Go packages with such names cannot be chosen; run all tests.");
  const packages = folders.length === 0 ? ["./..."] : [...new Set(folders)];
  return ok(joined("go test -json", ...option("-run", pattern), ...packages));
}

function folderWord(word: string): string {
  const slash = word.lastIndexOf("/");
  return slash < 0 ? "." : `./${word.slice(0, slash)}`;
}

function cargoTests({ command }: TestCommand, { files, words, pattern }: Chosen): Result<string> {
  const targets = files.map((file) => /^tests\/([\w-]+)\.rs$/.exec(file)?.[1]);
  if (targets.some((target) => target === undefined) || words.length !== targets.length)
    return failure("tool.failed", "Cargo chooses tests/NAME.rs by its path and everything else by `pattern`.");
  return ok(
    joined(command, "--no-fail-fast", ...targets.map((target) => `--test ${target}`), ...option("--", pattern)),
  );
}

/** Surefire and Gradle choose by class: the name of the file. */
function classesOf(files: readonly string[]): Result<string[]> {
  const names = files.map((file) => /(?:^|\/)(\w+)\.(?:java|kt|groovy|scala)$/.exec(file)?.[1]);
  const known = names.flatMap((name) => (name === undefined ? [] : [name]));
  if (known.length < names.length) return failure("tool.failed", "Name the test classes' files, not folders.");
  return ok(known);
}

function mavenTests({ command }: TestCommand, { files, pattern }: Chosen): Result<string> {
  const classes = classesOf(files);
  if (!classes.ok) return classes;
  if (pattern !== undefined && !/^\w+$/.test(pattern))
    return failure("tool.failed", "Here a pattern is one word of letters, digits and underscores.");
  const wanted =
    pattern === undefined
      ? classes.value
      : (classes.value.length === 0 ? ["*"] : classes.value).map((name) => `${name}#*${pattern}*`);
  return ok(
    joined(
      command,
      ...(wanted.length === 0 ? [] : [`"-Dtest=${wanted.join(",")}"`, "-Dsurefire.failIfNoSpecifiedTests=false"]),
    ),
  );
}

function gradleTests({ command }: TestCommand, { files, pattern }: Chosen): Result<string> {
  const classes = classesOf(files);
  if (!classes.ok) return classes;
  if (pattern !== undefined && !/^\w+$/.test(pattern))
    return failure("tool.failed", "Here a pattern is one word of letters, digits and underscores.");
  const names = classes.value.map((name) => `*${name}${pattern === undefined ? "" : `.*${pattern}*`}`);
  const wanted = names.length === 0 && pattern !== undefined ? [`*${pattern}*`] : names;
  return ok(joined(command, "--continue", ...wanted.map((name) => `--tests "${name}"`)));
}

async function checkedPaths(root: string, paths: readonly string[]): Promise<Result<string[]>> {
  const checked: string[] = [];
  for (const path of paths) {
    const at = await resolveInside(root, path);
    if (!at.ok) return at;
    if (at.value.relative === "") continue;
    if (at.value.relative.startsWith("-"))
      return failure("tool.invalid_input", `“${path}” would be taken for an option of the test program.`);
    if ((await stat(at.value.absolute)) === undefined) return failure("tool.failed", `There is no ${path}.`);
    checked.push(at.value.relative);
  }
  return ok(checked);
}

function quoted(
  { paths, pattern }: { paths: readonly string[]; pattern: string | undefined },
  isWindows: boolean,
): Result<Chosen> {
  const words: string[] = [];
  for (const path of paths) {
    const word = shellWord(path, isWindows);
    if (!word.ok) return word;
    words.push(word.value);
  }
  if (pattern === undefined) return ok({ files: paths, words, pattern });
  if (pattern.startsWith("-")) return failure("tool.invalid_input", "A pattern cannot begin with “-”.");
  const word = shellWord(pattern, isWindows);
  return word.ok ? ok({ files: paths, words, pattern: word.value }) : word;
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name} ${value}`];
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}
