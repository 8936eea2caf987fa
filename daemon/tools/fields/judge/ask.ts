/**
 * Linters and databases run in a process of their own: a file that makes one of them hang, crash or eat memory hurts
 * nobody but the answer to this question.
 */
import * as z from "zod/mini";
import { failure, type Result } from "../../../../protocol/index.ts";
import { systemClock } from "../../../host/clock.ts";
import { runProcess } from "../../../host/processes.ts";
import { judgeProgram } from "../../../host/programs.ts";
import type { JudgeRequest } from "./requests.ts";

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Default 20 000. */
  readonly timeoutMs?: number;
  /** Where it stands while it works; left out: a folder without anything. */
  readonly cwd?: string;
}

const TIMEOUT_MS = 20_000;
const HEAP_MB = 512;
const MAX_ANSWER = 8 * 1024 * 1024;

const Answer = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), problem: z.string() }),
]);

/**
 * The answer as `schema` reads it. What goes wrong, also the end of its time, is a value with code `tool.failed`; rejects
 * with the signal's reason when cancelled.
 */
export async function askJudge<Schema extends z.ZodMiniType>(
  request: JudgeRequest,
  schema: Schema,
  { signal, timeoutMs = TIMEOUT_MS, cwd }: AskOptions,
): Promise<Result<z.output<Schema>>> {
  const { node, file, grammars } = judgeProgram();
  const started = systemClock.monotonic();
  const result = await runProcess({
    command: { argv: [node, "--no-warnings", `--max-old-space-size=${HEAP_MB}`, file, grammars] },
    cwd: cwd ?? grammars,
    // Nothing of the user's: no keys, no home, no settings that change what Node loads.
    env: { ELECTRON_RUN_AS_NODE: "1", ...systemVariables() },
    input: JSON.stringify(request),
    signal,
    timeoutMs,
    maxOutputBytes: MAX_ANSWER,
  });
  if (result.timedOut) {
    const seconds = Math.round((systemClock.monotonic() - started) / 1000);
    return failure("tool.failed", `It took longer than ${seconds} s and was ended.`);
  }
  const answer = Answer.safeParse(parsed(result.stdout.toString("utf8")));
  if (!answer.success) return failure("tool.failed", `${endOf(result)} ${lastLine(result.stderr)}`.trim());
  if (!answer.data.ok) return failure("tool.failed", answer.data.problem);
  const value = schema.safeParse(answer.data.value);
  return value.success
    ? { ok: true, value: value.data }
    : failure("tool.failed", "The program that looks at files gave an answer that cannot be read.");
}

/** Windows starts no program without these. */
function systemVariables(): Record<string, string> {
  const names = ["SystemRoot", "windir", "TEMP", "TMP"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function endOf({ exitCode, signal }: { readonly exitCode: number | null; readonly signal: string | null }): string {
  const how = exitCode === null ? `was ended by ${signal ?? "a signal"}` : `ended with exit code ${exitCode}`;
  return `The program that looks at files ${how}, most likely for want of memory.`;
}

function lastLine(bytes: Uint8Array): string {
  const lines = new TextDecoder().decode(bytes).trim().split("\n");
  return (lines.find((line) => /error/i.test(line)) ?? "").slice(0, 300);
}
