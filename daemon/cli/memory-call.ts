/** What every command about code memory does: find the folder, ask, and stop asking at Ctrl-C. */
import { resolve } from "node:path";
import type { Answer, ClientConnection } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { realPath, stat } from "../host/files.ts";
import type { CliContext } from "./context.ts";
import type { ExitCode } from "./exit-codes.ts";
import { count, duration, oneLine, type Paint } from "./format.ts";

export interface MemoryCall {
  readonly connection: ClientConnection;
  readonly workspace: string;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Rejects with `workspace.missing` before anything is asked, and with `request.cancelled` at Ctrl-C. */
export async function withMemory(
  context: CliContext,
  folder: string | undefined,
  work: (call: MemoryCall) => Promise<ExitCode>,
): Promise<ExitCode> {
  const workspace = await workspaceOf(context, folder);
  const interrupt = new AbortController();
  const interrupted = Promise.withResolvers<never>();
  const offInterrupt = context.terminal.onInterrupt(() => {
    interrupt.abort();
    interrupted.reject(nexusError("request.cancelled"));
  });
  let connection: ClientConnection | undefined;
  const ask = async () => {
    connection = await context.connect();
    // Interrupted meanwhile: nobody waits any more who would close it.
    if (interrupt.signal.aborted) connection.close();
    return work({ connection, workspace, signal: interrupt.signal });
  };
  try {
    return await Promise.race([ask(), interrupted.promise]);
  } finally {
    offInterrupt();
    connection?.close();
  }
}

/** Absolute real path of the folder that is meant. Rejects with `workspace.missing`. */
export async function workspaceOf(context: CliContext, folder: string | undefined): Promise<string> {
  const path = resolve(context.cwd, folder ?? ".");
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) throw nexusError("workspace.missing", path);
  return realPath(path);
}

type Meta = Pick<Answer<"memory/search">, "degraded" | "stale">;

/** Says what the answer lacks; empty when it lacks nothing. */
export function metaText({ degraded, stale }: Meta, paint: Paint, width: number): string {
  const staleness =
    stale === null
      ? []
      : stale.files === 0
        ? ["The files are being looked at; this is what was known before."]
        : [`${count(stale.files, "changed file")} not read again yet, since ${duration(stale.sinceMs)} ago.`];
  return [...degraded, ...staleness].map((text) => `${paint("yellow", `! ${oneLine(text, width - 2)}`)}\n`).join("");
}

/** "src/cart.ts:10", which terminals make a link of. */
export function placeText(path: string, line: number, paint: Paint): string {
  return paint("cyan", `${oneLine(path, 1000)}:${line}`);
}
