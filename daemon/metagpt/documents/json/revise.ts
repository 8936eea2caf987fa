/** A JSON text with other values: what is the same keeps its bytes. */
import { isDeepStrictEqual } from "node:util";
import { type JsonStyle, printJson, printString, styleOf } from "./style.ts";
import { type JsonMember, type JsonNode, parseJson } from "./syntax.ts";

/**
 * `text` with the values of `value`. Spacing, escapes, order, forms of numbers, keys that stand twice and all that is equal
 * stay as they are; undefined where `text` is no JSON. A value that is undefined counts as left out.
 */
export function reviseJson(text: string, value: unknown): string | undefined {
  const parsed = parseJson(text);
  if (!parsed.ok) return undefined;
  const { root } = parsed;
  const revised = revise({ text, style: styleOf(text, root) }, root, value, "");
  return text.slice(0, root.start) + revised + text.slice(root.end);
}

interface Document {
  readonly text: string;
  readonly style: JsonStyle;
}

function revise(document: Document, node: JsonNode, value: unknown, lead: string): string {
  const { text, style } = document;
  const own = text.slice(node.start, node.end);
  if (isDeepStrictEqual(node.value, value)) return own;
  if (node.items !== undefined && Array.isArray(value)) return reviseArray(document, node, node.items, value, lead);
  if (node.members !== undefined && isRecord(value)) return reviseObject(document, node, node.members, value, lead);
  return printJson(value, style, lead);
}

interface Piece {
  readonly text: string;
  /** What stands before it, comma included, where it stood before. */
  readonly before?: string;
}

function reviseObject(
  document: Document,
  node: JsonNode,
  members: readonly JsonMember[],
  value: Readonly<Record<string, unknown>>,
  lead: string,
): string {
  const { text, style } = document;
  const inner = innerLead(document, node, members[0]?.keyStart, lead);
  const last = new Map(members.map((member, index) => [member.key, index]));
  const kept = members.flatMap((member, index): Piece[] => {
    if (!Object.hasOwn(value, member.key) || value[member.key] === undefined) return [];
    const { start, end } = member.node;
    // Of a key that stands twice, the last is what readers see.
    const body = last.get(member.key) === index ? revise(document, member.node, value[member.key], inner) : "";
    const own = last.get(member.key) === index ? body : text.slice(start, end);
    const before = index === 0 ? undefined : text.slice(members[index - 1]?.node.end ?? 0, member.keyStart);
    return [{ text: text.slice(member.keyStart, start) + own, ...(before === undefined ? {} : { before }) }];
  });
  const added = Object.entries(value)
    .filter(([key, item]) => !last.has(key) && item !== undefined)
    .map(([key, item]) => ({
      text: `${printString(key, style.ascii)}${style.colon}${printJson(item, style, inner)}`,
    }));
  return join(document, node, { pieces: [...kept, ...added], first: members[0]?.keyStart, inner, lead });
}

function reviseArray(
  document: Document,
  node: JsonNode,
  items: readonly JsonNode[],
  value: readonly unknown[],
  lead: string,
): string {
  const { text, style } = document;
  const inner = innerLead(document, node, items[0]?.start, lead);
  const places = alignItems(items, value);
  const pieces = value.map((item, index): Piece => {
    const place = places[index];
    const from = place === undefined ? undefined : items[place];
    if (from === undefined || place === undefined) return { text: printJson(item, style, inner) };
    const before = place === 0 ? undefined : text.slice(items[place - 1]?.end ?? 0, from.start);
    return { text: revise(document, from, item, inner), ...(before === undefined ? {} : { before }) };
  });
  return join(document, node, { pieces, first: items[0]?.start, inner, lead });
}

/** For each new item the old one that it is, or that it takes the place of: equal ends first, what lies between in order. */
function alignItems(items: readonly JsonNode[], value: readonly unknown[]): (number | undefined)[] {
  const most = Math.min(items.length, value.length);
  const same = (old: number, now: number) => isDeepStrictEqual(items[old]?.value, value[now]);
  let start = 0;
  while (start < most && same(start, start)) start += 1;
  let end = 0;
  while (end < most - start && same(items.length - 1 - end, value.length - 1 - end)) end += 1;
  return value.map((_, index) => {
    if (index >= value.length - end) return index - value.length + items.length;
    return index < items.length - end ? index : undefined;
  });
}

interface Joining {
  readonly pieces: readonly Piece[];
  /** Where its first entry began; undefined: it had none. */
  readonly first: number | undefined;
  readonly inner: string;
  readonly lead: string;
}

function join({ text, style }: Document, node: JsonNode, { pieces, first, inner, lead }: Joining): string {
  const [open, close] = [text[node.start] ?? "", text[node.end - 1] ?? ""];
  if (pieces.length === 0) return open + close;
  const isNew = first === undefined;
  const isBroken = isNew ? style.indent !== null : text.slice(node.start, first).includes("\n");
  const opening = isNew ? (isBroken ? style.newline + inner : "") : text.slice(node.start + 1, first);
  const between = isBroken ? `,${style.newline}${inner}` : style.comma;
  const ending = isNew ? (isBroken ? style.newline + lead : "") : endingOf(text, node);
  const body = pieces.map((piece, index) => (index === 0 ? piece.text : (piece.before ?? between) + piece.text));
  return open + opening + body.join("") + ending + close;
}

/** The space before the closing bracket. */
function endingOf(text: string, node: JsonNode): string {
  return /\s*$/.exec(text.slice(node.start + 1, node.end - 1))?.[0] ?? "";
}

function innerLead({ text, style }: Document, node: JsonNode, first: number | undefined, lead: string): string {
  const written = first === undefined ? undefined : /\n([ \t]*)$/.exec(text.slice(node.start, first))?.[1];
  return written ?? lead + (style.indent ?? "");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
