/** What a file brings in. */
import type { ImportFact } from "./facts.ts";
import type { Lines } from "./lines.ts";
import type { Captures } from "./tag-parser.ts";

const MAX_IMPORTS = 5000;
const MAX_TARGET = 300;

/** A statement that brings something in, and where it stands. */
export interface ImportStatement {
  readonly start: number;
  readonly end: number;
  readonly target: string;
  readonly line: number;
  readonly names: readonly string[];
}

interface Statement extends ImportStatement {
  readonly names: string[];
}

/** In the order of the file. */
export function importStatements(text: string, captures: Captures, lines: Lines): ImportStatement[] {
  const statements = statementsOf(text, captures, lines);
  giveNames(text, captures, statements);
  return statements;
}

/** `calls` are those that the lexer found: require("…"), import("…"). */
export function importFacts(statements: readonly ImportStatement[], calls: readonly ImportFact[]): ImportFact[] {
  const facts: ImportFact[] = statements.map(({ target, line, names }) => ({ target, names, line }));
  const all = calls.length === 0 ? facts : [...facts, ...calls].sort((a, b) => a.line - b.line);
  return all.length > MAX_IMPORTS ? all.slice(0, MAX_IMPORTS) : all;
}

function statementsOf(text: string, { matches }: Captures, lines: Lines): Statement[] {
  const byTarget = new Map<number, Statement>();
  for (const match of matches) {
    const target = match.find(({ name }) => name === "import.target");
    if (target === undefined) continue;
    const { start, end } = match.find(({ name }) => name === "import") ?? target;
    const written = text.slice(target.start, Math.min(target.end, target.start + MAX_TARGET)).trim();
    const bare = written.replace(/^["'`<]|["'`>]$/g, "");
    if (bare === "") continue;
    byTarget.set(target.start, { start, end, target: bare, line: lines.lineOf(start), names: [] });
  }
  return [...byTarget.values()].sort((a, b) => a.start - b.start);
}

/** A name belongs to the statement around it. */
function giveNames(text: string, { matches }: Captures, statements: readonly Statement[]): void {
  if (statements.length === 0) return;
  const names = new Map<number, number>();
  for (const match of matches)
    for (const { name, start, end } of match) if (name === "import.name") names.set(start, end);
  let at = 0;
  for (const [start, end] of [...names].sort((a, b) => a[0] - b[0])) {
    while ((statements[at + 1]?.start ?? Number.POSITIVE_INFINITY) <= start) at++;
    const statement = statements[at];
    if (statement !== undefined && statement.start <= start && end <= statement.end)
      statement.names.push(text.slice(start, end));
  }
}
