/** A file's text with its folded forms, each made when it is first needed. */
import { fold, toLf } from "./fold.ts";

export interface Document {
  readonly text: string;
  /** With LF only. */
  lf(): string;
  folded(): string;
  /** Of the folded text; a final line ending ends the last line and begins no other. */
  lineCount(): number;
  /** Folded lines, `first` from 1; fewer where the text ends before. */
  linesFrom(first: number, count: number): string[];
  /** Numbers of the lines of places in the folded text. */
  linesOf(places: readonly number[]): number[];
}

export function createDocument(text: string): Document {
  const lf = once(() => toLf(text));
  const folded = once(() => fold(lf()));
  const starts = once(() => lineStarts(folded()));
  const lineCount = () => starts().length - 1;
  return {
    text,
    lf,
    folded,
    lineCount,
    linesFrom(first, count) {
      const lines: string[] = [];
      for (let line = Math.max(1, first); line < first + count && line <= lineCount(); line++) {
        const end = starts()[line] ?? folded().length;
        const isEnded = folded()[end - 1] === "\n";
        lines.push(folded().slice(starts()[line - 1], isEnded ? end - 1 : end));
      }
      return lines;
    },
    linesOf: (places) => places.map((place) => lineOf(starts(), place)),
  };
}

/** Where each line begins, and the end. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  if (starts.at(-1) !== text.length) starts.push(text.length);
  return starts;
}

function lineOf(starts: readonly number[], place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
