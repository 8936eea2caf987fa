/** Facts as bytes: a table of texts, then numbers. About a tenth of the source. */
import {
  type FileFacts,
  REFERENCE_KINDS,
  type ReferenceFact,
  SYMBOL_KINDS,
  type SymbolFact,
  type SymbolKind,
} from "../code/facts.ts";
import { type ByteReader, type ByteWriter, createByteReader, createByteWriter } from "./grow.ts";

/** A file with more symbols is a table of numbers: of its entries the names and places are kept, not the words. */
const MANY_SYMBOLS = 2000;
const ENTRIES: ReadonlySet<SymbolKind> = new Set(["macro", "constant", "key", "variable", "property", "selector"]);

const writer = createByteWriter(1 << 14);
const body = createByteWriter(1 << 14);

export function encodeFacts(facts: FileFacts): Uint8Array<ArrayBuffer> {
  const texts = new Map<string, number>();
  const textOf = (text: string) => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, texts.size);
    return texts.size - 1;
  };
  body.clear();
  body.varint(facts.broken ? 1 : 0);
  body.varint(facts.language === null ? 0 : textOf(facts.language) + 1);
  body.varint(facts.symbols.length);
  let line = 0;
  const isTable = facts.symbols.length > MANY_SYMBOLS;
  for (const symbol of facts.symbols)
    line = writeSymbol(
      body,
      isTable && ENTRIES.has(symbol.kind) ? { ...symbol, signature: "", doc: "" } : symbol,
      line,
      textOf,
    );
  body.varint(facts.references.length);
  line = 0;
  for (const reference of facts.references) line = writeReference(body, reference, line, textOf);
  body.varint(facts.imports.length);
  for (const { target, names, line: at } of facts.imports) {
    body.varint(textOf(target));
    body.varint(at);
    body.varint(names.length);
    for (const name of names) body.varint(textOf(name));
  }
  writer.clear();
  writer.varint(texts.size);
  for (const text of texts.keys()) writer.text(text);
  writer.bytes(body.written());
  return writer.written().slice();
}

/** Undefined when the bytes are none of ours. */
export function decodeFacts(bytes: Uint8Array): FileFacts | undefined {
  try {
    const reader = createByteReader(bytes);
    const texts = list(reader, () => reader.text());
    const text = () => texts[reader.varint()] ?? "";
    const broken = reader.varint() === 1;
    const language = reader.varint();
    let line = 0;
    const symbols = list(reader, () => {
      const symbol = readSymbol(reader, line, text);
      line = symbol.startLine;
      return symbol;
    });
    line = 0;
    const references = list(reader, () => {
      const reference = readReference(reader, line, texts);
      line = reference.line;
      return reference;
    });
    const imports = list(reader, () => ({ target: text(), line: reader.varint(), names: list(reader, text) }));
    return { language: language === 0 ? null : (texts[language - 1] ?? null), symbols, references, imports, broken };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function list<Item>(reader: ByteReader, read: () => Item): Item[] {
  const length = reader.varint();
  const items: Item[] = [];
  for (let index = 0; index < length; index++) items.push(read());
  return items;
}

/** Lines mostly rise by little; one that falls is written as a jump back. */
function writeLine(to: ByteWriter, line: number, last: number): void {
  const step = line - last;
  to.varint(step < 0 ? -step * 2 - 1 : step * 2);
}

function readLine(reader: ByteReader, last: number): number {
  const code = reader.varint();
  return code % 2 === 1 ? last - (code + 1) / 2 : last + code / 2;
}

function writeSymbol(to: ByteWriter, symbol: SymbolFact, last: number, textOf: (text: string) => number): number {
  to.varint(textOf(symbol.name));
  to.varint(SYMBOL_KINDS.indexOf(symbol.kind));
  writeLine(to, symbol.startLine, last);
  to.varint(Math.max(0, symbol.endLine - symbol.startLine));
  writeLine(to, symbol.line, symbol.startLine);
  to.varint(symbol.column);
  to.varint(textOf(symbol.signature));
  to.varint(textOf(symbol.doc));
  to.varint(symbol.parent + 1);
  return symbol.startLine;
}

function readSymbol(reader: ByteReader, last: number, text: () => string): SymbolFact {
  const name = text();
  const kind = SYMBOL_KINDS[reader.varint()] ?? "variable";
  const startLine = readLine(reader, last);
  const endLine = startLine + reader.varint();
  const line = readLine(reader, startLine);
  const column = reader.varint();
  return { name, kind, startLine, endLine, line, column, signature: text(), doc: text(), parent: reader.varint() - 1 };
}

function writeReference(
  to: ByteWriter,
  reference: ReferenceFact,
  last: number,
  textOf: (text: string) => number,
): number {
  to.varint(textOf(reference.name) * REFERENCE_KINDS.length + REFERENCE_KINDS.indexOf(reference.kind));
  writeLine(to, reference.line, last);
  to.varint(reference.within + 1);
  return reference.line;
}

function readReference(reader: ByteReader, last: number, texts: readonly string[]): ReferenceFact {
  const code = reader.varint();
  const name = texts[Math.floor(code / REFERENCE_KINDS.length)] ?? "";
  const kind = REFERENCE_KINDS[code % REFERENCE_KINDS.length] ?? "use";
  return { name, kind, line: readLine(reader, last), within: reader.varint() - 1 };
}
