/** Looks up what was cited: whether it is there and holds what was said. */
import { isSecretPath } from "../../../security/paths/path-classes.ts";
import type { FieldContext } from "../field-check.ts";
import { textAt } from "../touched-lines.ts";
import type { FileCitation, PageCitation } from "./read-citations.ts";

/** Lines around a citation that still count: people cite the beginning of what they mean. */
const NEAR = 2;

/** What is wrong with it and how to put it right; undefined: it holds. `weak`: nothing was quoted that could be compared. */
export async function fileProblem(
  { root }: Pick<FieldContext, "root">,
  { path, from, to, quotes, claim }: FileCitation,
): Promise<{ readonly problem: string; readonly weak: boolean } | undefined> {
  if (isSecretPath(path)) return { problem: `${path} may hold secrets and is not to be cited.`, weak: false };
  const text = await textAt(root, path);
  if (text === undefined) return { problem: `There is no readable text file ${path}.`, weak: false };
  const lines = text.replace(/\n$/, "").split("\n");
  if (from < 1 || from > lines.length)
    return { problem: `${path} has ${lines.length} lines, so no line ${from}.`, weak: false };
  const cited = plain(lines.slice(Math.max(0, from - 1 - NEAR), to + NEAR).join(" "));
  const wanted = quotes.map(plain).filter((quote) => quote !== "" && quote !== plain(path));
  if (wanted.length > 0) {
    if (wanted.some((quote) => cited.includes(quote))) return undefined;
    return { problem: misplaced(lines, { path, from, to }, quotes), weak: false };
  }
  if (sharesWord(claim, cited)) return undefined;
  return { problem: `Nothing that you say stands in ${path} at ${range({ from, to })}.`, weak: true };
}

function misplaced(
  lines: readonly string[],
  place: Pick<FileCitation, "path" | "from" | "to">,
  quotes: readonly string[],
) {
  const { path } = place;
  const shown = quotes.slice(0, 3).map((quote) => `“${quote.slice(0, 80)}”`);
  const found = lines.findIndex((line) => quotes.some((quote) => plain(line).includes(plain(quote))));
  const elsewhere = found < 0 ? "nor anywhere else in the file" : `but at line ${found + 1}`;
  return `${shown.join(", ")} does not stand in ${path} at ${range(place)}, ${elsewhere}.`;
}

function range({ from, to }: Pick<FileCitation, "from" | "to">): string {
  return from === to ? `line ${from}` : `lines ${from}-${to}`;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[\s*_`]+/g, "");
}

function sharesWord(claim: string, cited: string): boolean {
  const words = claim.toLowerCase().match(/[\p{L}\p{N}_]{4,}/gu) ?? [];
  return words.some((word) => cited.includes(plain(word)));
}

/** A page that this run fetched, or one that can be fetched now. */
export async function pageProblem(
  { fetched, fetchPage, signal }: Pick<FieldContext, "fetched" | "fetchPage" | "signal">,
  { url }: PageCitation,
): Promise<string | undefined> {
  if (fetched.some((known) => addressOf(known) === addressOf(url))) return undefined;
  if (fetchPage === undefined) return `${url} was not fetched in this run. Fetch it, or leave it out.`;
  const page = await fetchPage(url, signal);
  return page.ok ? undefined : `${url} does not resolve: ${page.error.message}`;
}

/** Without what leads to the same page: the part after “#”, a slash at the end, capitals of the host. */
function addressOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/+$/, "")}${search}`;
}
