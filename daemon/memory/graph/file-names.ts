/** Which names a file defines and uses, as numbers: small, and kept with the file's facts while they live. */
import type { FileFacts } from "../code/facts.ts";
import { isCode, isImportedName, isLocal } from "./symbols.ts";

export interface FileNames {
  /** Numbers of the names that others can reach, each once. */
  readonly defined: Int32Array;
  /** For each of them the place of its first symbol in the file's list. */
  readonly symbols: Int32Array;
  /** For each of them 1 when it stands at the top of the file, 0 when something holds it. */
  readonly top: Uint8Array;
  /** Numbers of the names that are used, each once. */
  readonly used: Int32Array;
  /** For each of them how often. */
  readonly counts: Int32Array;
}

export interface NameTable {
  readonly names: readonly string[];
  numberOf(name: string): number;
  /** Undefined when no file has it. */
  known(name: string): number | undefined;
  of(facts: FileFacts): FileNames;
  /** They were asked for before. */
  has(facts: FileFacts): boolean;
}

export function nameTable(): NameTable {
  const numbers = new Map<string, number>();
  const names: string[] = [];
  const kept = new WeakMap<FileFacts, FileNames>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, names.length);
    return names.push(name) - 1;
  };
  return {
    names,
    has: (facts) => kept.has(facts),
    numberOf,
    known: (name) => numbers.get(name),
    of(facts) {
      const found = kept.get(facts) ?? namesOf(facts, numberOf);
      kept.set(facts, found);
      return found;
    },
  };
}

function namesOf(facts: FileFacts, numberOf: (name: string) => number): FileNames {
  const defined = new Map<number, number>();
  for (const [index, symbol] of facts.symbols.entries()) {
    if (!isCode(symbol) || isLocal(facts, symbol) || isImportedName(facts, symbol)) continue;
    const number = numberOf(symbol.name);
    if (!defined.has(number)) defined.set(number, index);
  }
  const used = new Map<number, number>();
  for (const { name } of facts.references) {
    const number = numberOf(name);
    used.set(number, (used.get(number) ?? 0) + 1);
  }
  return {
    defined: Int32Array.from(defined.keys()),
    symbols: Int32Array.from(defined.values()),
    top: Uint8Array.from(defined.values(), (index) => (facts.symbols[index]?.parent === -1 ? 1 : 0)),
    used: Int32Array.from(used.keys()),
    counts: Int32Array.from(used.values()),
  };
}
