/** nexus index, nexus memory drop */
import type { Answer, IndexProgress } from "../../protocol/index.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { count, duration, figure, type Paint, size } from "./format.ts";
import { type MemoryCall, metaText, withMemory } from "./memory-call.ts";
import { languagesText, skippedText } from "./memory-status.ts";
import type { Arguments } from "./parse.ts";

export function indexCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withMemory(context, args.words[0], async (call) => {
    const totals = await indexWithProgress(context, call, args.has("rebuild"));
    if (args.has("json")) printJson(context, { workspace: call.workspace, ...totals });
    else context.terminal.out(totalsText(totals, context.paint, context.terminal.columns));
    return EXIT.done;
  });
}

export function dropCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const answer = await connection.request("memory/forget", { workspace }, { signal });
    if (args.has("json")) printJson(context, { workspace, ...answer });
    else context.terminal.out(`Removed the index of ${workspace} (${size(answer.freedBytes)}).\n`);
    return EXIT.done;
  });
}

/** Indexes; where standard error is a terminal, a line there tells how far it is. */
export async function indexWithProgress(
  { terminal }: CliContext,
  { connection, workspace, signal }: MemoryCall,
  rebuild: boolean,
): Promise<Answer<"memory/index">> {
  let shown = false;
  const off = connection.on("memory/progress", (told) => {
    if (!terminal.hasStatusLine || told.workspace !== workspace || told.progress === null) return;
    shown = true;
    terminal.err(`\r${progressText(told.progress, terminal.columns)}\u001b[K`);
  });
  try {
    return await connection.request("memory/index", { workspace, ...(rebuild ? { rebuild } : {}) }, { signal });
  } finally {
    off();
    if (shown) terminal.err("\r\u001b[K");
  }
}

const PHASES: Readonly<Record<IndexProgress["phase"], string>> = {
  scanning: "Looking for files",
  reading: "Reading",
  history: "Reading history",
  linking: "Linking",
  embedding: "Embedding",
  learning: "Learning",
};
const BAR_WIDTH = 20;

/** One line: what is done, a bar, the rate and the time that is left, as far as they are known and fit. */
export function progressText(progress: IndexProgress, width: number): string {
  const { phase, done, total, filesPerSecond, bytesPerSecond, etaMs } = progress;
  const share = total === null || total === 0 ? null : Math.min(1, done / total);
  const filled = Math.round((share ?? 0) * BAR_WIDTH);
  const parts = [
    PHASES[phase],
    ...(share === null ? [] : [`${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`]),
    total === null ? figure(done) : `${figure(done)}/${figure(total)}`,
    ...(filesPerSecond === null ? [] : [`${figure(filesPerSecond)}/s`]),
    ...(etaMs === null ? [] : [`${duration(etaMs)} left`]),
    ...(bytesPerSecond === null ? [] : [`${size(bytesPerSecond)}/s`]),
  ];
  while (parts.length > 1 && parts.join("  ").length > width - 1) parts.pop();
  return parts.join("  ").slice(0, Math.max(1, width - 1));
}

export function totalsText(totals: Answer<"memory/index">, paint: Paint, width: number): string {
  const known = totals.reused === 0 ? "" : `; ${count(totals.reused, "file")} known already`;
  const rate =
    totals.wallMs > 0 && totals.files > 0 ? `, ${figure((totals.files * 1000) / totals.wallMs)} files/s` : "";
  return [
    `${paint("green", "✓")} ${count(totals.files, "file")} (${size(totals.bytes)}) in ${duration(totals.wallMs)}${rate}${known}.\n`,
    `  ${count(totals.symbols, "symbol")}, ${count(totals.chunks, "chunk")}, ${size(totals.peakRssBytes)} of memory at most.\n`,
    languagesText(totals.languages, width),
    skippedText(totals.skipped, width),
    totals.files === 0 ? "Nothing was found to read: is this the folder you mean?\n" : "",
    metaText({ degraded: totals.degraded, stale: null }, paint, width),
  ].join("");
}
