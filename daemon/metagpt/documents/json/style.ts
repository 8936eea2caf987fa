/** How a JSON text is laid out, and writing values in that layout. */
import type { JsonNode } from "./syntax.ts";

export interface JsonStyle {
  /** What one step inwards is; null: all on one line. */
  readonly indent: string | null;
  readonly newline: "\n" | "\r\n";
  /** Between entries on one line. */
  readonly comma: string;
  readonly colon: string;
  /** Only ASCII, as Python's `ensure_ascii` does: all else as `\uXXXX`. */
  readonly ascii: boolean;
}

/** What MetaGPT's own documents look like: pydantic's `model_dump_json`. */
export const COMPACT: JsonStyle = { indent: null, newline: "\n", comma: ",", colon: ":", ascii: false };
/** Python's `json.dumps` without arguments. */
export const PYTHON: JsonStyle = { indent: null, newline: "\n", comma: ", ", colon: ": ", ascii: true };
/** Easy to read and to compare, for what Nexus writes anew. */
export const INDENTED: JsonStyle = { indent: "  ", newline: "\n", comma: ",", colon: ": ", ascii: false };

/** The style of a text, from the first container with something in it. */
export function styleOf(text: string, root: JsonNode): JsonStyle {
  const comma = commaOf(text, root);
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const first = root.members?.[0]?.keyStart ?? root.items?.[0]?.start;
  const lead = first === undefined ? "" : text.slice(root.start + 1, first);
  const indent = /\n([ \t]*)$/.exec(lead)?.[1] ?? null;
  // On one line with a space after each comma is what Python's `json.dumps` writes, which escapes all but ASCII.
  const isEscaped = /\\u(?!00[01])[0-9a-fA-F]{4}/.test(text) || (indent === null && comma === ", ");
  const ascii = isEscaped && !/[^\u0000-\u007f\ufeff]/.test(text);
  return { indent, newline, ascii, comma, colon: colonOf(text, root) };
}

function colonOf(text: string, root: JsonNode): string {
  const member = root.members?.[0];
  if (member === undefined) return ": ";
  return /:[ \t]*$/.exec(text.slice(member.keyStart, member.node.start))?.[0] ?? ": ";
}

function commaOf(text: string, root: JsonNode): string {
  for (const node of breadthFirst(root)) {
    const [first, second] = node.members?.map((member) => ({ start: member.keyStart, end: member.node.end })) ??
      node.items ?? [undefined, undefined];
    if (first === undefined || second === undefined) continue;
    const between = text.slice(first.end, second.start);
    if (!between.includes("\n")) return between;
  }
  return ", ";
}

function breadthFirst(root: JsonNode): JsonNode[] {
  const nodes = [root];
  for (let index = 0; index < nodes.length && nodes.length < 200; index++)
    nodes.push(...(nodes[index]?.items ?? nodes[index]?.members?.map(({ node }) => node) ?? []).slice(0, 50));
  return nodes;
}

/** `value` is plain data; `lead` is the indent of the line on which it begins. What JSON cannot hold becomes null. */
export function printJson(value: unknown, style: JsonStyle, lead = ""): string {
  if (typeof value === "string") return printString(value, style.ascii);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const isArray = Array.isArray(value);
  const inner = style.indent === null ? "" : lead + style.indent;
  const parts = isArray
    ? value.map((item) => printJson(item, style, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${printString(key, style.ascii)}${style.colon}${printJson(item, style, inner)}`);
  const [open, close] = isArray ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0) return open + close;
  if (style.indent === null) return open + parts.join(style.comma) + close;
  const line = style.newline + inner;
  return `${open}${line}${parts.join(`,${line}`)}${style.newline}${lead}${close}`;
}

export function printString(text: string, ascii: boolean): string {
  const quoted = JSON.stringify(text);
  if (!ascii) return quoted;
  return quoted.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
