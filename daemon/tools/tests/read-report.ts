/** Picks the parser for what a framework wrote, and falls back to its text. Never throws for what is in an output. */
import { isAbsolute, join, relative, sep } from "node:path";
import { listFolder, readText, removeFile, stat } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { goCases, parseGo } from "./parse-go.ts";
import { jestCases, mochaCases, parseJest, parseMocha } from "./parse-jest.ts";
import { junitCases, parseJunit } from "./parse-junit.ts";
import { parseTap, tapCases } from "./parse-tap.ts";
import { cargoCases, parseCargo, parsePytest, parseSummary } from "./parse-text.ts";
import { jsonIn, withoutColours } from "./plain-text.ts";
import { PYTEST_REPORT } from "./plan.ts";
import { type Framework, joinCounts, type TestCase, type TestCounts } from "./report.ts";

export interface TestOutput {
  readonly framework: Framework;
  /** Standard output and error as they came. */
  readonly output: string;
  /** Contents of XML files that the framework wrote. */
  readonly files: readonly string[];
}

/** Undefined when nothing tells of single tests. */
export function readReport({ framework, output, files }: TestOutput): TestCounts | undefined {
  const text = withoutColours(output);
  return (
    exactly(framework, text, files) ?? parsePytest(text) ?? parseCargo(text) ?? parseTap(text) ?? parseSummary(text)
  );
}

function exactly(framework: Framework, text: string, files: readonly string[]): TestCounts | undefined {
  switch (framework) {
    case "vitest":
    case "jest":
      return parseJest(jsonIn(text));
    case "mocha":
      return parseMocha(jsonIn(text));
    case "node":
      return parseTap(text);
    case "go":
      return parseGo(text);
    case "cargo":
      return parseCargo(text);
    case "pytest":
    case "maven":
    case "gradle": {
      const parts = files.flatMap((file) => parseJunit(file) ?? []);
      return parts.length === 0 ? undefined : joinCounts(parts);
    }
    case "script":
      return undefined;
  }
}

/** Every test by its name, at most 20 000; empty when nothing tells of single tests. */
export function readCases({ framework, output, files }: TestOutput): TestCase[] {
  return casesOf(framework, withoutColours(output), files).slice(0, MOST_CASES);
}

const MOST_CASES = 20_000;

function casesOf(framework: Framework, text: string, files: readonly string[]): TestCase[] {
  switch (framework) {
    case "vitest":
    case "jest":
      return jestCases(jsonIn(text));
    case "mocha":
      return mochaCases(jsonIn(text));
    case "go":
      return goCases(text);
    case "cargo":
      return cargoCases(text);
    case "pytest":
    case "maven":
    case "gradle":
      return files.flatMap(junitCases);
    case "node":
    case "script":
      return tapCases(text);
  }
}

/** Paths as the workspace has them, whatever form the framework gave them. */
export function inWorkspace<Placed extends { readonly file?: string }>(
  root: string,
  failures: readonly Placed[],
): Placed[] {
  return failures.map((failure) => {
    if (failure.file === undefined || !isAbsolute(failure.file)) return failure;
    const path = relative(root, failure.file).split(sep).join("/");
    return path.startsWith("../") ? failure : { ...failure, file: path };
  });
}

const FOLDERS: Partial<Record<Framework, string>> = {
  maven: "target/surefire-reports",
  gradle: "build/test-results/test",
};
const MODULES = 50;
const REPORTS = 500;
const MAX_BYTES = 5 * 1024 * 1024;

/** The XML reports written since `startedAt` (milliseconds of the clock), of the root and the modules below it. */
export async function reportFiles(root: string, framework: Framework, startedAt: number): Promise<string[]> {
  if (framework === "pytest") {
    const text = await readOwn(root, PYTEST_REPORT, 0);
    return text === undefined ? [] : [text];
  }
  const folder = FOLDERS[framework];
  if (folder === undefined) return [];
  const texts: string[] = [];
  for (const module of ["", ...(await modulesOf(root))])
    for (const { name } of await listFolder(join(root, module, folder))) {
      if (!name.endsWith(".xml") || texts.length >= REPORTS) continue;
      // Files keep time by the second on some disks.
      const text = await readOwn(
        root,
        [module, folder, name].filter((part) => part !== "").join("/"),
        startedAt - 1500,
      );
      if (text !== undefined) texts.push(text);
    }
  return texts;
}

/** Tests may have put a link in a report's place: what leads out of the copy is not read. */
async function readOwn(root: string, path: string, since: number): Promise<string | undefined> {
  const at = await resolveInside(root, path);
  const stats = at.ok ? await stat(at.value.absolute).catch(() => undefined) : undefined;
  if (!at.ok || stats === undefined || !stats.isFile() || stats.mtimeMs < since || stats.size > MAX_BYTES)
    return undefined;
  return readText(at.value.absolute).catch(() => undefined);
}

async function modulesOf(root: string): Promise<string[]> {
  const entries = await listFolder(root);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  return folders.slice(0, MODULES).map(({ name }) => name);
}

export async function removeReports(root: string, framework: Framework): Promise<void> {
  if (framework === "pytest") await removeFile(join(root, PYTEST_REPORT));
}
