/** Finds what a text cites: lines of files, and pages. Pure; for any text. */

export interface FileCitation {
  readonly kind: "file";
  /** As it stands in the text: [path:line] or [path:line-line]. */
  readonly text: string;
  readonly path: string;
  /** From 1, both included. */
  readonly from: number;
  readonly to: number;
  /** What stands in quotes or backticks before it, since the citation before. */
  readonly quotes: readonly string[];
  /** The words of the claim before it. */
  readonly claim: string;
}

export interface PageCitation {
  readonly kind: "page";
  readonly text: string;
  readonly url: string;
}

export type Citation = FileCitation | PageCitation;

const FILE = /\[`?([^\]\s`:][^\]\n`:]{0,299}):(\d{1,7})(?:\s*[-–]\s*(\d{1,7}))?`?\]/;
const LINK = /\]\(([^)\s#]{1,300})#L(\d{1,7})(?:-L?(\d{1,7}))?\)/;
const PAGE = /https?:\/\/[^\s<>"'`)\]}]{1,2000}/;
const ALL = new RegExp(`${FILE.source}|${LINK.source}|${PAGE.source}`, "g");
const QUOTE = /“([^”\n]{2,300})”|"([^"\n]{2,300})"|`([^`\n]{2,300})`/g;
const MOST = 400;

/** In their order, at most 400. Code blocks between fences are left out. */
export function readCitations(text: string): Citation[] {
  const citations: Citation[] = [];
  for (const line of withoutCodeBlocks(text).split("\n")) {
    let end = 0;
    let claim = "";
    for (const match of line.matchAll(ALL)) {
      if (citations.length >= MOST) return citations;
      const between = line.slice(end, match.index);
      // Citations in a row stand for one claim.
      if (!/^[\s,;]*(and)?[\s,;]*$/.test(between)) claim = between;
      citations.push(citationOf(match, claim));
      end = match.index + match[0].length;
    }
  }
  return citations;
}

function citationOf(match: RegExpExecArray, claim: string): Citation {
  const [text, filePath, fileFrom, fileTo, linkPath, linkFrom, linkTo] = match;
  const path = filePath ?? linkPath;
  if (path === undefined) return { kind: "page", text, url: text.replace(/[.,;:!?*_]+$/, "") };
  const from = Number(fileFrom ?? linkFrom);
  const to = Math.max(from, Number(fileTo ?? linkTo ?? from));
  const bare = claim.replace(ALL, " ");
  const quotes = [...bare.matchAll(QUOTE)].map((found) => found[1] ?? found[2] ?? found[3] ?? "");
  return { kind: "file", text, path: path.replace(/^\.\//, ""), from, to, quotes, claim: bare };
}

function withoutCodeBlocks(text: string): string {
  return text.replace(/^\s*(```|~~~)[\s\S]*?^\s*\1/gm, "");
}
