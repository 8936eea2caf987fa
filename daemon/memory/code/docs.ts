/** Doc comments, read from the text around a definition: comments need no walk through the tree. */
import type { Language } from "./languages.ts";

const MAX_DOC = 300;
/** What is looked at of one comment. */
const MAX_COMMENT = 4000;
const MAX_DECORATOR_LINES = 30;

/** Comments that speak to tools, not to readers. */
const DIRECTIVE = /^(?:eslint|biome-ignore|prettier-ignore|@ts-|ts-|istanbul|c8 |v8 |go:|nolint|noqa|type:|pylint|!)/;

/** Of C#'s and Java's comments. */
const MARKUP = /<\/?(?:summary|remarks|para|see|c|p|code|pre|li|ul|b|i)\b[^>]*>/g;

/** The doc comment of a definition that begins at `start` and whose body begins at `body` (-1: has none); "" for none. */
export function docOf(text: string, start: number, body: number, { docs, decorators }: Language): string {
  if (docs.docstrings && body >= 0) return shorten(docstring(text, body));
  let end = lineStart(text, start);
  for (let skipped = 0; skipped < MAX_DECORATOR_LINES && isDecorator(text, end, decorators); skipped++)
    end = lineStart(text, end - 1);
  if (end === 0) return "";
  return shorten(blockBefore(text, end, docs.blocks) || linesBefore(text, end, docs.lines));
}

function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** Whether the line before `end` is a decorator. */
function isDecorator(text: string, end: number, decorators: readonly string[]): boolean {
  if (end === 0 || decorators.length === 0) return false;
  const from = skipBlanks(text, lineStart(text, end - 1), end);
  return decorators.some((decorator) => text.startsWith(decorator, from));
}

function skipBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++;
  return at;
}

function blockBefore(text: string, end: number, blocks: Language["docs"]["blocks"]): string {
  for (const [open, close] of blocks) {
    let last = end - 1;
    while (last >= 0 && isSpace(text.charCodeAt(last)) && end - last < 200) last--;
    const closeAt = last + 1 - close.length;
    if (closeAt < 0 || !text.startsWith(close, closeAt)) continue;
    // A blank line between says that the comment is about something else.
    if (text.indexOf("\n", text.indexOf("\n", last) + 1) < end - 1 && text.indexOf("\n", last) < end - 1) continue;
    const openAt = text.lastIndexOf(open, closeAt - 1);
    if (openAt < 0 || text.slice(lineStart(text, openAt), openAt).trim() !== "") continue;
    return stripBlock(text.slice(openAt + open.length, Math.min(closeAt, openAt + MAX_COMMENT)));
  }
  return "";
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function stripBlock(comment: string): string {
  const lines: string[] = [];
  for (const line of comment.split("\n")) {
    const stripped = line.replace(/^[\s*!]+/, "").trimEnd();
    // JSDoc's, Javadoc's and Doxygen's parts say what is said elsewhere.
    if (/^[@\\](?:param|return|throws|see|since|template|type|author|deprecated|internal)/.test(stripped)) break;
    lines.push(stripped);
  }
  return lines.join("\n");
}

function linesBefore(text: string, end: number, markers: readonly string[]): string {
  if (markers.length === 0) return "";
  const lines: string[] = [];
  let until = end;
  while (until > 0 && end - until < MAX_COMMENT) {
    const from = lineStart(text, until - 1);
    const begin = skipBlanks(text, from, until);
    const marker = markers.find((candidate) => text.startsWith(candidate, begin));
    if (marker === undefined) break;
    const line = text.slice(begin + marker.length, until).trim();
    if (!DIRECTIVE.test(line)) lines.push(line);
    until = from;
  }
  return lines.reverse().join("\n");
}

function docstring(text: string, body: number): string {
  const match = /\s*[rRuUbB]?("""|'''|"|')/y;
  match.lastIndex = body;
  const quote = match.exec(text)?.[1];
  if (quote === undefined) return "";
  const close = text.indexOf(quote, match.lastIndex);
  const end = close < 0 ? match.lastIndex : Math.min(close, match.lastIndex + MAX_COMMENT);
  return text.slice(match.lastIndex, end);
}

/** On one line; its first sentences, as many as fit. */
function shorten(comment: string): string {
  if (comment === "") return "";
  const paragraph = comment.trim();
  const bare = paragraph.includes("<") ? paragraph.replace(MARKUP, "").trim() : paragraph;
  const line = /\s\s|[\n\t\r]/.test(bare) ? bare.replace(/\s+/g, " ") : bare;
  if (line.length <= MAX_DOC) return line;
  const cut = line.slice(0, MAX_DOC);
  const sentence = Math.max(cut.lastIndexOf(". "), cut.lastIndexOf("! "), cut.lastIndexOf("? "));
  return sentence > MAX_DOC / 3 ? cut.slice(0, sentence + 1) : `${cut.slice(0, MAX_DOC - 1).trimEnd()}…`;
}
