/** A block of ours in a file of somebody else, between two marks; what stands outside of them is never touched. */
import { type Change, lineEndOf } from "./change.ts";

export interface Block {
  /** What a comment begins with: "--", ";;". */
  readonly comment: string;
  readonly lines: readonly string[];
  /** Why the text must not be added to; undefined: it may be. */
  readonly problem?: (present: string) => string | undefined;
}

function marksOf(comment: string): readonly [begin: string, end: string] {
  return [
    `${comment} >>> nexus: written by \`nexus setup\`, which replaces what is between these marks`,
    `${comment} <<< nexus`,
  ];
}

export function blockText({ comment, lines }: Block): string {
  const [begin, end] = marksOf(comment);
  return [begin, ...lines, end].join("\n");
}

export function putBlock(present: string | undefined, block: Block): Change {
  const wanted = blockText(block);
  if (present === undefined || present.trim() === "") return { state: "missing", text: `${wanted}\n` };
  const end = lineEndOf(present);
  const own = wanted.replaceAll("\n", end);
  const found = findMarks(present, block.comment);
  if (found === "broken")
    return { state: "unreadable", why: "One of the two marks of Nexus's block is missing, or there twice." };
  if (found !== undefined) {
    if (present.slice(found.start, found.end) === own) return { state: "set" };
    return { state: "different", text: `${present.slice(0, found.start)}${own}${present.slice(found.end)}` };
  }
  const problem = block.problem?.(present);
  if (problem !== undefined) return { state: "unreadable", why: problem };
  const gap = present.endsWith("\n") ? end : `${end}${end}`;
  return { state: "missing", text: `${present}${gap}${own}${end}` };
}

function findMarks(
  text: string,
  comment: string,
): { readonly start: number; readonly end: number } | "broken" | undefined {
  const begins = startsOf(text, `${comment} >>> nexus`);
  const ends = startsOf(text, `${comment} <<< nexus`);
  const [start, stop] = [begins[0], ends[0]];
  if (start === undefined && stop === undefined) return undefined;
  if (start === undefined || stop === undefined || stop < start || begins.length + ends.length > 2) return "broken";
  return { start, end: stop + `${comment} <<< nexus`.length };
}

/** Where lines begin with these words. */
function startsOf(text: string, words: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1))
    if (at === 0 || text[at - 1] === "\n") found.push(at);
  return found;
}
