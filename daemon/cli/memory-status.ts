/** nexus memory status */
import type { LanguageCount, MemoryStatus, SkippedFiles } from "../../protocol/index.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Colour, count, figure, money, oneLine, type Paint, size, table } from "./format.ts";
import { metaText, withMemory } from "./memory-call.ts";
import type { Arguments } from "./parse.ts";

export function memoryStatusCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const status = await connection.request("memory/status", { workspace }, { signal });
    if (args.has("json")) printJson(context, status);
    else context.terminal.out(statusText(status, context.paint, context.terminal.columns));
    return EXIT.done;
  });
}

const STATES: Readonly<Record<MemoryStatus["state"], readonly [Colour, string]>> = {
  none: ["yellow", "not indexed: nexus index"],
  indexing: ["cyan", "indexing"],
  ready: ["green", "ready"],
  stale: ["yellow", "behind the files"],
  failed: ["red", "failed"],
};

export function statusText(status: MemoryStatus, paint: Paint, width: number): string {
  const [colour, word] = STATES[status.state];
  const problem = status.problem === null ? "" : `: ${oneLine(status.problem, 300)}`;
  const head = `${paint("bold", oneLine(status.workspace, width))}  ${paint(colour, `${word}${problem}`)}\n`;
  if (status.state === "none") return head;
  return [
    head,
    table(rows(status), width),
    languagesText(status.languages, width),
    skippedText(status.skipped, width),
    metaText(status, paint, width),
  ].join("");
}

function rows(status: MemoryStatus): string[][] {
  const { history, vectors } = status;
  const commits =
    history === null ? "none" : `${count(history.commits, "commit")}${history.limited ? ", older ones left out" : ""}`;
  return [
    ["  files", `${figure(status.files)} (${size(status.sourceBytes)})`],
    ["  symbols", `${figure(status.symbols)} in ${count(status.chunks, "chunk")}`],
    ["  branch", status.branch ?? "none"],
    ["  history", commits],
    ["  vectors", vectors === null ? "none (search works without)" : vectorsText(vectors)],
    ["  remembered", count(status.facts, "fact")],
    ["  on disk", size(status.sizeBytes)],
    ["  changes", status.watching ? "noticed by themselves" : "not watched: nexus index brings it up to date"],
  ];
}

export function vectorsText(vectors: NonNullable<MemoryStatus["vectors"]>): string {
  const cost = vectors.costUsd === 0 ? "" : `, ${money(vectors.costUsd)}`;
  const problem = vectors.problem === null ? "" : `: ${oneLine(vectors.problem, 200)}`;
  const state = vectors.state === "idle" ? "" : `, ${vectors.state}${problem}`;
  return `${figure(vectors.done)}/${figure(vectors.total)} of ${vectors.model} in ${vectors.store}${cost}${state}`;
}

const MOST_LANGUAGES = 12;

export function languagesText(languages: readonly LanguageCount[], width: number): string {
  if (languages.length === 0) return "";
  const most = languages.toSorted((first, second) => second.files - first.files);
  const shown = most.slice(0, MOST_LANGUAGES).map(({ name, files, engine }) => {
    const how = engine === "native" ? "" : engine === "wasm" ? "through WebAssembly" : "as plain text";
    return [`  ${oneLine(name, 30)}`, figure(files).padStart(9), how];
  });
  const rest = most.slice(MOST_LANGUAGES).reduce((sum, { files }) => sum + files, 0);
  return table(rest === 0 ? shown : [...shown, ["  others", figure(rest).padStart(9), ""]], width);
}

/** What was left out and why, with examples. */
export function skippedText(skipped: readonly SkippedFiles[], width: number): string {
  const total = skipped.reduce((sum, each) => sum + each.count, 0);
  if (total === 0) return "";
  const shown = skipped.map(({ reason, count: files, examples }) => {
    const names = examples.map((path) => oneLine(path, 60)).join(", ");
    return [`  ${oneLine(reason, 40)}`, figure(files).padStart(9), examples.length < files ? `${names}, …` : names];
  });
  return `Left out ${count(total, "file")}:\n${table(shown, width)}`;
}
