/** Whether the daemon answers, or would start. */
import type { CheckResult } from "../../protocol/index.ts";
import { NexusError } from "../../protocol/index.ts";
import type { CliContext } from "./context.ts";
import { duration } from "./format.ts";

export interface DaemonFindings {
  readonly checks: CheckResult[];
  /** What the daemon says of its store; undefined when it could not be asked. */
  readonly storeChecks?: CheckResult[];
}

export async function checkDaemon(context: CliContext): Promise<DaemonFindings> {
  try {
    const connection = await context.connect();
    try {
      const { pid, uptimeMs, version } = await connection.request("daemon/status", {});
      const message = `Process ${pid}, version ${version}, answers; running for ${duration(uptimeMs)}.`;
      const { checks } = await connection.request("daemon/check", {});
      return { checks: [{ name: "daemon", status: "ok", message }], storeChecks: checks };
    } finally {
      connection.close();
    }
  } catch (error) {
    return { checks: [problem("daemon", error)] };
  }
}

/** A failed check from whatever was thrown. */
export function problem(name: string, error: unknown): CheckResult {
  if (error instanceof NexusError)
    return { name, status: "error", message: error.value.message, hint: error.value.hint };
  return { name, status: "error", message: error instanceof Error ? error.message : String(error) };
}
