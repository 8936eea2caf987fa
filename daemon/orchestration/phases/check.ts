/** Evidence: a command that ran, journalled, so that a restart does not run it again. */
import type { Evidence } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import { type RunContext, record } from "../run-context.ts";
import { runCheck } from "../verification.ts";

export interface Check {
  readonly key: string;
  /** Null for a check of the whole change. */
  readonly taskId: string | null;
  readonly command: string;
  readonly expect: "pass" | "fail";
  readonly root: string;
}

const TIMEOUT_MS = 10 * 60_000;

/** Runs the check, or answers with what is recorded of it (`live` is false then). */
export async function check(context: RunContext, options: Check): Promise<{ evidence: Evidence; live: boolean }> {
  const { key, taskId, ...what } = options;
  const known = await context.store.events.find(context.runId, key);
  if (known?.body.type === "verification.finished" && known.body.evidence !== null)
    return { evidence: known.body.evidence, live: false };
  const artifacts: Uint8Array[] = [];
  const evidence = await runCheck({
    ...what,
    signal: context.signal,
    timeoutMs: TIMEOUT_MS,
    artifact: async (bytes) => {
      artifacts.push(bytes);
      return hashOf(bytes);
    },
  });
  const clean = { ...evidence, outputTail: context.redact(evidence.outputTail) };
  await record(context, { type: "verification.finished", taskId, evidence: clean }, key, artifacts);
  return { evidence: clean, live: true };
}

/** What an agent is told about a check that did not come out as it should. */
export function reportOf(evidence: Evidence): string {
  const ended = evidence.exitCode === null ? "did not end in time" : `ended with exit code ${evidence.exitCode}`;
  const wanted = evidence.expected === "pass" ? "it must succeed" : "it must fail, because the code is not there yet";
  return `Nexus ran \`${evidence.command}\`: it ${ended}, but ${wanted}. Its output ends with:\n${evidence.outputTail}`;
}
