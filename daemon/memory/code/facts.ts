/** What is known of one file's content, whatever its path: computed once a blob, shared by every branch that holds it. */

export const SYMBOL_KINDS = [
  "class",
  "interface",
  "struct",
  "enum",
  "trait",
  "module",
  "function",
  "method",
  "constructor",
  "property",
  "constant",
  "variable",
  "type",
  "macro",
  "section",
  "key",
  "selector",
  "table",
] as const;
export type SymbolKind = (typeof SYMBOL_KINDS)[number];

/** A definition. Lines count from 1, both ends included. */
export interface SymbolFact {
  readonly name: string;
  readonly kind: SymbolKind;
  /** The whole definition, its doc comment and decorators not included. */
  readonly startLine: number;
  readonly endLine: number;
  /** Where the name stands. */
  readonly line: number;
  /** UTF-16 column of the name, from 0. */
  readonly column: number;
  /** One line, at most 200 characters: the definition without its body. */
  readonly signature: string;
  /** The first sentences of its doc comment, without comment marks, at most 300 characters; "" when it has none. */
  readonly doc: string;
  /** Place in the file's list of the symbol that holds this one; -1 at the top. */
  readonly parent: number;
}

export const REFERENCE_KINDS = ["call", "type", "extends", "use"] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

/** A name that is used: what it means is found by name, import and nearness. */
export interface ReferenceFact {
  readonly name: string;
  readonly kind: ReferenceKind;
  readonly line: number;
  /** Place in the file's list of the innermost symbol around it; -1 outside of all. */
  readonly within: number;
}

export interface ImportFact {
  /** As written, without quotes: "./cart.ts", "os.path", "std::fmt", "github.com/x/y", "stdio.h". */
  readonly target: string;
  /** The names it brings in, where they are told; empty for a whole module. */
  readonly names: readonly string[];
  readonly line: number;
}

export interface FileFacts {
  /** The language's name in grammars/, or null for plain text. */
  readonly language: string | null;
  /** In the order of their start; a parent comes before its children. */
  readonly symbols: readonly SymbolFact[];
  readonly references: readonly ReferenceFact[];
  readonly imports: readonly ImportFact[];
  /** True when the parser met code that it could not read; the rest is there. */
  readonly broken: boolean;
}

export interface ViewFile {
  /** Relative to the workspace, forward slashes. */
  readonly path: string;
  readonly language: string | null;
  readonly bytes: number;
  readonly lines: number;
}

/** The files of one workspace as they are now, with what is known of each. Everything is at hand: no call waits. */
export interface CodeView {
  /** Another number whenever a file has changed; for caches. */
  readonly version: number;
  /** Sorted by path. */
  readonly files: readonly ViewFile[];
  file(path: string): ViewFile | undefined;
  /** Empty facts for a plain file; undefined for a path that is not in the view. */
  facts(path: string): FileFacts | undefined;
  /** Paths of the files whose text holds this whole identifier, upper and lower case alike. */
  mentioning(identifier: string): readonly string[];
}

/** A small durable map for what a part derives and would rather not derive again. */
export interface PartStore {
  get(key: string): Uint8Array | undefined;
  set(key: string, bytes: Uint8Array): void;
  delete(key: string): void;
}
