/**
 * Words as numbers: the index keeps 52-bit hashes instead of texts, so a dictionary is a sorted array of numbers. Among five
 * million words two that share a number are to be expected once in four hundred indexes.
 */

const FIRST_SEED = 0x811c9dc5;
const SECOND_SEED = 0x2545f491;
const FIRST_FACTOR = 0x01000193;
const SECOND_FACTOR = 0x9e3779b1;

export interface HashPair {
  first: number;
  second: number;
}

/** Hashes the code units of `text` from `start` to `end` into `into`. */
export function hashRange(text: string, start: number, end: number, into: HashPair): void {
  let first = FIRST_SEED;
  let second = SECOND_SEED;
  for (let index = start; index < end; index++) {
    const unit = text.charCodeAt(index);
    first = Math.imul(first ^ unit, FIRST_FACTOR);
    second = Math.imul(second + unit, SECOND_FACTOR);
    second ^= second >>> 15;
  }
  into.first = first | 0;
  into.second = second | 0;
}

const scratch: HashPair = { first: 0, second: 0 };

/** A whole number below 2^52, the same for the same text on every machine. */
export function wordKey(text: string): number {
  hashRange(text, 0, text.length, scratch);
  return keyOf(scratch.first, scratch.second);
}

function keyOf(first: number, second: number): number {
  // The low bits of a multiplicative hash are its weak ones.
  const mixed = Math.imul(first ^ (first >>> 16), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 13)) >>> 0) * 0x100000 + (second >>> 12);
}
