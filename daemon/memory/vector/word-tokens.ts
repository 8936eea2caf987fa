/** Identifiers and words to the stemmed sub-words that a word table knows. The table's README.md describes the rules. */

const WORDS = /[A-Za-z][A-Za-z0-9]*(?:_+[A-Za-z0-9]+)*|_+[A-Za-z][A-Za-z0-9_]*/g;
const PARTS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g;

/** The first that leaves at least four letters is replaced; the order decides. */
const ENDINGS: readonly (readonly [ending: string, replacement: string])[] = [
  ["ational", "ate"],
  ["ization", "ize"],
  ["isation", "ize"],
  ["ations", "ate"],
  ["ation", "ate"],
  ["ing", ""],
  ["edly", ""],
  ["ed", ""],
  ["ly", ""],
  ["ment", ""],
  ["ness", ""],
  ["able", ""],
  ["ible", ""],
  ["er", ""],
  ["or", ""],
  ["ion", ""],
];
const LEFT_AT_LEAST = 4;

/** The raw words and identifiers of a text, in order. */
export function wordsOf(text: string): string[] {
  return text.match(WORDS) ?? [];
}

/** "parseHTTPCookies_v2" → pars, http, cooky, 2. */
export function subWords(word: string): string[] {
  const stems: string[] = [];
  for (const part of word.match(PARTS) ?? [])
    if (part.length > 1 || isDigit(part.charCodeAt(0))) stems.push(stemOf(part.toLowerCase()));
  return stems;
}

/** Of one sub-word in lower case. */
export function stemOf(word: string): string {
  if (word.length <= 3 || isDigit(word.charCodeAt(0))) return word;
  return withoutFinalVowel(withoutEnding(singular(word)));
}

function singular(word: string): string {
  if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
  if (word.endsWith("sses")) return word.slice(0, -2);
  return word.endsWith("s") && !/(?:ss|us|is)$/.test(word) ? word.slice(0, -1) : word;
}

function withoutEnding(word: string): string {
  for (const [ending, replacement] of ENDINGS) {
    if (!word.endsWith(ending) || word.length - ending.length < LEFT_AT_LEAST) continue;
    const left = word.slice(0, -ending.length) + replacement;
    return /([^aeiouls])\1$/.test(left) ? left.slice(0, -1) : left;
  }
  return word;
}

function withoutFinalVowel(word: string): string {
  const stem = word.length > 4 && word.endsWith("e") ? word.slice(0, -1) : word;
  return stem.length > 4 && stem.endsWith("i") ? `${stem.slice(0, -1)}y` : stem;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
