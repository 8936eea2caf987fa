/** The scripts that a command runs, with their bytes' hashes: an approval of `./build.sh` is one of what it says now. */
import { isAbsolute, relative } from "node:path";
import { hashOf, readBytes, stat } from "../../host/files.ts";
import type { Word } from "../command/facts.ts";
import { resolveInside } from "../paths/fence.ts";

export interface CommandFile {
  /** Workspace path of where it really is, with forward slashes. */
  readonly path: string;
  readonly sha256: string;
}

/** Programs that run what their arguments name. */
const INTERPRETERS =
  /^(?:(?:ba|da|z|k|fi)?sh|node|deno|bun|bunx|tsx|ts-node|python[\d.]*|pypy3?|ruby|perl|php|lua|Rscript|make|gmake|just|task|npx|uv|poetry|go|java|pwsh|source|\.|env|nice|time|timeout|xargs|sudo|exec|nohup)(?:\.exe)?$/;
const PACKAGE_MANAGERS = /^(?:npm|pnpm|yarn|bun)(?:\.cmd)?$/;
/** What a program runs without being told its name. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  make: ["Makefile", "makefile", "GNUmakefile"],
  gmake: ["Makefile", "makefile", "GNUmakefile"],
  just: ["justfile", "Justfile"],
  task: ["Taskfile.yml", "Taskfile.yaml"],
};
const MAX_DEPTH = 3;
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * Files of the workspace whose content decides what the command does, sorted by path: the program itself where it is a
 * path, what an interpreter is given, package.json and the scripts that the named script runs. Words that only the shell
 * will know (null) name nothing. Never rejects for what a command names.
 */
export async function commandFiles(words: readonly Word[], root: string): Promise<CommandFile[]> {
  const found = new Map<string, string>();
  await collect(words, root, found, 0);
  return [...found]
    .map(([path, sha256]) => ({ path, sha256 }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

async function collect(words: readonly Word[], root: string, found: Map<string, string>, depth: number): Promise<void> {
  const program = words[0] ?? "";
  const name = program.split("/").at(-1) ?? "";
  const named = program.includes("/") ? [program] : [];
  if (INTERPRETERS.test(name)) named.push(...words.slice(1).flatMap(pathsIn), ...(IMPLIED[name] ?? []));
  await Promise.all(named.map((path) => add(path, root, found)));
  if (PACKAGE_MANAGERS.test(name)) await packageScripts(words.slice(1), root, found, depth);
}

/** `x`, and the value of `--require=x`. */
function pathsIn(word: Word): string[] {
  if (word === null || word === "") return [];
  const value = word.startsWith("-") ? word.slice(word.indexOf("=") + 1) : word;
  return value.startsWith("-") ? [] : [value];
}

async function add(path: string, root: string, found: Map<string, string>): Promise<Buffer | undefined> {
  const inside = isAbsolute(path) ? relative(root, path) : path;
  const at = await resolveInside(root, inside).catch(() => undefined);
  if (at?.ok !== true) return undefined;
  const stats = await stat(at.value.absolute).catch(() => undefined);
  if (!stats?.isFile() || stats.size > MAX_BYTES) return undefined;
  const bytes = await readBytes(at.value.absolute).catch(() => undefined);
  if (bytes !== undefined) found.set(relative(root, at.value.absolute).replaceAll("\\", "/"), hashOf(bytes));
  return bytes;
}

async function packageScripts(
  args: readonly Word[],
  root: string,
  found: Map<string, string>,
  depth: number,
): Promise<void> {
  const manifest = await add("package.json", root, found);
  if (manifest === undefined || depth >= MAX_DEPTH) return;
  const scripts = scriptsOf(manifest.toString("utf8"));
  const wanted = args.filter((word) => word !== null).flatMap((word) => [`pre${word}`, word, `post${word}`]);
  for (const name of new Set(wanted)) {
    const script = scripts.get(name);
    if (script === undefined) continue;
    // Each simple command of the script, as far as white space and separators tell.
    for (const part of script.split(/&&|\|\||[;|&\n]/)) {
      const words = part
        .trim()
        .split(/\s+/)
        .map((word) => word.replace(/^["']|["']$/g, ""));
      await collect(words, root, found, depth + 1);
    }
  }
}

function scriptsOf(text: string): Map<string, string> {
  try {
    const parsed: unknown = JSON.parse(text);
    const scripts = typeof parsed === "object" && parsed !== null && "scripts" in parsed ? parsed.scripts : undefined;
    if (typeof scripts !== "object" || scripts === null) return new Map();
    return new Map(
      Object.entries(scripts).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
    );
  } catch {
    return new Map();
  }
}
