import * as z from "zod/mini";
import { failure, type SearchResult, type SymbolUse } from "../../protocol/index.ts";
import type { CodeLookup } from "./code-lookup.ts";
import { askIndex, lineNow, linesInCopy } from "./code-places.ts";
import type { DirectTool, ToolContext, ToolOutcome } from "./tool.ts";

const DEFINITIONS = 10;
const USES = 60;
const LINE_LENGTH = 160;

const LONGEST = 500;

const input = z.object({ name: z.string(), uses: z.optional(z.boolean()) });

/** Definitions and uses as the code index knows them, at their lines in the agent's copy. */
export const findSymbol: DirectTool<typeof input> = {
  name: "find_symbol",
  description: "Finds where a name (Cart.add or path#Cart.add) is defined; with uses, who uses it.",
  input,
  effect: "pure",
  timeoutMs: 30_000,
  maxOutput: 12_000,
  access: () => ({ kind: "read", paths: ["."] }),
  async execute({ name, uses = false }, context) {
    const { code } = context;
    if (code === undefined) return failure("tool.failed", "There is no code index here; use search_text.");
    const mark = name.lastIndexOf("#");
    const path = mark > 0 ? name.slice(0, mark) : undefined;
    const symbol = name.slice(mark + 1, mark + 1 + LONGEST).trim();
    if (symbol === "") return failure("tool.invalid_input", "find_symbol: name: say which.");
    return uses ? usesOf(symbol, path, code, context) : definitionsOf(symbol, path, code, context);
  },
};

async function definitionsOf(
  symbol: string,
  path: string | undefined,
  code: CodeLookup,
  context: ToolContext,
): Promise<ToolOutcome> {
  const found = await askIndex(code.symbols(symbol, path === undefined ? DEFINITIONS : DEFINITIONS * 5));
  if (!found.ok) return found;
  const wanted = found.value.filter((result) => path === undefined || result.path === path).slice(0, DEFINITIONS);
  const places = (await Promise.all(wanted.map((result) => showDefinition(result, context)))).flat();
  const output = places.length === 0 ? "No such symbol. Try search_code or search_text." : places.join("\n");
  return { ok: true, output, summary: `looked up ${symbol}: ${counted(places.length, "definition")}` };
}

async function showDefinition(result: SearchResult, context: ToolContext): Promise<string[]> {
  const { path, symbol, kind, startLine, endLine, snippet } = result;
  const lines = await linesInCopy(context, path);
  if (lines === undefined) return [];
  const [head = ""] = snippet.split("\n");
  const now = lineNow(lines, startLine, head);
  const place = now === undefined ? `${path} (it has changed)` : `${path}:${now}–${endLine + now - startLine}`;
  return [`${place} ${kind ?? ""} ${symbol ?? ""}: ${head.trim().slice(0, LINE_LENGTH)}`];
}

async function usesOf(
  symbol: string,
  path: string | undefined,
  code: CodeLookup,
  context: ToolContext,
): Promise<ToolOutcome> {
  const found = await askIndex(code.uses(symbol, path, USES));
  if (!found.ok) return found;
  const { uses, total } = found.value;
  const byPath = Map.groupBy(uses, (use) => use.path);
  const shown: string[] = [];
  for (const [file, own] of byPath) {
    const lines = await linesInCopy(context, file);
    if (lines !== undefined) shown.push(...own.map((use) => showUse(use, lines)));
  }
  const more = total > uses.length ? [`… ${total - uses.length} more`] : [];
  const output =
    shown.length === 0 ? `Nobody uses ${symbol}, as far as the index knows.` : [...shown, ...more].join("\n");
  return { ok: true, output, summary: `looked up who uses ${symbol}: ${counted(total, "place")}` };
}

function showUse({ path, line, kind, within, text, isSure }: SymbolUse, lines: readonly string[]): string {
  const now = lineNow(lines, line, text);
  const place = now === undefined ? `${path} (it has changed)` : `${path}:${now}`;
  const around = within === null ? "" : ` in ${within}`;
  return `${place} ${kind}${around}${isSure ? "" : " (perhaps another of this name)"}: ${text.trim().slice(0, LINE_LENGTH)}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
