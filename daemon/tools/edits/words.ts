/** What is said of an edit: why it was refused, and what differed where it was approximate. */
import { closestLines } from "./closest-lines.ts";
import type { Document } from "./document.ts";
import { fold } from "./fold.ts";
import { hintFor } from "./hints.ts";
import type { Match } from "./match.ts";

export interface Refusal {
  readonly status: "ambiguous" | "rejected" | "already_applied" | "noop";
  /** Which edit, from 0. */
  readonly index: number;
  /** Whole sentences for the model or the person. */
  readonly message: string;
  /** Of `rejected`: the text is not there, or the edit itself cannot be taken. */
  readonly reason?: "not_found" | "unusable";
}

function rejected(index: number, reason: "not_found" | "unusable", message: string): Refusal {
  return { status: "rejected", index, message, reason };
}

export const refusals = {
  noop: (index: number): Refusal => ({
    status: "noop",
    index,
    message: "Search and replacement are the same: nothing would change.",
  }),
  emptySearch: (index: number) =>
    rejected(
      index,
      "unusable",
      "The search is empty, but the file is not. Give the lines to replace, or to insert beside.",
    ),
  noFile: () =>
    rejected(
      0,
      "unusable",
      "The file does not exist. Only an edit with an empty search makes it; its replacement is the content.",
    ),
  placeholder: (index: number, line: string) =>
    rejected(
      index,
      "unusable",
      `The replacement leaves code out: “${line}” would be written in place of it. Write the whole text, or a smaller edit.`,
    ),
  binary: (index: number) =>
    rejected(index, "unusable", "The text holds a NUL character: it is binary, not text, and is not edited."),
  markers: (index: number) =>
    rejected(
      index,
      "unusable",
      "The replacement holds the markers of a conflict (<<<<<<< … >>>>>>>), which the file does not.",
    ),
  ambiguous: (index: number, lines: readonly number[]): Refusal => ({
    status: "ambiguous",
    index,
    message: `The search fits at lines ${lines.join(", ")}${lines.length === 20 ? " …" : ""}. Include more of the lines around the one you mean.`,
  }),
  already: (index: number, line: number): Refusal => ({
    status: "already_applied",
    index,
    message: `The replacement already stands at line ${line}: this edit was made before.`,
  }),
  unfit: (index: number, line: number, problem: string) =>
    rejected(index, "unusable", `The search fits at line ${line}, but the replacement does not. ${problem}`),
  overlap: (index: number) =>
    rejected(
      index,
      "unusable",
      "An edit before this one changed the lines that it searches for. Edits apply one after the other: search for the text as it is by then, or make one edit of the two.",
    ),
  notFound: (index: number, document: Document, search: string) =>
    rejected(
      index,
      "not_found",
      `The search is not in the file.${hintFor(document, search)}${didYouMean(document, search)}`,
    ),
};

function didYouMean(document: Document, search: string): string {
  const close = closestLines(document, fold(search));
  return close === undefined ? "" : ` Did you mean these lines, from line ${close.line}?\n${close.text}\n`;
}

const MAX_SHOWN = 6;

/** “Lines 3–5 are 0.97 like the search; in the file: …” */
export function approximately({ likeness = 1, differences = [] }: Match, line: number): string {
  const shown = differences.slice(0, MAX_SHOWN).map((each) => {
    return `line ${each.line}: searched ${quote(each.search)}, found ${quote(each.file)}`;
  });
  const more = differences.length > MAX_SHOWN ? `; and ${differences.length - MAX_SHOWN} more` : "";
  const score = Math.floor(likeness * 1000) / 1000;
  return `Approximate match at line ${line} (likeness ${score}): ${shown.join("; ")}${more}.`;
}

/** As JSON, so that blanks and tabs can be seen. */
function quote(text: string): string {
  return JSON.stringify(text.length > 160 ? `${text.slice(0, 160)}…` : text);
}
