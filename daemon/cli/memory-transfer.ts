/** nexus memory export, import */
import { resolve } from "node:path";
import type { ImportReport } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { readText } from "../host/files.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { count, oneLine } from "./format.ts";
import { withMemory } from "./memory-call.ts";
import type { Arguments } from "./parse.ts";

export function exportFactsCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const format = args.text("format") === "markdown" ? { format: "markdown" as const } : {};
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    let cursor: string | null = null;
    do {
      const page: { text: string; nextCursor: string | null } = await connection.request(
        "memory/factsExport",
        { workspace, ...format, ...(cursor === null ? {} : { cursor }) },
        { signal },
      );
      context.terminal.out(page.text);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return EXIT.done;
  });
}

export async function importFactsCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const text = await textOf(context, args.words[0] ?? "");
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const total: ImportReport = { added: 0, known: 0, problems: [], refused: 0 };
    for (const { part, firstLine } of parts(text)) {
      if (part.length > MOST_AT_ONCE) {
        total.refused += 1;
        total.problems.push({ line: firstLine, problem: "It is too long for a fact." });
        continue;
      }
      const report = await connection.request("memory/factsImport", { workspace, text: part }, { signal });
      total.added += report.added;
      total.known += report.known;
      total.refused += report.refused;
      total.problems.push(...report.problems.map(({ line, problem }) => ({ line: line + firstLine - 1, problem })));
    }
    if (args.has("json")) printJson(context, total);
    else print(context, total);
    return total.refused > 0 && total.added + total.known === 0 ? EXIT.failed : EXIT.done;
  });
}

function print({ terminal }: CliContext, { added, known, refused, problems }: ImportReport): void {
  terminal.out(`${count(added, "fact")} to confirm (nexus memory list --status proposed), ${known} known already.\n`);
  if (refused > 0) terminal.err(`${count(refused, "line")} could not be used:\n`);
  for (const { line, problem } of problems) terminal.err(`  line ${line}: ${oneLine(problem, 200)}\n`);
}

async function textOf(context: CliContext, file: string): Promise<string> {
  if (file === "-") {
    let input = "";
    for await (const chunk of context.terminal.input()) input += chunk;
    return input;
  }
  const text = await readText(resolve(context.cwd, file));
  if (text === undefined) throw nexusError("usage.invalid", `There is no file “${file}”.`);
  return text;
}

const MOST_AT_ONCE = 200_000;

/** Whole lines, as many as fit into one request; a longer line comes alone. */
function* parts(text: string): Generator<{ part: string; firstLine: number }> {
  let part = "";
  let firstLine = 1;
  for (const [index, line] of text.split("\n").entries()) {
    if (part !== "" && part.length + line.length + 1 > MOST_AT_ONCE) {
      yield { part, firstLine };
      part = "";
      firstLine = index + 1;
    }
    part += `${line}\n`;
  }
  if (part.trim() !== "") yield { part, firstLine };
}
