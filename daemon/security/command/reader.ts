/** Where a reading of a shell line stands. Readers move `at`; what they doubt goes to `problems`, what is no shell throws. */
import type { WordNode } from "./syntax.ts";

export interface PendingBody {
  readonly delimiter: string;
  readonly expands: boolean;
  readonly stripsTabs: boolean;
  readonly fill: (body: WordNode) => void;
}

export interface Reader {
  readonly text: string;
  readonly problems: Set<string>;
  /** Where each simple command begins: what the second reading must find too. */
  readonly commandStarts: Set<number>;
  at: number;
  depth: number;
  pending: PendingBody[];
}

/** Not a line of POSIX sh; caught where the reading began. */
export class ShellSyntaxProblem extends Error {}

const MAX_DEPTH = 24;

export function createReader(text: string): Reader {
  return { text, problems: new Set(), commandStarts: new Set(), at: 0, depth: 0, pending: [] };
}

export function fail(reader: Reader, what: string): never {
  throw new ShellSyntaxProblem(`${what} at “${reader.text.slice(reader.at, reader.at + 20)}”`);
}

/** Runs a reader one level deeper, so that no line can exhaust the stack. */
export function nested<Value>(reader: Reader, read: () => Value): Value {
  if (reader.depth >= MAX_DEPTH) fail(reader, "it is nested too deeply");
  reader.depth += 1;
  const value = read();
  reader.depth -= 1;
  return value;
}

export function peek(reader: Reader, offset = 0): string {
  return reader.text[reader.at + offset] ?? "";
}

export function looksAt(reader: Reader, token: string): boolean {
  return reader.text.startsWith(token, reader.at);
}

export function accept(reader: Reader, token: string): boolean {
  if (!looksAt(reader, token)) return false;
  reader.at += token.length;
  return true;
}

export function expect(reader: Reader, token: string): void {
  if (!accept(reader, token)) fail(reader, `“${token}” is missing`);
}

/** Spaces, tabs and continued lines; then a comment, which ends before the newline. */
export function skipBlanks(reader: Reader): void {
  for (;;) {
    const char = peek(reader);
    if (char === " " || char === "\t") reader.at += 1;
    else if (looksAt(reader, "\\\n")) {
      // Within a word a continued line joins what stands on both sides, and hides names from whoever looks.
      if (!/\s/.test(reader.text[reader.at - 1] ?? " ")) reader.problems.add("a line continues within a word");
      reader.at += 2;
    } else break;
  }
  if (peek(reader) === "#") {
    const end = reader.text.indexOf("\n", reader.at);
    reader.at = end === -1 ? reader.text.length : end;
  }
}
