/** A terminal's screen as an SVG: text that can be selected and searched, and that a screen reader can read. */
import type { Cell } from "./terminal.ts";

const CELL = { width: 8.4, height: 18 } as const;
const MARGIN = 12;
const BAR = 30;
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const PAPER = "#1e222a";

/** `title`: in the bar above the screen; `description`: what there is to see, for who cannot see it. */
export function screenSvg(cells: readonly (readonly Cell[])[], title: string, description: string): string {
  const columns = cells[0]?.length ?? 0;
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = cells.length * CELL.height + BAR + MARGIN;
  const rows = cells.map((row, index) => rowSvg(row, BAR + index * CELL.height));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description" font-family="${FONT}" font-size="14">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>`,
    `<text x="${width / 2}" y="20" fill="#9aa3b2" text-anchor="middle" font-size="12">${escaped(title)}</text>`,
    ...rows.filter((row) => row !== ""),
    "</svg>\n",
  ].join("\n");
}

interface Run {
  readonly column: number;
  readonly cells: Cell[];
}

function rowSvg(row: readonly Cell[], top: number): string {
  const runs = runsOf(row);
  const papers = runs.flatMap(({ column, cells }) => {
    const [first] = cells;
    if (first === undefined || first.background === PAPER) return [];
    // Whole pixels, so that no seam shows between neighbours.
    const x = Math.floor(MARGIN + column * CELL.width);
    const end = Math.floor(MARGIN + (column + cells.length) * CELL.width);
    return [`<rect x="${x}" y="${top}" width="${end - x}" height="${CELL.height}" fill="${first.background}"/>`];
  });
  const texts = runs.flatMap(({ column, cells }) => {
    const [first] = cells;
    const text = cells.map((cell) => cell.text).join("");
    if (first === undefined || (text.trim() === "" && !first.isUnderlined)) return [];
    const style = [
      `fill="${first.foreground}"`,
      ...(first.isBold ? ['font-weight="bold"'] : []),
      ...(first.isItalic ? ['font-style="italic"'] : []),
      ...(first.isUnderlined ? ['text-decoration="underline"'] : []),
    ].join(" ");
    const [x, length] = [round(MARGIN + column * CELL.width), round(cells.length * CELL.width)];
    return [
      `<text x="${x}" y="${top + 13}" textLength="${length}" xml:space="preserve" ${style}>${escaped(text)}</text>`,
    ];
  });
  return [...papers, ...texts].join("\n");
}

/** Neighbours that look alike, as one; white space alone looks like any other on the same paper. */
function runsOf(row: readonly Cell[]): Run[] {
  const runs: Run[] = [];
  for (const [column, cell] of row.entries()) {
    const last = runs.at(-1);
    if (last !== undefined && looksLike(last.cells[0], cell)) last.cells.push(cell);
    else runs.push({ column, cells: [cell] });
  }
  return runs;
}

function looksLike(one: Cell | undefined, other: Cell): boolean {
  return (
    one !== undefined &&
    one.background === other.background &&
    one.foreground === other.foreground &&
    one.isBold === other.isBold &&
    one.isItalic === other.isItalic &&
    one.isUnderlined === other.isUnderlined
  );
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
