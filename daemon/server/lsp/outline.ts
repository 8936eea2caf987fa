/** The definitions of a document as the daemon knows them, as a tree, with ranges in the document's text. */
import { type Range, SymbolKind } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { NexusError } from "../../../protocol/errors.ts";
import type { SymbolEntry } from "../../../protocol/index.ts";
import type { Face, Place } from "./feature.ts";

export interface OutlineNode {
  readonly entry: SymbolEntry;
  /** Without what is around it: "add" of "Cart.add". */
  readonly name: string;
  readonly range: Range;
  /** Where the name stands. */
  readonly nameRange: Range;
  readonly children: OutlineNode[];
}

const PAGE = 500;
const MOST_SYMBOLS = 5000;

const KINDS: Readonly<Record<string, SymbolKind>> = {
  class: SymbolKind.Class,
  interface: SymbolKind.Interface,
  struct: SymbolKind.Struct,
  enum: SymbolKind.Enum,
  trait: SymbolKind.Interface,
  module: SymbolKind.Module,
  function: SymbolKind.Function,
  method: SymbolKind.Method,
  constructor: SymbolKind.Constructor,
  property: SymbolKind.Property,
  constant: SymbolKind.Constant,
  variable: SymbolKind.Variable,
  type: SymbolKind.TypeParameter,
  macro: SymbolKind.Function,
  section: SymbolKind.String,
  key: SymbolKind.Key,
  selector: SymbolKind.Key,
  table: SymbolKind.Struct,
};

export function symbolKind(kind: string): SymbolKind {
  return KINDS[kind] ?? SymbolKind.Variable;
}

/** Empty for a file that the index leaves out. */
export async function symbolsOf(face: Face, place: Place, signal: AbortSignal): Promise<SymbolEntry[]> {
  const found: SymbolEntry[] = [];
  let cursor: string | null = null;
  do {
    const page = { workspace: place.folder, path: place.path, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    const answer: { symbols: SymbolEntry[]; nextCursor: string | null } = await face.link
      .request("memory/symbols", page, { signal })
      .catch((error: unknown) => {
        if (isUnknownFile(error)) return { symbols: [], nextCursor: null };
        throw error;
      });
    found.push(...answer.symbols);
    cursor = answer.nextCursor;
  } while (cursor !== null && found.length < MOST_SYMBOLS);
  return found;
}

/** It is new and not saved, or the index leaves it out. */
export function isUnknownFile(error: unknown): boolean {
  return error instanceof NexusError && error.value.code === "memory.unknown_path";
}

export function outlineOf(
  { positions }: Pick<Face, "positions">,
  document: TextDocument,
  entries: readonly SymbolEntry[],
): OutlineNode[] {
  const roots: OutlineNode[] = [];
  const around: OutlineNode[] = [];
  for (const entry of entries) {
    while (around.length > 0 && !holds(around.at(-1), entry)) around.pop();
    const holder = around.at(-1);
    const name = holder === undefined ? entry.symbol : entry.symbol.slice(holder.entry.symbol.length + 1);
    const node = { entry, name, children: [], ...rangesOf(positions, document, entry) };
    (holder?.children ?? roots).push(node);
    around.push(node);
  }
  return roots;
}

function holds(outer: OutlineNode | undefined, inner: SymbolEntry): boolean {
  return (
    outer !== undefined &&
    outer.entry.startLine <= inner.startLine &&
    inner.endLine <= outer.entry.endLine &&
    inner.symbol.startsWith(`${outer.entry.symbol}.`)
  );
}

function rangesOf(positions: Face["positions"], document: TextDocument, entry: SymbolEntry) {
  const last = document.lineCount - 1;
  const clamp = (line: number) => Math.min(Math.max(0, line - 1), last);
  const [startLine, line, endLine] = [clamp(entry.startLine), clamp(entry.line), clamp(entry.endLine)];
  const start = document.offsetAt({ line: Math.min(startLine, line), character: 0 });
  const end = document.offsetAt({ line: Math.max(endLine, line), character: Number.MAX_SAFE_INTEGER });
  const range = positions.rangeOf(document, start, end);
  return { range, nameRange: nameRangeOn(positions, document, line, lastName(entry.symbol)) };
}

export function lastName(symbol: string): string {
  return symbol.slice(symbol.lastIndexOf(".") + 1);
}

/** `line` counts from 0. Where the name is not found, the beginning of the line. */
export function nameRangeOn(
  positions: Face["positions"],
  document: TextDocument,
  line: number,
  name: string,
  from = 0,
): Range {
  const start = document.offsetAt({ line: Math.min(line, document.lineCount - 1), character: 0 });
  const end = document.offsetAt({ line: line + 1, character: 0 });
  const text = document.getText().slice(start, Math.min(end, start + 10_000));
  const at = wholeWord(text, name, from);
  return at < 0
    ? positions.rangeOf(document, start, start)
    : positions.rangeOf(document, start + at, start + at + name.length);
}

function wholeWord(text: string, name: string, from: number): number {
  const isPart = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}_$]/u.test(character);
  for (let at = text.indexOf(name, from); at >= 0; at = text.indexOf(name, at + 1))
    if (!isPart(text[at - 1]) && !isPart(text[at + name.length])) return at;
  return text.indexOf(name, from);
}
