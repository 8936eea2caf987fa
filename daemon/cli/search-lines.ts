/** nexus search --stdin: JSON Lines in, JSON Lines out, in the order they came. */
import type { ErrorValue, Params } from "../../protocol/index.ts";
import { errorValue, NexusError } from "../../protocol/index.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { inputLines, MAX_LINE_LENGTH } from "./input-lines.ts";
import type { MemoryCall } from "./memory-call.ts";
import { indexWithProgress } from "./memory-index.ts";

/** What a line asks for that does not say otherwise. */
export type SearchOptions = Omit<Params<"memory/search">, "workspace" | "query">;

/** Searches that are under way at once. */
const IN_FLIGHT = 8;

/** Answers every line; a line that cannot be answered gets an error and the rest goes on. Fails only with the daemon. */
export async function answerLines(context: CliContext, call: MemoryCall, options: SearchOptions): Promise<ExitCode> {
  const { connection, workspace, signal } = call;
  const { state } = await connection.request("memory/status", { workspace }, { signal });
  if (state === "none") await indexWithProgress(context, call, false);
  let isDaemonGone = false;
  connection.onClose(() => {
    isDaemonGone = true;
  });
  const printed: Promise<void>[] = [];
  let last = Promise.resolve();
  for await (const line of inputLines(context.terminal.input(), MAX_LINE_LENGTH)) {
    if (signal.aborted) break;
    const answer = answerLine(call, options, line);
    // Handled when its turn comes.
    answer.catch(() => undefined);
    const before = last;
    // As soon as it is known: whoever asks may wait for it before asking more.
    last = before.then(async () => printJson(context, await answer));
    printed.push(last);
    if (printed.length >= IN_FLIGHT) await printed.shift();
  }
  await last;
  return isDaemonGone ? EXIT.failed : EXIT.done;
}

type LineId = string | number | null;
type Line = { readonly id: LineId; readonly params: object } | { readonly id: LineId; readonly error: ErrorValue };

async function answerLine(call: MemoryCall, options: SearchOptions, text: string): Promise<object> {
  const line = readLine(text);
  if ("error" in line) return line;
  const { id } = line;
  try {
    // The daemon checks every field and names the one that does not fit.
    const params: Params<"memory/search"> = { query: "", ...options, ...line.params, workspace: call.workspace };
    const answer = await call.connection.request("memory/search", params, { signal: call.signal });
    const results = answer.results.map(({ path, symbol, kind, startLine, endLine, score, why }) => {
      return { path, symbol, kind, startLine, endLine, score, why };
    });
    return { id, results, ...(answer.degraded.length === 0 ? {} : { degraded: answer.degraded }) };
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    return { id, error: error.value };
  }
}

const FIELDS = ["query", "limit", "cursor", "mode", "paths", "languages", "kinds", "branch", "rerank"];

function readLine(text: string): Line {
  if (text.length > MAX_LINE_LENGTH) return { id: null, error: errorValue("request.invalid", "The line is too long.") };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { id: null, error: errorValue("request.invalid", "The line is not JSON.") };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { id: null, error: errorValue("request.invalid", "The line is not a JSON object.") };
  const fields = Object.entries(value);
  const id: unknown = Object.fromEntries(fields)["id"];
  return {
    id: typeof id === "string" || typeof id === "number" ? id : null,
    params: Object.fromEntries(fields.filter(([name]) => FIELDS.includes(name))),
  };
}
