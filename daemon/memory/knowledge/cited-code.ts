/** What a fact cites of the code: taken down when it is noted, and found again later, moved or changed. */
import {
  type Cite,
  type CiteInput,
  type CodeCite,
  failure,
  type LineRange,
  ok,
  type Result,
} from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import { splitRelative } from "../../security/paths/path-names.ts";
import { hidesSecret } from "../../security/secrets/secrets.ts";
import { oneLine } from "./fact-text.ts";

/** The present code of a workspace, as it is now. Paths are relative to it, with forward slashes. */
export interface CitedCode {
  /** Undefined where no text file is. `oid`: the same for the same content, hexadecimal. */
  content(workspace: string, path: string): Promise<{ oid: string; text: string } | undefined>;
  /** A definition by its name, or by its holders' names and its own: "Cart.add". Lines from 1, both ends included. */
  symbol(workspace: string, path: string, name: string): Promise<SymbolText | undefined>;
}

export interface SymbolText {
  readonly text: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** Takes a citation down with the content it has now; refuses what is not there. */
export async function takeDown(code: CitedCode, workspace: string | null, input: CiteInput): Promise<Result<Cite>> {
  if ("ref" in input) return refCite(input.kind, input.ref);
  if (workspace === null)
    return failure(
      "memory.fact_invalid",
      "What holds in every workspace cannot cite a file of one; cite a commit or a URL.",
    );
  const split = splitRelative(input.path, process.platform);
  if ("problem" in split) return failure("memory.fact_invalid", `“${oneLine(input.path, 200)}”: ${split.problem}.`);
  const path = split.parts.join("/");
  const content = await code.content(workspace, path);
  if (content === undefined)
    return failure("memory.fact_invalid", `${oneLine(path, 200)} is cited, but is no text file here.`);
  const { kind, symbol = null, lines } = input;
  if (kind === "symbol" && symbol === null)
    return failure("memory.fact_invalid", "A symbol is cited without its name.");
  if (symbol !== null) {
    const found = await code.symbol(workspace, path, symbol);
    if (found === undefined)
      return failure("memory.fact_invalid", `${oneLine(path, 200)} defines no “${oneLine(symbol, 100)}”.`);
    return ok({ kind, path, symbol, ...symbolPlace(path, found), oid: content.oid });
  }
  if (lines === undefined)
    return ok({ kind, path, symbol, lines: null, oid: content.oid, hash: plainHash(path, content.text) });
  const all = content.text.split("\n");
  if (lines.start > lines.end || lines.end > all.length)
    return failure("memory.fact_invalid", `${path} has ${all.length} lines, not ${lines.start} to ${lines.end}.`);
  return ok({ kind, path, symbol, lines, oid: content.oid, hash: plainHash(path, linesOf(all, lines)) });
}

export function refCite(kind: "commit" | "run" | "url" | "person", text: string): Result<Cite> {
  const ref = oneLine(text, 1000);
  if (hidesSecret(ref)) return failure("memory.fact_secret");
  if (kind === "commit" && !/^[0-9a-f]{4,64}$/.test(ref))
    return failure("memory.fact_invalid", `“${ref.slice(0, 80)}” is no commit's hash.`);
  if (kind === "url" && !/^https?:\/\/[^\s/]/.test(ref))
    return failure("memory.fact_invalid", `“${ref.slice(0, 80)}” is no address that begins with http:// or https://.`);
  return ref === "" ? failure("memory.fact_invalid", `A ${kind} is cited without its name.`) : ok({ kind, ref });
}

/** Where a citation stands now; `why` is a sentence for people. */
export type Standing =
  | { readonly state: "same" | "moved"; readonly cite: CodeCite }
  | { readonly state: "changed" | "gone"; readonly why: string };

/**
 * Looks a citation up again: at its place, elsewhere in its file, and when it is gone from there in the `changed` files
 * (a renamed file has the same content, a moved definition the same name and text).
 */
export async function standingOf(cite: CodeCite, code: CodeNow, changed: readonly string[]): Promise<Standing> {
  const here = await code.content(cite.path);
  if (here !== undefined && here.oid === cite.oid) return { state: "same", cite };
  const place = here === undefined ? "gone" : await placeIn(cite, cite.path, here, code);
  if (place === "changed") return { state: "changed", why: `${nameOf(cite)} changed` };
  if (place !== "gone") return moved(cite, place);
  for (const path of changed) {
    const content = path === cite.path ? undefined : await code.content(path);
    if (content === undefined || (content.oid !== cite.oid && cite.symbol === null)) continue;
    const there = await placeIn(cite, path, content, code);
    if (typeof there !== "string") return moved(cite, there);
  }
  return { state: "gone", why: here === undefined ? `${cite.path} is gone` : `${nameOf(cite)} is gone` };
}

/** The code of one workspace; whoever asks twice is answered from memory. */
export interface CodeNow {
  content(path: string): Promise<{ oid: string; text: string } | undefined>;
  symbol(path: string, name: string): Promise<SymbolText | undefined>;
}

function moved(cite: CodeCite, place: CodeCite): Standing {
  const isSamePlace = place.path === cite.path && JSON.stringify(place.lines) === JSON.stringify(cite.lines);
  return { state: isSamePlace ? "same" : "moved", cite: place };
}

async function placeIn(
  cite: CodeCite,
  path: string,
  { oid, text }: { oid: string; text: string },
  code: CodeNow,
): Promise<CodeCite | "changed" | "gone"> {
  if (cite.symbol !== null) {
    const found = await code.symbol(path, cite.symbol);
    if (found === undefined) return "gone";
    const place = symbolPlace(path, found);
    return place.hash === cite.hash ? { ...cite, path, oid, ...place } : "changed";
  }
  if (cite.lines === null) return plainHash(path, text) === cite.hash ? { ...cite, path, oid } : "changed";
  const lines = findLines(path, text, cite.lines, cite.hash);
  return lines === undefined ? "changed" : { ...cite, path, oid, lines };
}

function symbolPlace(path: string, { text, startLine, endLine }: SymbolText) {
  return { lines: { start: startLine, end: endLine }, hash: plainHash(path, text) };
}

/** How far lines are looked for, up and down. */
const MAX_DRIFT = 500;

/** The same lines where they stand now, the nearest first. */
function findLines(path: string, text: string, { start, end }: LineRange, hash: string | null): LineRange | undefined {
  const all = text.split("\n");
  for (let drift = 0; drift <= MAX_DRIFT; drift++)
    for (const by of drift === 0 ? [0] : [-drift, drift]) {
      const lines = { start: start + by, end: end + by };
      if (lines.start < 1 || lines.end > all.length) continue;
      if (plainHash(path, linesOf(all, lines)) === hash) return lines;
    }
  return undefined;
}

function linesOf(all: readonly string[], { start, end }: LineRange): string {
  return all.slice(start - 1, end).join("\n");
}

const INDENTED = /\.(?:py|pyi|ya?ml|coffee|haml|pug|sass|nim|fs|hs)$/i;

/** Of the text without its white space, except where indentation is part of the program. */
function plainHash(path: string, text: string): string {
  return hashOf(INDENTED.test(path) ? withoutMargin(text) : withoutLayout(text)).slice(0, 32);
}

/** White space stays only where it keeps two words apart. */
function withoutLayout(text: string): string {
  return text.replace(/\s+/g, (space, at: number) => {
    const isBetweenWords = /\w/.test(text.charAt(at - 1)) && /\w/.test(text.charAt(at + space.length));
    return isBetweenWords ? " " : "";
  });
}

/** Relative indentation stays; blank lines, ends of lines and what all lines are indented by do not. */
function withoutMargin(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const margin = lines.reduce((least, line) => Math.min(least, line.length - line.trimStart().length), Infinity);
  return lines.map((line) => line.slice(margin).trimEnd()).join("\n");
}

/** Such as "add in src/cart.ts" or "src/cart.ts, lines 3 to 9". */
function nameOf({ path, symbol, lines }: CodeCite): string {
  if (symbol !== null) return `“${symbol}” in ${path}`;
  return lines === null ? path : `what stood in lines ${lines.start} to ${lines.end} of ${path}`;
}

/** True for a path as this file writes it: relative, and leading nowhere else. */
export function isPlainPath(path: string): boolean {
  const split = splitRelative(path, process.platform);
  return "parts" in split && split.parts.join("/") === path && path !== "";
}
