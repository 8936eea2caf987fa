/** web-tree-sitter, where the native binding or a native grammar does not load: slower by half, the same answers. */
import { join } from "node:path";
import { Language as Grammar, type Node, Parser, Query } from "web-tree-sitter";
import { systemClock } from "../../host/clock.ts";
import { packageFolder } from "../../host/packages.ts";
import { readNow } from "../../host/sync-files.ts";
import type { Language } from "./languages.ts";
import { type Captures, PARSE_LIMIT_MS, type TagParser } from "./tag-parser.ts";

/** A node of a syntax tree; valid until its tree is freed. */
export type SyntaxNode = Node;

const RUNTIME = "web-tree-sitter.wasm";

/** The runtime is one for all parsers of a thread. */
let started: Promise<boolean> | undefined;

/** Undefined when the grammar's file is not there or not what web-tree-sitter can load. */
export async function createWasmParser(language: Language): Promise<TagParser | undefined> {
  const grammar = await loadGrammar(language);
  if (grammar === undefined) return undefined;
  try {
    const parser = new Parser().setLanguage(grammar);
    const query = new Query(grammar, language.tags);
    return {
      engine: "wasm",
      parse: (text) => parse(parser, query, language.depth, text),
      dispose() {
        query.delete();
        parser.delete();
      },
    };
  } catch {
    return undefined;
  }
}

export interface GrammarParser {
  /** What `use` makes of the tree, which is freed after it; undefined when the text takes longer than PARSE_LIMIT_MS. */
  parse<Value>(text: string, use: (root: Node) => Value): Value | undefined;
}

/** A parser alone, for whoever wants the tree itself; undefined as for `createWasmParser`. */
export async function createGrammarParser(language: Language): Promise<GrammarParser | undefined> {
  const grammar = await loadGrammar(language);
  if (grammar === undefined) return undefined;
  const parser = new Parser().setLanguage(grammar);
  return {
    parse(text, use) {
      const end = systemClock.monotonic() + PARSE_LIMIT_MS;
      const tree = parser.parse(text, null, { progressCallback: () => systemClock.monotonic() > end });
      if (tree === null) {
        parser.reset();
        return undefined;
      }
      try {
        return use(tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}

async function loadGrammar(language: Language): Promise<Grammar | undefined> {
  const bytes = grammarBytes(language);
  started ??= start(join(language.folder, ".."));
  if (bytes === undefined || !(await started)) return undefined;
  return Grammar.load(bytes).catch(() => undefined);
}

/** The bundle has its files in the grammars' folder; from source they are in the packages. */
function grammarBytes({ folder, grammar }: Language): Uint8Array | undefined {
  if (grammar?.wasm === undefined) return undefined;
  return readNow(join(folder, grammar.wasm)) ?? fromPackage(grammar.package, grammar.wasm);
}

function fromPackage(name: string, file: string): Uint8Array | undefined {
  const folder = packageFolder(name);
  return folder === undefined ? undefined : readNow(join(folder, file));
}

async function start(grammars: string): Promise<boolean> {
  const wasmBinary = readNow(join(grammars, RUNTIME)) ?? fromPackage("web-tree-sitter", RUNTIME);
  if (wasmBinary === undefined) return false;
  return Parser.init({ wasmBinary }).then(
    () => true,
    () => false,
  );
}

function parse(parser: Parser, query: Query, depth: number, text: string): Captures | undefined {
  const end = systemClock.monotonic() + PARSE_LIMIT_MS;
  const progressCallback = () => systemClock.monotonic() > end;
  const tree = parser.parse(text, null, { progressCallback });
  if (tree === null) {
    parser.reset();
    return undefined;
  }
  try {
    const matches = query.matches(tree.rootNode, { maxStartDepth: depth, progressCallback });
    return {
      broken: tree.rootNode.hasError,
      matches: matches.map(({ captures }) =>
        captures.map(({ name, node }) => ({ name, start: node.startIndex, end: node.endIndex })),
      ),
    };
  } finally {
    tree.delete();
  }
}
