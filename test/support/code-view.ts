/** Views made by hand: what a file defines, uses and imports, in words. */
import type {
  CodeView,
  FileFacts,
  ImportFact,
  ReferenceFact,
  ReferenceKind,
  SymbolFact,
  SymbolKind,
} from "../../daemon/memory/code/facts.ts";

export interface FileSketch {
  /** "class Cart 3-20", "method total 5-9 in Cart"; the signature may follow after a bar: "function f 1-2 | f(): void". */
  readonly defines?: readonly string[];
  /** "call price 6" */
  readonly uses?: readonly string[];
  /** "./price.ts {price, tax} 1", "os.path 2"; the line is 1 when left out. */
  readonly imports?: readonly string[];
  readonly lines?: number;
}

/** A view of these files; identifiers are mentioned where a symbol, use or import has them. */
export function codeView(sketches: Readonly<Record<string, FileSketch>>, version = 1): CodeView {
  const facts = new Map(Object.entries(sketches).map(([path, sketch]) => [path, factsOf(sketch)]));
  return viewOf(facts, version);
}

export function viewOf(facts: ReadonlyMap<string, FileFacts>, version: number): CodeView {
  const paths = [...facts.keys()].sort();
  const files = paths.map((path) => ({ path, language: "any", bytes: 100, lines: 100 }));
  const byPath = new Map(files.map((file) => [file.path, file]));
  const mentions = new Map<string, string[]>();
  for (const path of paths)
    for (const word of wordsOf(facts.get(path))) mentions.set(word, [...(mentions.get(word) ?? []), path]);
  return {
    version,
    files,
    file: (path) => byPath.get(path),
    facts: (path) => facts.get(path),
    mentioning: (identifier) => mentions.get(identifier.toLowerCase()) ?? [],
  };
}

function wordsOf(facts: FileFacts | undefined): Set<string> {
  const names = [...(facts?.symbols ?? []), ...(facts?.references ?? [])].map(({ name }) => name);
  const imported = (facts?.imports ?? []).flatMap(({ names: own, target }) => [...own, ...target.split(/\W+/)]);
  return new Set([...names, ...imported].map((name) => name.toLowerCase()));
}

export function factsOf({ defines = [], uses = [], imports = [] }: FileSketch): FileFacts {
  const symbols: SymbolFact[] = [];
  for (const text of defines) symbols.push(symbolOf(text, symbols));
  const references = uses.map((text) => referenceOf(text, symbols));
  return { language: "any", symbols, references, imports: imports.map(importOf), broken: false };
}

function symbolOf(text: string, before: readonly SymbolFact[]): SymbolFact {
  const found = /^(\w+) (\S+) (\d+)-(\d+)(?: in (\S+))?(?: \| (.*))?$/.exec(text);
  if (found === null) throw new Error(`no symbol: ${text}`);
  const [, kind = "", name = "", start = "", end = "", parent, signature] = found;
  const startLine = Number(start);
  return {
    name,
    kind: kind as SymbolKind,
    startLine,
    endLine: Number(end),
    line: startLine,
    column: 0,
    signature: signature ?? `${kind} ${name}`,
    doc: "",
    parent: before.findLastIndex((symbol) => symbol.name === parent),
  };
}

function referenceOf(text: string, symbols: readonly SymbolFact[]): ReferenceFact {
  const [kind, name = "", line] = text.split(" ");
  const at = Number(line);
  const within = symbols.findLastIndex(({ startLine, endLine }) => startLine <= at && at <= endLine);
  return { name, kind: kind as ReferenceKind, line: at, within };
}

function importOf(text: string): ImportFact {
  const found = /^(\S+)(?: \{(.*)\})?(?: (\d+))?$/.exec(text);
  const [, target = "", names, line] = found ?? [];
  return { target, names: names?.split(/, ?/) ?? [], line: Number(line ?? 1) };
}
