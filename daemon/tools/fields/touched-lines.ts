/** Which lines of which files are what tests are about. */
import { dirname, posix } from "node:path";
import { diffLines } from "diff";
import { readReal } from "../../host/real-files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import type { FieldContext } from "./field-check.ts";
import { sourceFiles, testFiles } from "./test-runs.ts";

export interface TouchedFile {
  readonly path: string;
  readonly text: string;
  /** From 1; undefined: all. */
  readonly lines?: ReadonlySet<number>;
}

const MOST_FILES = 12;
const MAX_LENGTH = 300_000;

/** What the run changed; where it changed nothing but tests, the files that the task names or the tests import. */
export async function touchedLines(context: FieldContext): Promise<TouchedFile[]> {
  const changed = sourceFiles(context.changedInRun);
  if (changed.length > 0) return filesAt(context, changed, true);
  const imported = await Promise.all(testFiles(context.changed).map((path) => importedBy(context, path)));
  const tested = [...new Set([...sourceFiles(context.taskFiles), ...imported.flat()])];
  return filesAt(context, tested, false);
}

async function filesAt(context: FieldContext, paths: readonly string[], onlyChanged: boolean): Promise<TouchedFile[]> {
  const files = await Promise.all(
    paths.slice(0, MOST_FILES).map(async (path) => {
      const text = await textAt(context.root, path);
      if (text === undefined) return [];
      if (!onlyChanged) return [{ path, text }];
      return [{ path, text, lines: changedLines((await context.beforeRun(path)) ?? "", text) }];
    }),
  );
  return files.flat();
}

/** Of a text that was changed, the lines that were not there before. */
export function changedLines(before: string, after: string): Set<number> {
  const lines = new Set<number>();
  let line = 1;
  for (const part of diffLines(before, after)) {
    if (part.removed === true) continue;
    if (part.added === true) for (let index = 0; index < part.count; index++) lines.add(line + index);
    line += part.count;
  }
  return lines;
}

/** Undefined: it is not there, outside, too long, or no text. */
export async function textAt(root: string, path: string): Promise<string | undefined> {
  const at = await resolveInside(root, path);
  if (!at.ok) return undefined;
  const bytes = await readReal(at.value.absolute).catch(() => undefined);
  if (bytes === undefined || bytes.length > MAX_LENGTH || bytes.includes(0)) return undefined;
  return bytes.toString("utf8");
}

const JAVASCRIPT_IMPORT = /(?:from|import|require\()\s*["'](\.{1,2}\/[^"']+)["']/g;
const PYTHON_IMPORT = /^\s*(?:from\s+([\w.]+)\s+import|import\s+([\w.]+))/gm;

/** Files of the repository that a test imports; of Go, the other files of its folder. */
async function importedBy({ root }: FieldContext, test: string): Promise<string[]> {
  const text = await textAt(root, test);
  if (text === undefined) return [];
  if (test.endsWith(".go")) return existing(root, [test.replace(/_test\.go$/, ".go")]);
  const candidates = test.endsWith(".py") ? pythonModules(test, text) : javascriptModules(test, text);
  return existing(root, sourceFiles(candidates));
}

function javascriptModules(test: string, text: string): string[] {
  return [...text.matchAll(JAVASCRIPT_IMPORT)].flatMap(([, target = ""]) => {
    const path = posix.join(dirname(test), target);
    const stem = path.replace(/\.[mc]?[jt]sx?$/, "");
    return [path, ...[".ts", ".tsx", ".js", ".mjs", ".jsx", "/index.ts", "/index.js"].map((end) => stem + end)];
  });
}

function pythonModules(test: string, text: string): string[] {
  return [...text.matchAll(PYTHON_IMPORT)].flatMap(([, from, plain]) => {
    const path = (from ?? plain ?? "").replace(/^\.+/, "").replaceAll(".", "/");
    return ["", "src/", `${dirname(test)}/`].flatMap((start) => [
      posix.join(start, `${path}.py`),
      posix.join(start, path, "__init__.py"),
    ]);
  });
}

async function existing(root: string, paths: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(paths.map((path) => textAt(root, path)));
  return [...new Set(paths.filter((_, index) => texts[index] !== undefined))];
}
