/**
 * Words as numbers: the index keeps 52-bit hashes instead of texts, so a dictionary is a sorted array of numbers. Among five
 * million words two that share a number are to be expected once in four hundred indexes.
 */

export const FIRST_SEED = 0x811c9dc5 | 0;
export const SECOND_SEED = 0x2545f491;
const FIRST_FACTOR = 0x01000193;
const SECOND_FACTOR = 0x9e3779b1;

/** One more code unit of a word into its two hashes of 32 bits. */
export function hashUnit(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, FIRST_FACTOR);
}

export function hashUnitAgain(hash: number, unit: number): number {
  const product = Math.imul(hash + unit, SECOND_FACTOR);
  return product ^ (product >>> 15);
}

/** A whole number below 2^52, the same for the same text on every machine. */
export function wordKey(text: string): number {
  let first = FIRST_SEED;
  let second = SECOND_SEED;
  for (let index = 0; index < text.length; index++) {
    first = hashUnit(first, text.charCodeAt(index));
    second = hashUnitAgain(second, text.charCodeAt(index));
  }
  return keyOf(first, second);
}

function keyOf(first: number, second: number): number {
  // The low bits of a multiplicative hash are its weak ones.
  const mixed = Math.imul(first ^ (first >>> 16), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 13)) >>> 0) * 0x100000 + (second >>> 12);
}
