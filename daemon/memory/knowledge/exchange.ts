/** Facts as text for people and for other machines: Markdown to read, JSON Lines to read back. */
import * as z from "zod/mini";
import {
  type Cite,
  type CodeCite,
  Fact,
  type FactFilter,
  type FactKind,
  failure,
  type ImportReport,
  ok,
  type Result,
} from "../../../protocol/index.ts";
import { validate } from "../../../protocol/validate.ts";
import { isPlainPath, refCite } from "./cited-code.ts";
import { factText, oneLine } from "./fact-text.ts";
import { cursorOf, numberOf, rowsFitting } from "./finding.ts";
import { type Desk, MAX_FACTS } from "./noting.ts";
import type { Shelf } from "./shelf.ts";

export const KIND_TITLES: Readonly<Record<FactKind, string>> = {
  fact: "fact",
  decision: "decision",
  convention: "convention",
  dead_end: "dead end",
  preference: "preference",
};

export interface ExportQuery {
  readonly format: "markdown" | "jsonl";
  readonly filter?: FactFilter;
  readonly cursor?: string;
  /** Of a page's text; one fact comes whole in any case. */
  readonly maxCharacters: number;
}

export interface ExportPage {
  readonly text: string;
  readonly count: number;
  readonly nextCursor: string | null;
}

/** Rejects with `request.invalid` for a cursor that is not ours. */
export function exportPage(
  shelves: readonly Shelf[],
  { format, filter = {}, cursor, maxCharacters }: ExportQuery,
): ExportPage {
  const after = cursor === undefined ? -1 : numberOf(cursor);
  const newestFirst = rowsFitting(shelves, filter).filter(({ number }) => number > after);
  const rows = newestFirst.reverse();
  const entry = format === "jsonl" ? jsonLine : markdownEntry;
  let text = "";
  let count = 0;
  for (const { fact } of rows) {
    const more = entry(fact);
    if (count > 0 && text.length + more.length > maxCharacters) break;
    text += more;
    count += 1;
  }
  const last = rows[count - 1];
  return { text, count, nextCursor: count < rows.length && last !== undefined ? cursorOf(last) : null };
}

function jsonLine(fact: Fact): string {
  return `${JSON.stringify(fact)}\n`;
}

/** A list entry; the fact's text cannot end it or begin a heading. */
function markdownEntry(fact: Fact): string {
  return `- **${KIND_TITLES[fact.kind]}**${markOf(fact)} ${quoted(fact.text)}\n${footOf(fact)}`;
}

function markOf({ status, reason }: Fact): string {
  return status === "active" ? ":" : ` (${status}${reason === "" ? "" : `: ${quoted(reason)}`}):`;
}

function footOf(fact: Fact): string {
  const cites = fact.cites.map((cite) => quoted(citeText(cite)));
  const by = fact.author.type === "agent" ? `${fact.author.name} in run ${fact.author.runId}` : fact.author.name;
  const scope = fact.workspace === null ? ", in every workspace" : "";
  return `  ${[...cites, `${quoted(by)}, ${fact.createdAt.slice(0, 10)}${scope}`].join(" · ")}\n`;
}

/** Markup becomes letters; further lines stay within the entry. */
function quoted(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~]/g, "\\$&").replace(/\n+/g, "\n  ");
}

/** Such as "commit 1a2b3c4" or "src/cart.ts: Cart.add (lines 3-9)". */
export function citeText(cite: Cite): string {
  if ("ref" in cite)
    return oneLine(cite.kind === "commit" ? `commit ${cite.ref.slice(0, 7)}` : `${cite.kind} ${cite.ref}`, 200);
  const lines = cite.lines === null || cite.symbol !== null ? "" : `:${cite.lines.start}-${cite.lines.end}`;
  return oneLine(cite.symbol === null ? `${cite.path}${lines}` : `${cite.path}: ${cite.symbol}`, 300);
}

const MAX_LINE = 64 * 1024;
const MAX_PROBLEMS = 20;

/** What of an exported fact is taken over; all else is this machine's. */
const Imported = z.pick(Fact, { kind: true, text: true, workspace: true, cites: true, confidence: true });

/**
 * Reads facts back, as proposals that wait for a person: a file says nothing about who wrote it. A line that does not fit
 * is told and left out. What held in every workspace of the writer holds in every one here, the rest in this workspace.
 */
export async function importFacts(
  desk: Desk,
  workspace: string,
  text: string,
  from: string,
): Promise<Result<ImportReport>> {
  const shelves = { workspace: await desk.shelves.of(workspace), user: await desk.shelves.of(null) };
  const known = new Set<string>();
  const added: { fact: Fact }[] = [];
  const report: ImportReport = { added: 0, known: 0, problems: [], refused: 0 };
  const refuse = (line: number, problem: string) => {
    report.refused += 1;
    if (report.problems.length < MAX_PROBLEMS) report.problems.push({ line, problem });
  };
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const fact = readLine(line, desk, workspace, from);
    if (!fact.ok) {
      refuse(index + 1, fact.error.message);
      continue;
    }
    const shelf = fact.value.workspace === null ? shelves.user : shelves.workspace;
    const key = JSON.stringify([fact.value.workspace, fact.value.kind, fact.value.text]);
    if (known.has(key) || shelf.sameWords(fact.value.kind, fact.value.text).length > 0) report.known += 1;
    else if (shelf.size + added.length >= MAX_FACTS)
      refuse(index + 1, `At most ${MAX_FACTS} facts fit; purge some, then import the rest.`);
    else added.push({ fact: fact.value });
    known.add(key);
  }
  if (added.length > 0) await desk.shelves.save(added);
  return ok({ ...report, added: added.length });
}

function readLine(line: string, desk: Desk, workspace: string, from: string): Result<Fact> {
  const value = parsed(line);
  const fits = validate(Imported, value);
  if (!fits.ok) return failure("memory.fact_invalid", fits.problem);
  const text = factText(fits.value.text);
  if (!text.ok) return text;
  const now = desk.clock.iso();
  const place = fits.value.workspace === null ? null : workspace;
  const cites: Cite[] = [];
  for (const cite of fits.value.cites) {
    const taken = "ref" in cite ? refCite(cite.kind, cite.ref) : placeCite(cite, place);
    if (!taken.ok) return taken;
    cites.push(taken.value);
  }
  return ok({
    ...fits.value,
    text: text.value,
    cites,
    factId: desk.newId(),
    workspace: place,
    status: "proposed",
    reason: `Imported from ${oneLine(from, 200)}.`,
    supersededBy: null,
    author: { type: "import", name: oneLine(from, 300) || "a file" },
    uses: 0,
    lastUsedAt: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  });
}

/** Kept with the content that it had for the writer, until a person confirms the fact as of now. */
function placeCite(cite: CodeCite, workspace: string | null): Result<Cite> {
  if (workspace !== null && isPlainPath(cite.path)) return ok(cite);
  return failure("memory.fact_invalid", `“${oneLine(cite.path, 200)}” is no path inside the workspace.`);
}

function parsed(line: string): unknown {
  if (line.length > MAX_LINE) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
