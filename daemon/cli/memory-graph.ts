/** nexus map, impact, uses */
import type { Answer, ImpactNode, SymbolEntry, SymbolUse, TestRun, TestToRun } from "../../protocol/index.ts";
import { type CliContext, printJson, wholeNumberOf } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { count, figure, oneLine, type Paint, printable } from "./format.ts";
import { metaText, placeText, withMemory } from "./memory-call.ts";
import type { Arguments } from "./parse.ts";

export function mapCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const tokens = wholeNumberOf("tokens", args.text("tokens"), 2000, 50_000);
  const focus = args.texts("focus").length === 0 ? {} : { focus: [...args.texts("focus")] };
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const answer = await connection.request("memory/map", { workspace, tokens, ...focus }, { signal });
    const { terminal, paint } = context;
    if (args.has("json")) printJson(context, answer);
    else {
      const figures = `${figure(answer.files)} of ${count(answer.totalFiles, "file")}, ${count(answer.tokens, "token")}`;
      terminal.out(`${printable(answer.text).trimEnd()}\n\n${paint("dim", figures)}\n`);
      terminal.out(metaText(answer, paint, terminal.columns));
    }
    return EXIT.done;
  });
}

export function usesCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const limit = wholeNumberOf("limit", args.text("limit"), 100, 500);
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const answer = await connection.request("memory/uses", { workspace, ...targetOf(args), limit }, { signal });
    if (args.has("json")) printJson(context, answer);
    else context.terminal.out(usesText(answer, context.paint, context.terminal.columns));
    return EXIT.done;
  });
}

export function impactCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const depth = wholeNumberOf("depth", args.text("depth"), 3, 10);
  const limit = wholeNumberOf("limit", args.text("limit"), 200, 500);
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const params = { workspace, ...targetOf(args), depth, limit };
    const answer = await connection.request("memory/impact", params, { signal });
    if (args.has("json")) printJson(context, answer);
    else context.terminal.out(impactText(answer, context.paint, context.terminal.columns));
    return EXIT.done;
  });
}

function targetOf(args: Arguments): { symbol: string; path?: string } {
  const path = args.text("path");
  return { symbol: args.words[0] ?? "", ...(path === undefined ? {} : { path }) };
}

export function usesText(answer: Answer<"memory/uses">, paint: Paint, width: number): string {
  const { definitions, uses, total } = answer;
  const rest = total > uses.length ? paint("dim", `There are ${figure(total - uses.length)} more: --limit\n`) : "";
  const head = total === 0 ? "Nobody uses it.\n" : `${count(total, "use")}:\n`;
  const lines = uses.map((use) => useText(use, paint, width)).join("");
  return `${definitionsText(definitions, paint)}${head}${lines}${rest}${metaText(answer, paint, width)}`;
}

function useText({ path, line, kind, within, text, isTest, isSure }: SymbolUse, paint: Paint, width: number): string {
  const notes = [kind, ...(within === null ? [] : [`in ${oneLine(within, 80)}`]), ...(isTest ? ["test"] : [])];
  const doubt = isSure ? "" : paint("yellow", " by name only");
  const code = `      ${oneLine(text, Math.max(20, width - 6))}`;
  return `  ${placeText(path, line, paint)}  ${paint("dim", notes.join(" · "))}${doubt}\n${code}\n`;
}

export function impactText(answer: Answer<"memory/impact">, paint: Paint, width: number): string {
  const { definitions, nodes, total, files, tests } = answer;
  if (total === 0)
    return `${definitionsText(definitions, paint)}Nothing is known to depend on it.\n${metaText(answer, paint, width)}`;
  const rest = total > nodes.length ? paint("dim", `There are ${figure(total - nodes.length)} more: --limit\n`) : "";
  return [
    definitionsText(definitions, paint),
    treeText(nodes, paint),
    `\n${count(total, "place")} in ${count(files, "file")}.\n`,
    rest,
    riskText(answer.risk, paint),
    testsText(tests, answer.runs ?? [], paint, width),
    metaText(answer, paint, width),
  ].join("");
}

function definitionsText(definitions: readonly SymbolEntry[], paint: Paint): string {
  return definitions
    .map(({ symbol, kind, path, line }) => {
      return `${paint("bold", oneLine(symbol, 200))}  ${paint("dim", oneLine(kind, 30))}  ${placeText(path, line, paint)}\n`;
    })
    .join("");
}

/** Children stand below what they depend on. A node whose parent is on no page stands at the top. */
function treeText(nodes: readonly ImpactNode[], paint: Paint): string {
  const known = new Set(nodes.map(({ id }) => id));
  const children = Map.groupBy(nodes, ({ parent }) => (parent !== null && known.has(parent) ? parent : null));
  const lines: string[] = [];
  const draw = (parent: number | null, indent: string): void => {
    const below = children.get(parent) ?? [];
    for (const [index, node] of below.entries()) {
      const isLast = index === below.length - 1;
      lines.push(`${indent}${isLast ? "└─ " : "├─ "}${nodeText(node, paint)}\n`);
      draw(node.id, `${indent}${isLast ? "   " : "│  "}`);
    }
  };
  draw(null, "");
  return lines.join("");
}

function nodeText({ symbol, path, line, why, isTest }: ImpactNode, paint: Paint): string {
  const name = symbol === null ? "" : `${oneLine(symbol, 100)}  `;
  const test = isTest ? paint("green", "  test") : "";
  return `${name}${placeText(path, line, paint)}${test}  ${paint("dim", oneLine(why, 200))}`;
}

const RISK_COLOURS = { low: "green", medium: "yellow", high: "red" } as const;

/** They are what the level rests on, so they are not cut at the terminal's edge. */
const LONGEST_REASONS = 1000;

function riskText(risk: Answer<"memory/impact">["risk"], paint: Paint): string {
  if (risk === undefined) return "";
  const reasons = risk.reasons.length === 0 ? "" : `: ${oneLine(risk.reasons.join("; "), LONGEST_REASONS)}`;
  return `${paint(RISK_COLOURS[risk.level], `Risk: ${risk.level}`)}${reasons}\n`;
}

const MOST_TESTS = 12;

/** The tests, then each command once: one often runs many of them. */
function testsText(tests: readonly TestToRun[], runs: readonly TestRun[], paint: Paint, width: number): string {
  if (tests.length === 0) return "No test is known to reach it.\n";
  const names = tests.slice(0, MOST_TESTS).map(({ path, why }) => {
    return `  ${paint("green", oneLine(path, width))}  ${paint("dim", oneLine(why, 200))}\n`;
  });
  const rest = tests.length > MOST_TESTS ? `  … and ${figure(tests.length - MOST_TESTS)} more\n` : "";
  const known = new Set(tests.flatMap(({ command }) => command ?? []));
  const commands =
    runs.length > 0 ? runs.map((each) => runText(each, paint)) : [...known].map((each) => `  ${printable(each)}\n`);
  const how = runs.length > 0 || known.size === 0 ? "" : "Run:\n";
  return `\nTests to run:\n${names.join("")}${rest}${how}${commands.join("")}`;
}

function runText({ command, folder, why }: TestRun, paint: Paint): string {
  const place = folder === "" ? "" : ` in ${oneLine(folder, 200)}`;
  return `${paint("dim", `Run${place} (${oneLine(why, 100)}):`)}\n  ${printable(command)}\n`;
}
