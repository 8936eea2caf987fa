/** Sources to measure on: those of the folders that are named, or of the npm packages that ship theirs. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { decodeSource } from "../../daemon/memory/sources/read.ts";
import { run } from "./run-program.ts";

const LANGUAGES: Readonly<Record<string, RegExp>> = {
  typescript: /\.ts$/,
  javascript: /\.[cm]?js$/,
  c: /\.[ch]$/,
  cpp: /\.(?:cc|cpp|hpp)$/,
  python: /\.py$/,
  go: /\.go$/,
  rust: /\.rs$/,
  java: /\.java$/,
};
/** Larger files are generated, and the limits of the index would leave some of them out. */
const MAX_FILE_BYTES = 500_000;
/** Both sides must read the same files: those that the index takes for generated, or leaves unparsed, are no part. */
const MAX_MEAN_LINE = 1000;
/** Of one language, so that none outweighs the others. */
const MAX_LANGUAGE_BYTES = 14_000_000;
/** tree-sitter's generated tables are no source that anybody wrote; a minified file is none either. */
const GENERATED =
  /(?:^|\/)(?:parser|scanner)\.c$|\.min\.[cm]?js$|(?:^|\/)(?:dist|umd|bundle|bundled|esm|cjs|lib-amd)\//;

export interface Corpus {
  readonly root: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly languages: ReadonlyMap<string, number>;
}

/** Copies the sources into a repository of their own, committed. */
export function makeCorpus(folders: readonly string[], into: string): Corpus {
  const languages = new Map<string, number>();
  const files: string[] = [];
  let bytes = 0;
  mkdirSync(into, { recursive: true });
  for (const [number, folder] of folders.entries())
    for (const file of sourcesIn(folder)) {
      const size = statSync(file).size;
      const language = languageOf(file);
      const sum = languages.get(language) ?? 0;
      if (size === 0 || size > MAX_FILE_BYTES || sum + size > MAX_LANGUAGE_BYTES || !isRead(file)) continue;
      const to = join(into, `${number}`, relative(folder, file).replaceAll("node_modules", "modules"));
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(file, to);
      languages.set(language, sum + size);
      files.push(to);
      bytes += size;
    }
  for (const args of [
    ["init", "-q", "-b", "main"],
    ["add", "-A", "-f"],
    [...AUTHOR, "commit", "-q", "-m", "Corpus"],
  ])
    run("git", ["-C", into, ...args]);
  return { root: into, files, bytes, languages };
}

function isRead(file: string): boolean {
  const decoded = decodeSource(readFileSync(file), file);
  return decoded.kind === "text" && decoded.text.length / decoded.text.split("\n").length < MAX_MEAN_LINE;
}

export const AUTHOR = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"];

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) => languageOf(file) !== "" && !GENERATED.test(file.replaceAll("\\", "/")) && !file.includes("/.git/"),
    )
    .sort();
}

function languageOf(file: string): string {
  return Object.entries(LANGUAGES).find(([, pattern]) => pattern.test(file))?.[0] ?? "";
}
