/** What a query asks for, read once: every part of the ranking takes its words from here. */
import { stem } from "./stem.ts";
import { identifierParts, isStopWord } from "./words.ts";

export interface QueryIdentifier {
  /** Lower case, to be compared with whole lower-cased identifiers. */
  readonly text: string;
  readonly weight: number;
}

export interface Query {
  readonly text: string;
  /** Distinct stems, without stop words and task verbs. */
  readonly terms: readonly string[];
  /** Distinct whole identifiers that the query may mean; the most telling weigh most. */
  readonly identifiers: readonly QueryIdentifier[];
  /** Distinct lower-case words and numbers, not stemmed, without stop words and task verbs: for the word table. */
  readonly words: readonly string[];
  /** Pieces that look like a path or a file's name, as written. */
  readonly paths: readonly string[];
  readonly speaksOfTests: boolean;
  readonly speaksOfDocs: boolean;
  readonly speaksOfExamples: boolean;
  /** It holds an identifier, a flag such as --watch, a path or quoted text: words that files may hold as they are. */
  readonly holdsIdentifier: boolean;
}

const LONGEST_QUERY = 4_000;
const WRITTEN_WEIGHT = 2;
const TRIPLE_WEIGHT = 1.5;
const PAIR_WEIGHT = 1;
const WORD_WEIGHT = 0.5;

const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const IS_WRITTEN = /\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}{2}|[\p{L}\p{N}]_+[\p{L}\p{N}]|^_+\p{L}|\$/u;
const DOTTED = /(?<![\w./-])[a-z_$][\w$]*(?:(?:\.|::|->|#)[a-z_$][\w$]+)+(?![\w./])/gi;
const CALLED = /[A-Za-z_$][\w$]*(?=\(\))/g;
const FLAG = /(?<![\w-])--?[a-z][\w-]+/i;
const QUOTED = /`[^`\n]+`|"[^"\n]+"|“[^”\n]+”|(?<![\w])'[^'\n]+'(?![\w])/u;
const IN_BACKTICKS = /`([^`\n]+)`/g;
const PATH =
  /(?<![\w:/.-])(?:\.{0,2}\/)?(?:[\w@.-]+\/)+[\w@.-]*\w|(?<![\w./-])[\w-]+(?:\.[\w-]+)*\.[a-z][a-z0-9]{0,4}(?![\w./(-])/gi;
const FILE_ENDING =
  /\.(?:[cm]?[jt]sx?|py|go|rs|java|cc?|cpp|cxx|hh?|hpp|cs|rb|php|kt|swift|sh|html?|s?css|sql|json|ya?ml|toml|md|rst|txt|vue|xml|cfg|ini|lock)$/i;
const ABBREVIATION = /^(?:e\.g|i\.e|etc|vs|node\.js|vue\.js|next\.js|express\.js)$/i;
const LINK = /\b[a-z]+:\/\/\S+/gi;

/** Reads a query, at most its first 4 000 characters. Pure and fast: a few microseconds a word. */
export function analyseQuery(text: string): Query {
  const read = text.slice(0, LONGEST_QUERY).replace(LINK, " ");
  const paths = [...new Set(read.match(PATH) ?? [])].filter(isPath);
  const dotted = (read.match(DOTTED) ?? []).filter((piece) => !ABBREVIATION.test(piece) && !FILE_ENDING.test(piece));
  const written = writtenIdentifiers(read, dotted);
  const parts = [...new Set(identifierParts(read))].filter((part) => !isStopWord(part));
  const words = parts.filter((part) => part.length > 1 || /\d/.test(part));
  const terms = [...new Set(words.filter((word) => word.length > 1).map(stem))];
  return {
    text,
    terms,
    words,
    identifiers: queryIdentifiers(read, written),
    paths,
    speaksOfTests: /\b(?:tests?|testing|tested|specs?|fixtures?|mocks?|unit[- ]tests?|coverage)\b/i.test(read),
    speaksOfDocs: /\b(?:docs?|documentation|readme|changelog|docstrings?|tutorials?|guides?)\b/i.test(read),
    speaksOfExamples: /\b(?:examples?|samples?|demos?|bench(?:marks?)?|playgrounds?)\b/i.test(read),
    holdsIdentifier: written.length > 0 || paths.length > 0 || FLAG.test(read) || QUOTED.test(read),
  };
}

function isPath(piece: string): boolean {
  if (ABBREVIATION.test(piece)) return false;
  return FILE_ENDING.test(piece) || piece.startsWith("/") || piece.startsWith("./") || piece.split("/").length > 2;
}

/** Words that only code is written in: camelCase, snake_case, a.dotted.name, called() and what stands in backticks. */
function writtenIdentifiers(text: string, dotted: readonly string[]): string[] {
  const quoted = [...text.matchAll(IN_BACKTICKS)].flatMap(([, inner = ""]) => inner.match(WORD) ?? []);
  const cased = (text.match(WORD) ?? []).filter((word) => IS_WRITTEN.test(word));
  const pieces = dotted.flatMap((piece) => piece.match(WORD) ?? []);
  return [
    ...cased,
    ...pieces,
    ...(text.match(CALLED) ?? []),
    ...quoted.filter((word) => !isStopWord(word.toLowerCase())),
  ];
}

function queryIdentifiers(text: string, written: readonly string[]): QueryIdentifier[] {
  const weights = new Map<string, number>();
  const add = (name: string, weight: number) => weights.set(name, Math.max(weight, weights.get(name) ?? 0));
  for (const name of written) add(name.toLowerCase(), WRITTEN_WEIGHT);
  for (const sentence of text.split(/[^\p{L}\p{N}\s_$'’-]+/u)) {
    const words = (sentence.match(WORD) ?? []).map((word) => word.toLowerCase());
    words.forEach((word, place) => {
      const [second, third] = [words[place + 1], words[place + 2]];
      if (word.length > 3 && !isStopWord(word)) add(word, WORD_WEIGHT);
      if (second !== undefined) add(word + second, PAIR_WEIGHT);
      if (second !== undefined && third !== undefined) add(word + second + third, TRIPLE_WEIGHT);
    });
  }
  return [...weights].map(([name, weight]) => ({ text: name, weight }));
}
