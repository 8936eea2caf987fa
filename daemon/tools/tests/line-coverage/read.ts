/** Reads what coverage tools write: lcov, Istanbul's JSON, V8's own, Cobertura XML, Go's profiles. Never throws for bad input. */
import * as z from "zod/mini";
import { read } from "../plain-text.ts";
import { addLine, type LineCoverage } from "./lines.ts";

const MOST_FILES = 20_000;

/** `SF:path`, then `DA:line,count`. */
export function readLcov(text: string): LineCoverage {
  const files: Record<string, Record<number, boolean>> = {};
  let lines: Record<number, boolean> = {};
  for (const entry of text.split(/\r?\n/)) {
    if (entry.startsWith("SF:")) lines = files[entry.slice(3)] ??= {};
    const [, line, count] = /^DA:(\d{1,9}),(\d{1,15})/.exec(entry) ?? [];
    if (line !== undefined) addLine(lines, Number(line), Number(count) > 0);
  }
  return files;
}

const Statements = z.object({
  path: z.string(),
  statementMap: z.record(z.string(), z.object({ start: z.object({ line: z.number() }) })),
  s: z.record(z.string(), z.number()),
});

/** Istanbul's `coverage-final.json`, which jest, nyc, c8 and vitest write: a line counts by the statements that begin on it. */
export function readIstanbul(text: string): LineCoverage {
  const files: Record<string, Record<number, boolean>> = {};
  for (const value of Object.values(read(text) ?? {}).slice(0, MOST_FILES)) {
    const file = Statements.safeParse(value);
    if (!file.success) continue;
    const lines: Record<number, boolean> = {};
    for (const [id, { start }] of Object.entries(file.data.statementMap))
      addLine(lines, start.line, (file.data.s[id] ?? 0) > 0);
    files[file.data.path] = lines;
  }
  return files;
}

const V8 = z.object({
  result: z.array(
    z.object({
      url: z.string(),
      functions: z.array(
        z.object({
          ranges: z.array(z.object({ startOffset: z.number(), endOffset: z.number(), count: z.number() })),
        }),
      ),
    }),
  ),
});

/** V8's own JSON (NODE_V8_COVERAGE). `sourceOf` answers with the text that ran; a later range is inside the earlier. */
export function readV8(text: string, sourceOf: (url: string) => string | undefined): LineCoverage {
  const parsed = V8.safeParse(read(text));
  if (!parsed.success) return {};
  const files: Record<string, Record<number, boolean>> = {};
  for (const { url, functions } of parsed.data.result.slice(0, MOST_FILES)) {
    const source = url.startsWith("file:") ? sourceOf(url) : undefined;
    if (source === undefined) continue;
    const ranges = functions.flatMap((one) => one.ranges);
    const outer = ranges.sort((one, other) => sizeOf(other) - sizeOf(one));
    const lines: Record<number, boolean> = {};
    let at = 0;
    for (const [index, line] of source.split("\n").entries()) {
      const start = at + (line.length - line.trimStart().length);
      const inner = outer.filter((range) => range.startOffset <= start && start < range.endOffset).at(-1);
      if (line.trim() !== "" && inner !== undefined) addLine(lines, index + 1, inner.count > 0);
      at += line.length + 1;
    }
    files[url] = lines;
  }
  return files;
}

function sizeOf({ startOffset, endOffset }: { startOffset: number; endOffset: number }): number {
  return endOffset - startOffset;
}

/** Cobertura's XML, as `coverage xml` and pytest-cov write it; paths are relative to one of its sources. */
export function readCobertura(text: string): LineCoverage {
  const files: Record<string, Record<number, boolean>> = {};
  let lines: Record<number, boolean> = {};
  for (const [tag] of text.matchAll(/<(?:class|line)\s[^<>]{0,2000}>/g)) {
    const attribute = (name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
    const file = attribute("filename");
    if (tag.startsWith("<class") && file !== undefined) lines = files[file] ??= {};
    else if (tag.startsWith("<line")) addLine(lines, Number(attribute("number")), Number(attribute("hits")) > 0);
  }
  return files;
}

/** `go test -coverprofile`: `module/path/file.go:from.column,to.column statements count`. */
export function readGoCover(text: string): LineCoverage {
  const files: Record<string, Record<number, boolean>> = {};
  for (const entry of text.split(/\r?\n/)) {
    const [, file = "", from, to, column, count] =
      /^(.{1,1000}):(\d{1,9})\.\d{1,9},(\d{1,9})\.(\d{1,9}) \d{1,9} (\d{1,15})$/.exec(entry) ?? [];
    if (from === undefined) continue;
    files[file] ??= {};
    const lines = files[file];
    // A block that ends at a line's first columns ends with the brace alone.
    const last = Number(column) <= 2 ? Number(to) - 1 : Number(to);
    for (let line = Number(from); line <= Math.max(last, Number(from)); line += 1)
      addLine(lines, line, Number(count) > 0);
  }
  return files;
}
