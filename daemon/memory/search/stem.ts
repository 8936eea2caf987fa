/** Porter's stemmer (M. F. Porter, "An algorithm for suffix stripping", 1980), as published: English words to their stems. */

const MEMORY_SIZE = 200_000;
const LONGEST_WORD = 40;
const memory = new Map<string, string>();

const CONSONANTS = "[^aeiou][^aeiouy]*";
const VOWELS = "[aeiouy][aeiou]*";
/** The measure m of a stem counts its vowel-consonant pairs. */
const MEASURE_ABOVE_0 = new RegExp(`^(?:${CONSONANTS})?${VOWELS}${CONSONANTS}`);
const MEASURE_IS_1 = new RegExp(`^(?:${CONSONANTS})?${VOWELS}${CONSONANTS}(?:${VOWELS})?$`);
const MEASURE_ABOVE_1 = new RegExp(`^(?:${CONSONANTS})?${VOWELS}${CONSONANTS}${VOWELS}${CONSONANTS}`);
const HOLDS_VOWEL = new RegExp(`^(?:${CONSONANTS})?[aeiouy]`);
const ENDS_SHORT = new RegExp(`^${CONSONANTS}[aeiouy][^aeiouwxy]$`);

type Endings = readonly (readonly [ending: string, instead: string])[];

const STEP_2: Endings = [
  ...pairs("ational ate, tional tion, enci ence, anci ance, izer ize, bli ble, alli al, entli ent, eli e, ousli ous"),
  ...pairs("ization ize, ation ate, ator ate, alism al, iveness ive, fulness ful, ousness ous, aliti al, iviti ive"),
  ...pairs("biliti ble, logi log"),
];
const STEP_3: Endings = pairs("icate ic, ative , alize al, iciti ic, ical ic, ful , ness ");
const STEP_4: Endings = pairs(
  "al , ance , ence , er , ic , able , ible , ant , ement , ment , ent , ou , ism , ate , iti , ous , ive , ize ",
);

/** The stem of a lower-case word; of anything but plain English letters, and of words over 40 letters, the word itself. */
export function stem(word: string): string {
  if (word.length < 3 || word.length > LONGEST_WORD) return word;
  const known = memory.get(word);
  if (known !== undefined) return known;
  const found = /^[a-z]+$/.test(word) ? porter(word) : word;
  if (memory.size >= MEMORY_SIZE) memory.clear();
  memory.set(word, found);
  return found;
}

function porter(word: string): string {
  // A y at the start is a consonant: written as Y, no pattern takes it for a vowel.
  const marked = word.startsWith("y") ? `Y${word.slice(1)}` : word;
  const singular = withoutPlural(marked);
  const present = withoutTense(singular);
  const vowelled =
    present.endsWith("y") && HOLDS_VOWEL.test(present.slice(0, -1)) ? `${present.slice(0, -1)}i` : present;
  const plain = replaceEnding(replaceEnding(vowelled, STEP_2), STEP_3);
  return withoutLastE(withoutSuffix(plain)).toLowerCase();
}

function withoutPlural(word: string): string {
  if (word.endsWith("sses") || word.endsWith("ies")) return word.slice(0, -2);
  return word.endsWith("s") && !word.endsWith("ss") && word.length > 1 ? word.slice(0, -1) : word;
}

function withoutTense(word: string): string {
  if (word.endsWith("eed")) return MEASURE_ABOVE_0.test(word.slice(0, -3)) ? word.slice(0, -1) : word;
  const ending = ["ed", "ing"].find((tense) => word.endsWith(tense));
  if (ending === undefined) return word;
  const rest = word.slice(0, -ending.length);
  if (!HOLDS_VOWEL.test(rest)) return word;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (/([^aeiouylsz])\1$/.test(rest)) return rest.slice(0, -1);
  return ENDS_SHORT.test(rest) ? `${rest}e` : rest;
}

function replaceEnding(word: string, endings: Endings): string {
  for (const [ending, instead] of endings)
    if (word.endsWith(ending)) {
      const rest = word.slice(0, -ending.length);
      return MEASURE_ABOVE_0.test(rest) ? rest + instead : word;
    }
  return word;
}

function withoutSuffix(word: string): string {
  for (const [ending] of STEP_4)
    if (word.endsWith(ending)) {
      const rest = word.slice(0, -ending.length);
      return MEASURE_ABOVE_1.test(rest) ? rest : word;
    }
  const rest = word.slice(0, -3);
  return /[st]ion$/.test(word) && MEASURE_ABOVE_1.test(rest) ? rest : word;
}

function withoutLastE(word: string): string {
  const rest = word.slice(0, -1);
  const isSpare = MEASURE_ABOVE_1.test(rest) || (MEASURE_IS_1.test(rest) && !ENDS_SHORT.test(rest));
  const shorter = word.endsWith("e") && isSpare ? rest : word;
  return shorter.endsWith("ll") && MEASURE_ABOVE_1.test(shorter) ? shorter.slice(0, -1) : shorter;
}

function pairs(text: string): Endings {
  return text.split(", ").map((pair) => {
    const [ending = "", instead = ""] = pair.split(" ");
    return [ending, instead] as const;
  });
}
