/** A diagram's source before it is drawn: without what would configure the drawing, and with a way back to its lines. */
export interface DiagramSource {
  readonly text: string;
  /** The line, from 1, that a line of `text` was in the document's own source. */
  lineOf(line: number): number;
}

/** Titles are drawn with their quotes, which nobody means. */
const QUOTED_TITLE = /^(\s*title\s+)"(.*)"\s*$/;
const MOST_CHARACTERS = 50_000;

/**
 * Directives and front matter are dropped: looks come from the editor's theme, and a document may not loosen how it is
 * drawn. So are a fence around it, comments and empty lines before it, as the drawing would not count them either.
 */
export function diagramSource(source: string): DiagramSource {
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  const kept: { readonly text: string; readonly line: number }[] = [];
  for (let index = afterFrontMatter(lines); index < lines.length; index++) {
    const text = lines[index] ?? "";
    if (/^\s*%%\{/.test(text)) {
      // A directive may go over several lines.
      while (index < lines.length && !/\}%%/.test(lines[index] ?? "")) index++;
      continue;
    }
    const isDropped = /^\s*(%%|```)/.test(text) || (kept.length === 0 && text.trim() === "");
    if (!isDropped) kept.push({ text: text.replace(QUOTED_TITLE, "$1$2"), line: index + 1 });
  }
  return {
    text: kept.map(({ text }) => text).join("\n"),
    lineOf: (line) => kept[line - 1]?.line ?? kept.at(-1)?.line ?? 1,
  };
}

export function isTooLong(source: string): boolean {
  return source.length > MOST_CHARACTERS;
}

export interface DiagramProblem {
  readonly message: string;
  /** In the document's own source, from 1; null where the drawing does not say. */
  readonly line: number | null;
}

/** What is wrong, in one or two lines, and where: the drawing tells it in several ways. */
export function problemOf(error: unknown, source: DiagramSource): DiagramProblem {
  const text = error instanceof Error ? error.message : String(error);
  const found = /\b(?:on|at) line (\d+)|\bline: ?(\d+)|->\s*line (\d+)/i.exec(text);
  const line = Number(found?.[1] ?? found?.[2] ?? found?.[3]);
  return { message: words(text), line: Number.isSafeInteger(line) && line > 0 ? source.lineOf(line) : null };
}

/** Without the copy of the source, the arrow below it, and the list of all words that could stand there. */
function words(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  const expecting = lines.find((line) => line.startsWith("Expecting"));
  if (expecting === undefined)
    return lines
      .filter((line) => line !== "")
      .slice(0, 3)
      .join(" ")
      .slice(0, 300);
  const got = /got '([^']*)'/.exec(expecting)?.[1] ?? "This";
  const near = lines[1]?.replace(/^\.\.\./, "").trim() ?? "";
  // Words in capitals are the grammar's own names, which say nothing to a person.
  const what = /^EOF/.test(got)
    ? "It ends too early"
    : /^[A-Z_\d]{3,}$/.test(got)
      ? "What stands here is not understood"
      : `“${got}” is not expected here`;
  return `${what}${near === "" ? "" : `, near “${near.slice(0, 80)}”`}.`;
}

function afterFrontMatter(lines: readonly string[]): number {
  const first = lines.findIndex((line) => line.trim() !== "");
  if (first < 0 || lines[first]?.trim() !== "---") return 0;
  const end = lines.findIndex((line, index) => index > first && line.trim() === "---");
  return end < 0 ? 0 : end + 1;
}
