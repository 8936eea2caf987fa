import * as z from "zod/mini";
import { failure, type Result } from "../../protocol/index.ts";
import { lstat, readBytes } from "../host/files.ts";
import { createLineMatcher } from "../host/line-matcher.ts";
import { listWorkspace } from "../memory/listing.ts";
import { resolveInside } from "../security/paths/fence.ts";
import { globMatcher } from "../security/paths/glob.ts";
import { isSecretPath } from "../security/paths/path-classes.ts";
import { looksBinary } from "./files/text-file.ts";
import type { DirectTool, ToolContext } from "./tool.ts";

const MAX_MATCHES = 200;
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_LINE_LENGTH = 240;
const BATCH = 16;
const PATTERN_BUDGET_MS = 250;

const input = z.object({
  pattern: z.string().check(z.minLength(1), z.maxLength(1000)),
  regex: z.optional(z.boolean().check(z.describe("JavaScript regular expression; default: literal text"))),
  ignoreCase: z.optional(z.boolean()),
  path: z.optional(z.string().check(z.describe("Folder or file; default: everything"))),
  glob: z.optional(z.string().check(z.maxLength(300), z.describe("Such as *.ts or src/**/*.py"))),
});

type Input = z.output<typeof input>;
type FindLines = (texts: readonly string[]) => number[][] | undefined;

/** Searches what list_files lists. Files that may hold secrets, binary and large ones are left out, and counted. */
export const searchText: DirectTool<typeof input> = {
  name: "search_text",
  description: "Finds lines in files: path:line: text.",
  input,
  effect: "pure",
  timeoutMs: 30_000,
  access: ({ path }) => ({ kind: "read", paths: [path ?? "."] }),
  async execute(asked, context) {
    const finder = finderOf(asked);
    if (!finder.ok) return finder;
    const paths = await candidates(asked, context);
    if (!paths.ok) return paths;
    const found: string[] = [];
    let skipped = 0;
    for (let index = 0; index < paths.value.length && found.length <= MAX_MATCHES; index += BATCH) {
      context.signal.throwIfAborted();
      const files = await readBatch(context, paths.value.slice(index, index + BATCH));
      skipped += files.skipped;
      const lines = finder.value(files.texts.map((file) => file.text));
      if (lines === undefined)
        return failure("tool.failed", "The pattern takes too long to match; use a simpler one, or literal text.");
      for (const [at, { path, text }] of files.texts.entries()) found.push(...matchesOf(path, text, lines[at] ?? []));
    }
    return report(asked.pattern, found, skipped);
  },
};

function finderOf({ pattern, regex = false, ignoreCase = false }: Input): Result<FindLines> {
  if (!regex) return { ok: true, value: (texts) => texts.map((text) => literalLines(text, pattern, ignoreCase)) };
  try {
    const matcher = createLineMatcher(pattern, ignoreCase, PATTERN_BUDGET_MS);
    const value: FindLines = (texts) => (texts.length === 0 ? [] : matcher.match(texts, MAX_MATCHES + 1));
    return { ok: true, value };
  } catch (error) {
    return failure("tool.failed", error instanceof Error ? error.message : String(error));
  }
}

function literalLines(text: string, pattern: string, ignoreCase: boolean): number[] {
  const [hay, needle] = ignoreCase ? [text.toLowerCase(), pattern.toLowerCase()] : [text, pattern];
  const lines: number[] = [];
  let line = 1;
  let counted = 0;
  for (let at = hay.indexOf(needle); at >= 0 && lines.length <= MAX_MATCHES; ) {
    for (let end = hay.indexOf("\n", counted); end >= 0 && end < at; end = hay.indexOf("\n", counted)) {
      line += 1;
      counted = end + 1;
    }
    lines.push(line);
    const end = hay.indexOf("\n", at);
    at = end < 0 ? -1 : hay.indexOf(needle, end + 1);
  }
  return lines;
}

async function candidates({ path = ".", glob }: Input, context: ToolContext): Promise<Result<string[]>> {
  const at = await resolveInside(context.root, path, context.linked);
  if (!at.ok) return at;
  const stats = await lstat(at.value.absolute);
  if (stats === undefined) return failure("tool.failed", `There is no ${path}.`);
  const folder = at.value.relative;
  if (stats.isFile()) return { ok: true, value: [folder] };
  const { paths } = await listWorkspace(context.root, { signal: context.signal, folder });
  const matches = glob === undefined ? () => true : globMatcher(glob);
  return { ok: true, value: paths.filter((file) => matches(file) && !isSecretPath(file)) };
}

interface Batch {
  readonly texts: { readonly path: string; readonly text: string }[];
  readonly skipped: number;
}

async function readBatch(context: ToolContext, paths: readonly string[]): Promise<Batch> {
  const texts = await Promise.all(paths.map(async (path) => ({ path, text: await readSearchable(context, path) })));
  const readable = texts.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
  return { texts: readable, skipped: paths.length - readable.length };
}

/** Links are left out: inside the workspace their target is searched itself, and outside it is none of ours. */
async function readSearchable(context: ToolContext, path: string): Promise<string | undefined> {
  const absolute = `${context.root}/${path}`;
  try {
    const stats = await lstat(absolute);
    if (stats === undefined || !stats.isFile() || stats.size > MAX_FILE_BYTES) return undefined;
    const bytes = await readBytes(absolute);
    return bytes === undefined || looksBinary(bytes.subarray(0, 8192)) ? undefined : bytes.toString("utf8");
  } catch {
    return undefined;
  }
}

function matchesOf(path: string, text: string, numbers: readonly number[]): string[] {
  if (numbers.length === 0) return [];
  const lines = text.split("\n");
  return numbers.map((number) => {
    const line = (lines[number - 1] ?? "").trim();
    return `${path}:${number}: ${line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line}`;
  });
}

function report(pattern: string, found: readonly string[], skipped: number) {
  const shown = found.slice(0, MAX_MATCHES);
  const cut = found.length > MAX_MATCHES ? [`… more than ${MAX_MATCHES} matches; narrow the search.`] : [];
  const left = skipped > 0 ? [`(${skipped} binary, large or unreadable files left out)`] : [];
  const output = [...(shown.length === 0 ? ["No matches."] : shown), ...cut, ...left].join("\n");
  const count = `${shown.length}${cut.length > 0 ? "+" : ""} ${shown.length === 1 ? "match" : "matches"}`;
  return { ok: true as const, output, summary: `searched for “${pattern.slice(0, 60)}”: ${count}` };
}
