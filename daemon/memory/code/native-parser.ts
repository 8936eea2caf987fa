/**
 * tree-sitter's native binding, used one level below its JavaScript: `query.matches` makes an object, a cache entry and a
 * weak handle for every node, which costs more than the parse (measured on 4.3 MB TypeScript: parse 590 ms, `captures`
 * 700 ms, the same walk without objects 290 ms). The package is pinned for that reason, and when the level below
 * does not look as expected the wasm parser takes over.
 */
import { loadNativePart, loadPackageAt, packageFolder } from "../../host/packages.ts";
import type { Language } from "./languages.ts";
import { type Capture, type Captures, PARSE_LIMIT_MS, type TagParser } from "./tag-parser.ts";

/** A node in the binding's transfer array: two words of identity, first byte, row, column, alias. */
const NODE_WORDS = 6;
const FIRST_BYTE = 2;
const NO_LIMIT = 0xffff_ffff;

interface NativeTree {
  readonly rootNode: unknown;
}
interface NativeParser {
  setLanguage(language: unknown): void;
  setTimeoutMicros(micros: number): void;
  reset(): void;
  parse(text: string, previous: null, options: { bufferSize: number }): NativeTree | undefined | null;
}
interface NativeQuery {
  /** [pattern, capture name …, pattern, …] and one entry a node: a number when it is in the transfer array. */
  /** By pattern: what its captures must fulfil besides. */
  readonly predicates: readonly (readonly ((captures: readonly NamedText[]) => boolean)[])[];
  _matches(tree: NativeTree, ...options: number[]): [(number | string)[], unknown[]];
}
interface NamedText {
  readonly name: string;
  readonly node: { readonly text: string };
}
interface Binding {
  readonly Parser: new () => NativeParser;
  readonly Query: new (language: unknown, source: string) => NativeQuery;
  readonly NodeMethods: { endIndex(tree: NativeTree): number; hasError(tree: NativeTree): boolean };
  /** Replaced by a longer one when needed. */
  readonly nodeTransferArray: Uint32Array;
}

let loaded: Binding | undefined | null;

/** Undefined when the language's native grammar, or tree-sitter itself, does not load here. */
export function createNativeParser(language: Language): TagParser | undefined {
  try {
    const binding = loadBinding();
    const grammar = binding === undefined ? undefined : loadGrammar(language);
    if (binding === undefined || grammar === undefined) return undefined;
    const parser = new binding.Parser();
    parser.setLanguage(grammar);
    parser.setTimeoutMicros(PARSE_LIMIT_MS * 1000);
    const query = new binding.Query(grammar, language.tags);
    return { engine: "native", parse: (text) => parse(binding, parser, query, language.depth, text) };
  } catch {
    return undefined;
  }
}

function loadBinding(): Binding | undefined {
  if (loaded !== undefined) return loaded ?? undefined;
  loaded = null;
  const folder = packageFolder("tree-sitter");
  if (folder === undefined) return undefined;
  // Loaded first: it puts its own JavaScript on the binding's classes.
  loadPackageAt(folder);
  const binding = loadNativePart(folder);
  if (isBinding(binding)) loaded = binding;
  return loaded ?? undefined;
}

function isBinding(value: unknown): value is Binding {
  if (!isObject(value) || !isObject(value["NodeMethods"])) return false;
  const { Parser, Query, NodeMethods } = value;
  return (
    typeof Parser === "function" &&
    typeof Parser.prototype.setTimeoutMicros === "function" &&
    typeof Query === "function" &&
    typeof Query.prototype._matches === "function" &&
    isObject(NodeMethods) &&
    typeof NodeMethods["endIndex"] === "function" &&
    typeof NodeMethods["hasError"] === "function" &&
    value["nodeTransferArray"] instanceof Uint32Array
  );
}

/** Not through the grammar's own JavaScript, which reads its node types, a megabyte of JSON that nothing here needs. */
function loadGrammar({ grammar }: Language): unknown {
  if (grammar?.native !== true) return undefined;
  const folder = packageFolder(grammar.package);
  if (folder === undefined) return undefined;
  const part = loadNativePart(folder);
  return grammar.export === undefined || !isObject(part) ? part : part[grammar.export];
}

function parse(
  binding: Binding,
  parser: NativeParser,
  query: NativeQuery,
  depth: number,
  text: string,
): Captures | undefined {
  // The whole text in one piece: pieces of 32 K take half as long again on large files.
  const tree = parser.parse(text, null, { bufferSize: text.length + 1 });
  if (tree === undefined || tree === null) {
    parser.reset();
    return undefined;
  }
  const root = tree.rootNode;
  if (!isObject(root)) return undefined;
  for (let word = 0; word < NODE_WORDS; word++) binding.nodeTransferArray[word] = Number(root[word]);
  const broken = binding.NodeMethods.hasError(tree);
  const [names, nodes] = query._matches(tree, 0, 0, 0, 0, 0, 0, NO_LIMIT, depth, PARSE_LIMIT_MS * 1000);
  const matches = toMatches(binding, tree, names, nodes);
  return {
    broken,
    matches: matches
      .filter(({ pattern, captures }) => isFulfilled(query, pattern, captures, text))
      .map(({ captures }) => captures),
  };
}

interface NativeMatch {
  readonly pattern: number;
  readonly captures: Capture[];
}

function isFulfilled(
  { predicates }: NativeQuery,
  pattern: number,
  captures: readonly Capture[],
  text: string,
): boolean {
  const conditions = predicates[pattern];
  if (conditions === undefined || conditions.length === 0) return true;
  const named = captures.map(({ name, start, end }) => ({ name, node: { text: text.slice(start, end) } }));
  return conditions.every((condition) => condition(named));
}

function toMatches(
  binding: Binding,
  tree: NativeTree,
  names: readonly (number | string)[],
  nodes: readonly unknown[],
): NativeMatch[] {
  // A copy, because asking for a node's end writes over the array's beginning.
  const words = binding.nodeTransferArray.slice(0, nodes.length * NODE_WORDS);
  const matches: NativeMatch[] = [];
  let captures: Capture[] = [];
  let at = 0;
  let node = 0;
  for (const name of names) {
    if (typeof name === "number") {
      captures = [];
      matches.push({ pattern: name, captures });
      continue;
    }
    // A node that the tree has in its cache already (the root) is not in the array.
    if (typeof nodes[node++] !== "number") continue;
    const transfer = binding.nodeTransferArray;
    for (let word = 0; word < NODE_WORDS; word++) transfer[word] = words[at + word] ?? 0;
    captures.push({ name, start: (words[at + FIRST_BYTE] ?? 0) >> 1, end: binding.NodeMethods.endIndex(tree) });
    at += NODE_WORDS;
  }
  return matches;
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}
