/** nexus search */
import type { SearchResult } from "../../protocol/index.ts";
import { nexusError, SearchMode } from "../../protocol/index.ts";
import { type CliContext, printJson, wholeNumberOf } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { oneLine, type Paint, printable, wrapped } from "./format.ts";
import { metaText, placeText, withMemory } from "./memory-call.ts";
import type { Arguments } from "./parse.ts";
import { answerLines, type SearchOptions } from "./search-lines.ts";

export function searchCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const query = args.words.join(" ");
  const options = optionsOf(args);
  if (args.has("stdin") !== (query === ""))
    throw nexusError("usage.invalid", "Give a QUERY, or --stdin to read queries from standard input.");
  return withMemory(context, args.text("repo"), async (call) => {
    if (args.has("stdin")) return answerLines(context, call, options);
    const { connection, workspace, signal } = call;
    const answer = await connection.request("memory/search", { workspace, query, ...options }, { signal });
    if (args.has("json")) {
      printJson(context, { query, ...answer });
      return EXIT.done;
    }
    const { terminal, paint } = context;
    const words = options.mode === "regex" ? [] : wordsOf(query);
    terminal.out(resultsText(answer.results, words, paint, terminal.columns));
    if (answer.nextCursor !== null && answer.results.length < 100)
      terminal.out(paint("dim", `There are more: --limit ${Math.min(100, answer.results.length * 2)}\n`));
    terminal.out(metaText(answer, paint, terminal.columns));
    return EXIT.done;
  });
}

function optionsOf(args: Arguments): SearchOptions {
  const mode = SearchMode.safeParse(args.text("mode"));
  const branch = args.text("branch");
  const list = (flag: string, name: "paths" | "languages" | "kinds") =>
    args.texts(flag).length === 0 ? {} : { [name]: [...args.texts(flag)] };
  return {
    limit: wholeNumberOf("limit", args.text("limit"), 20, 100),
    ...(mode.success ? { mode: mode.data } : {}),
    ...list("path", "paths"),
    ...list("language", "languages"),
    ...list("kind", "kinds"),
    ...(branch === undefined ? {} : { branch }),
    ...(args.has("rerank") ? { rerank: true } : {}),
  };
}

export function resultsText(
  results: readonly SearchResult[],
  words: readonly string[],
  paint: Paint,
  width: number,
): string {
  if (results.length === 0) return "Nothing found.\n";
  return results.map((result) => resultText(result, words, paint, width)).join("\n");
}

const LONGEST_REASONS = 500;

function resultText(result: SearchResult, words: readonly string[], paint: Paint, width: number): string {
  const { path, startLine, symbol, kind, why } = result;
  const name = symbol === null ? "" : `  ${paint("bold", oneLine(symbol, 100))}`;
  const kindText = kind === null ? "" : paint("dim", `  ${oneLine(kind, 30)}`);
  const reasons = why.length === 0 ? [] : wrapped(oneLine(why.join(" · "), LONGEST_REASONS), width - 2);
  const whyText = reasons.map((line) => `${paint("dim", `  ${line}`)}\n`).join("");
  return `${placeText(path, startLine, paint)}${name}${kindText}\n${snippetText(result, words, paint, width)}${whyText}`;
}

const SNIPPET_LINES = 6;

/** The part of the snippet that holds most of the words, with line numbers. */
function snippetText(
  { snippet, snippetLine }: SearchResult,
  words: readonly string[],
  paint: Paint,
  width: number,
): string {
  const lines = printable(snippet).trimEnd().split("\n");
  const hits = lines.map((line) => words.filter((word) => line.toLowerCase().includes(word)).length);
  const first = bestWindow(hits);
  const gutter = String(snippetLine + lines.length).length + 2;
  return lines
    .slice(first, first + SNIPPET_LINES)
    .map((line, index) => {
      const number = String(snippetLine + first + index).padStart(gutter);
      const text = line.replaceAll("\t", "  ").slice(0, Math.max(20, width - gutter - 3));
      return `${paint("dim", `${number} │`)} ${marked(text, words, paint)}`.trimEnd().concat("\n");
    })
    .join("");
}

/** The first line of the lines with the most hits; the beginning when none has more. */
function bestWindow(hits: readonly number[]): number {
  const sumFrom = (start: number) => hits.slice(start, start + SNIPPET_LINES).reduce((sum, each) => sum + each, 0);
  let best = 0;
  for (let start = 1; start + SNIPPET_LINES <= hits.length; start += 1)
    if (sumFrom(start) > sumFrom(best)) best = start;
  return best;
}

function marked(text: string, words: readonly string[], paint: Paint): string {
  if (words.length === 0) return text;
  const pattern = words.map((word) => word.replace(/[^\p{L}\p{N}_]/gu, "\\$&")).join("|");
  return text.replace(new RegExp(pattern, "giu"), (match) => paint("yellow", match));
}

function wordsOf(query: string): string[] {
  const words = query.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
  return [...new Set(words)].sort((first, second) => second.length - first.length).slice(0, 50);
}
