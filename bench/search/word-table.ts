/** The word table as its model card describes it, without a thought of speed: what the product's is compared with. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface PlainTable {
  readonly dimensions: number;
  /** The row of a stemmed sub-word, times its learned weight; undefined for a word outside. */
  row(word: string): Float64Array | undefined;
}

const WORDS = /[A-Za-z][A-Za-z0-9]*(?:_+[A-Za-z0-9]+)*|_+[A-Za-z][A-Za-z0-9_]*/g;
const PARTS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g;
const ENDINGS = [
  ...["ational ate", "ization ize", "isation ize", "ations ate", "ation ate"],
  ...["ing ", "edly ", "ed ", "ly ", "ment ", "ness ", "able ", "ible ", "er ", "or ", "ion "],
].map((pair) => pair.split(" "));

export function readTable(folder: string): PlainTable {
  const vocabulary = readFileSync(join(folder, "vocabulary.txt"), "utf8").split("\n").filter(Boolean);
  const bytes = readFileSync(join(folder, "rows.int8"));
  const scales = readFileSync(join(folder, "scale-weight.f32"));
  const dimensions = bytes.length / vocabulary.length;
  const places = new Map(vocabulary.map((word, place) => [word, place]));
  const known = new Map<string, Float64Array>();
  return {
    dimensions,
    row(word) {
      const place = places.get(word);
      if (place === undefined) return undefined;
      const scale = scales.readFloatLE(8 * place) * scales.readFloatLE(8 * place + 4);
      const made =
        known.get(word) ??
        Float64Array.from({ length: dimensions }, (_, column) => bytes.readInt8(place * dimensions + column) * scale);
      known.set(word, made);
      return made;
    },
  };
}

/** The stemmed sub-words of a text, each as often as it stands there. */
export function tableWords(text: string): string[] {
  return (text.match(WORDS) ?? []).flatMap((word) =>
    (word.match(PARTS) ?? []).filter((part) => part.length > 1 || /\d/.test(part)).map((part) => tableStem(part)),
  );
}

export function tableStem(part: string): string {
  const word = part.toLowerCase();
  if (word.length <= 3 || /^\d/.test(word)) return word;
  const singular = withoutPlural(word);
  const [ending = "", instead = ""] =
    ENDINGS.find(([end = ""]) => singular.endsWith(end) && singular.length - end.length >= 4) ?? [];
  const cut = ending === "" ? singular : singular.slice(0, -ending.length) + instead;
  const single = ending !== "" && /([^aeiouls])\1$/.test(cut) ? cut.slice(0, -1) : cut;
  const short = single.length > 4 && single.endsWith("e") ? single.slice(0, -1) : single;
  return short.length > 4 && short.endsWith("i") ? `${short.slice(0, -1)}y` : short;
}

/** Σ weight · row; zeros when no word is known. */
export function sumOfRows(table: PlainTable, weights: Iterable<readonly [word: string, weight: number]>): Float64Array {
  const sum = new Float64Array(table.dimensions);
  for (const [word, weight] of weights) addTo(sum, table.row(word) ?? [], weight);
  return sum;
}

/** Undefined for zeros. */
export function unit(vector: Float64Array): Float64Array | undefined {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((value) => value / length) : undefined;
}

export function dot(first: Float64Array, second: Float64Array): number {
  return first.reduce((sum, value, place) => sum + value * (second[place] ?? 0), 0);
}

export function addTo(sum: Float64Array, vector: ArrayLike<number>, weight: number): void {
  for (let place = 0; place < sum.length; place += 1) sum[place] = (sum[place] ?? 0) + weight * (vector[place] ?? 0);
}

function withoutPlural(word: string): string {
  if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
  if (word.endsWith("sses")) return word.slice(0, -2);
  return word.endsWith("s") && !/(?:ss|us|is)$/.test(word) ? word.slice(0, -1) : word;
}
