/** Small faults put into lines of a file, one at a time: what tests should notice. */
import { loadLanguages } from "../../../memory/code/languages.ts";
import { createGrammarParser, type GrammarParser, type SyntaxNode } from "../../../memory/code/wasm-parser.ts";
import { DIALECTS } from "./dialects.ts";
import { type Dialect, type Edit, editsOf, OPERATORS, type Operator } from "./operators.ts";

export interface Mutant {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly operator: Operator;
  /** What stands there, and what the mutant has instead; in one line, bounded. */
  readonly before: string;
  readonly after: string;
  /** The whole file with the fault, and without it. */
  readonly text: string;
  readonly original: string;
}

export interface Mutator {
  /**
   * The mutants of these lines (from 1; undefined: all), those that tests should notice most surely first. Undefined for
   * a language that has no operators, a text that is too long, and one that does not parse.
   */
  mutantsOf(path: string, text: string, lines?: ReadonlySet<number>): Promise<readonly Mutant[] | undefined>;
}

const MAX_LENGTH = 300_000;
const MAX_NODES = 200_000;
const SHOWN = 60;

/** By the folder of grammars: languages are loaded once. */
const mutators = new Map<string, Mutator>();

export function mutatorOf(grammars: string): Mutator {
  const mutator = mutators.get(grammars) ?? createMutator(grammars);
  mutators.set(grammars, mutator);
  return mutator;
}

/** `grammars`: the folder of the languages. */
export function createMutator(grammars: string): Mutator {
  const languages = loadLanguages(grammars);
  const parsers = new Map<string, Promise<GrammarParser | undefined>>();
  return {
    async mutantsOf(path, text, lines) {
      const language = languages.languageOf(path);
      const dialect = language === undefined ? undefined : DIALECTS[language.name];
      if (language === undefined || dialect === undefined || text.length > MAX_LENGTH) return undefined;
      const parser = parsers.get(language.name) ?? createGrammarParser(language);
      parsers.set(language.name, parser);
      // A last line without an end makes some grammars hang.
      const whole = text.endsWith("\n") ? text : `${text}\n`;
      const edits = (await parser)?.parse(whole, (root) =>
        root.hasError ? undefined : placedEdits(root, dialect, lines),
      );
      return edits?.map((edit) => mutantOf(path, text, edit));
    },
  };
}

interface PlacedEdit extends Edit {
  readonly line: number;
}

/** In the order of the operators' list within a line, and the lines in turn: a bounded number reaches every line. */
function placedEdits(root: SyntaxNode, dialect: Dialect, lines: ReadonlySet<number> | undefined): PlacedEdit[] {
  const byLine = new Map<number, PlacedEdit[]>();
  const open: SyntaxNode[] = [root];
  for (let count = 0; count < MAX_NODES; count++) {
    const node = open.pop();
    if (node === undefined) break;
    if (dialect.skipped.has(node.type)) continue;
    const line = node.startPosition.row + 1;
    for (const edit of editsOf(node, dialect)) {
      if (lines !== undefined && !lines.has(line)) continue;
      byLine.set(line, [...(byLine.get(line) ?? []), { ...edit, line }]);
    }
    open.push(...node.children.filter((child) => child !== null).reverse());
  }
  const sorted = [...byLine.entries()].sort(([first], [second]) => first - second);
  const queues = sorted.map(([, edits]) => distinct(edits).sort((first, second) => rankOf(first) - rankOf(second)));
  const placed: PlacedEdit[] = [];
  for (let round = 0; queues.some((queue) => queue.length > round); round++)
    for (const queue of queues) placed.push(...queue.slice(round, round + 1));
  return placed;
}

function distinct(edits: readonly PlacedEdit[]): PlacedEdit[] {
  return [...new Map(edits.map((edit) => [`${edit.from} ${edit.to} ${edit.replacement}`, edit])).values()];
}

function rankOf({ operator }: Edit): number {
  return OPERATORS.indexOf(operator);
}

function mutantOf(path: string, text: string, { line, operator, from, to, replacement }: PlacedEdit): Mutant {
  return {
    path,
    line,
    operator,
    before: shown(text.slice(from, to)),
    after: shown(replacement),
    text: text.slice(0, from) + replacement + text.slice(to),
    original: text,
  };
}

function shown(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`;
}
