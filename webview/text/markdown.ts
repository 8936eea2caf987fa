/**
 * A small Markdown: headings, lists, quotes, code, emphasis, links. It yields plain values that React draws as text, so
 * that HTML in a model's answer is only ever text; images are not loaded, and only http(s) links become links.
 */
export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "strong" | "em"; readonly children: readonly Inline[] }
  | { readonly kind: "link"; readonly href: string; readonly children: readonly Inline[] };

export type Block =
  | { readonly kind: "paragraph"; readonly children: readonly Inline[] }
  | { readonly kind: "heading"; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: "quote"; readonly children: readonly Block[] }
  | { readonly kind: "rule" };

const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const FENCE = /^\s{0,3}(`{3,}|~{3,})\s*([^`]*)$/;
const MAX_DEPTH = 8;

export function parseMarkdown(source: string): Block[] {
  return parseBlocks(source.replaceAll("\r\n", "\n").split("\n"), 0);
}

function parseBlocks(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; ) {
    const [block, next] = parseBlock(lines, index, depth);
    if (block !== undefined) blocks.push(block);
    index = next;
  }
  return blocks;
}

/** The block at this line, and the line after it. */
function parseBlock(lines: readonly string[], start: number, depth: number): [Block | undefined, number] {
  const line = lines[start] ?? "";
  if (line.trim() === "") return [undefined, start + 1];
  const fence = FENCE.exec(line);
  if (fence !== null) return parseFence(lines, start, fence);
  const heading = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading !== null) {
    const level = heading[1]?.length ?? 1;
    return [{ kind: "heading", level, children: parseInline(heading[2] ?? "") }, start + 1];
  }
  if (/^\s{0,3}([-*_])(\s*\1){2,}\s*$/.test(line)) return [{ kind: "rule" }, start + 1];
  if (depth < MAX_DEPTH && /^\s{0,3}>/.test(line)) return parseQuote(lines, start, depth);
  if (depth < MAX_DEPTH && ITEM.test(line)) return parseList(lines, start, depth);
  return parseParagraph(lines, start);
}

function parseFence(lines: readonly string[], start: number, fence: RegExpExecArray): [Block, number] {
  const mark = fence[1] ?? "```";
  const text: string[] = [];
  let index = start + 1;
  for (; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.trim().startsWith(mark) && line.trim().replaceAll(mark.charAt(0), "") === "") break;
    text.push(line);
  }
  return [{ kind: "code", language: (fence[2] ?? "").trim(), text: text.join("\n") }, index + 1];
}

function parseQuote(lines: readonly string[], start: number, depth: number): [Block, number] {
  let end = start;
  while (end < lines.length && /^\s{0,3}>/.test(lines[end] ?? "")) end++;
  const inner = lines.slice(start, end).map((line) => line.replace(/^\s{0,3}> ?/, ""));
  return [{ kind: "quote", children: parseBlocks(inner, depth + 1) }, end];
}

/** Lines that are indented below an item belong to it. */
function parseList(lines: readonly string[], start: number, depth: number): [Block, number] {
  const first = ITEM.exec(lines[start] ?? "");
  const indent = first?.[1]?.length ?? 0;
  const ordered = /\d/.test(first?.[2] ?? "");
  const items: string[][] = [];
  let index = start;
  for (; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const item = ITEM.exec(line);
    const isOurs = item !== null && (item[1]?.length ?? 0) <= indent + 1;
    if (isOurs && /\d/.test(item[2] ?? "") !== ordered) break;
    if (isOurs) items.push([item[3] ?? ""]);
    else if (line.trim() === "" && !/^\s{2,}\S/.test(lines[index + 1] ?? "") && !ITEM.test(lines[index + 1] ?? ""))
      break;
    else if (line.trim() !== "" && !/^\s{2,}/.test(line)) break;
    else items.at(-1)?.push(line.replace(/^\s{1,4}/, ""));
  }
  return [{ kind: "list", ordered, items: items.map((item) => parseBlocks(item, depth + 1)) }, index];
}

function parseParagraph(lines: readonly string[], start: number): [Block, number] {
  let end = start + 1;
  const ends = (line: string) =>
    line.trim() === "" || FENCE.test(line) || ITEM.test(line) || /^\s{0,3}(#{1,6}\s|>)/.test(line);
  while (end < lines.length && !ends(lines[end] ?? "")) end++;
  const text = lines.slice(start, end).map((line) => line.trim());
  return [{ kind: "paragraph", children: parseInline(text.join("\n")) }, end];
}

/** Every part is bounded, so that no text, however made, takes long. */
const INLINE =
  /(`+)(.{1,2000}?)\1(?!`)|!?\[([^\]\n]{0,500})\]\(([^()\s]{0,2000})(?:\s+"[^"\n]*")?\)|(\*\*|__)(?=\S)(.{1,2000}?)(?<=\S)\5|(?<![\w*])([*_])(?=\S)([^*_\n]{1,2000}?)(?<=\S)\7(?!\w)|(https?:\/\/[^\s<>"')\]]+)/s;

function parseInline(source: string, depth = 0): Inline[] {
  const inlines: Inline[] = [];
  let rest = source;
  for (let match = INLINE.exec(rest); match !== null && depth < MAX_DEPTH; match = INLINE.exec(rest)) {
    if (match.index > 0) inlines.push({ kind: "text", text: rest.slice(0, match.index) });
    inlines.push(inlineOf(match, depth));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== "") inlines.push({ kind: "text", text: rest });
  return inlines;
}

function inlineOf(match: RegExpExecArray, depth: number): Inline {
  const [whole, ticks, code, label, target, strong, strongText, em, emText, address] = match;
  if (ticks !== undefined) return { kind: "code", text: (code ?? "").trim() };
  if (label !== undefined) return link(whole, label, target ?? "", depth);
  if (strong !== undefined) return { kind: "strong", children: parseInline(strongText ?? "", depth + 1) };
  if (em !== undefined) return { kind: "em", children: parseInline(emText ?? "", depth + 1) };
  return link(whole, address ?? "", address ?? "", MAX_DEPTH);
}

/** An image is shown as its label; a link that leads elsewhere than to the web stays text. */
function link(whole: string, label: string, target: string, depth: number): Inline {
  const isWeb = URL.canParse(target) && /^https?:$/.test(new URL(target).protocol);
  if (whole.startsWith("!") || !isWeb) return { kind: "text", text: label === "" ? target : label };
  return { kind: "link", href: target, children: parseInline(label, depth + 1) };
}
