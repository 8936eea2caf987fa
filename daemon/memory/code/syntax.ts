/** Where a text does not follow its language's grammar. For small files that somebody has just written. */
import type { Node } from "web-tree-sitter";
import { type Language, loadLanguages } from "./languages.ts";
import { createGrammarParser, type GrammarParser } from "./wasm-parser.ts";

export interface SyntaxProblem {
  /** From 1. */
  readonly line: number;
  /** The line itself, without the space around it. */
  readonly text: string;
  readonly message: string;
}

export interface SyntaxChecker {
  /** Undefined for a language without a grammar, a text that is too long, and one that takes too long. Never throws. */
  check(path: string, text: string): Promise<readonly SyntaxProblem[] | undefined>;
}

const MAX_LENGTH = 300_000;
const MAX_PROBLEMS = 20;
const MAX_NODES = 100_000;

export function createSyntaxChecker(options: { readonly folder: string }): SyntaxChecker {
  const languages = loadLanguages(options.folder);
  const parsers = new Map<string, Promise<GrammarParser | undefined>>();

  function parserOf(language: Language): Promise<GrammarParser | undefined> {
    const known = parsers.get(language.name) ?? createGrammarParser(language);
    parsers.set(language.name, known);
    return known;
  }

  return {
    async check(path, text) {
      const language = languages.languageOf(path, text.startsWith("#!") ? text.split("\n", 1)[0] : "");
      if (language === undefined || text.length > MAX_LENGTH) return undefined;
      const parser = await parserOf(language);
      // A last line without an end makes some grammars hang, and others complain.
      const whole = text.endsWith("\n") ? text : `${text}\n`;
      return parser?.parse(whole, (root) => problemsOf(root, whole.split("\n")));
    },
  };
}

/** The outermost errors, in their order; what is below one is not looked at. */
function problemsOf(root: Node, lines: readonly string[]): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const open: Node[] = [root];
  for (let count = 0; count < MAX_NODES && problems.length < MAX_PROBLEMS; count++) {
    const node = open.pop();
    if (node === undefined) break;
    if (node.isMissing || (node.isError && node !== root)) problems.push(problemAt(node, lines));
    else if (node.hasError) open.push(...node.children.filter((child) => child !== null).reverse());
  }
  // An error may be the whole tree, with nothing below it that is one.
  if (problems.length === 0 && root.hasError) problems.push(problemAt(root, lines));
  return problems;
}

function problemAt(node: Node, lines: readonly string[]): SyntaxProblem {
  const row = node.startPosition.row;
  const message = node.isMissing ? `“${node.type}” is missing` : "syntax error";
  return { line: row + 1, text: (lines[row] ?? "").trim().slice(0, 120), message };
}
