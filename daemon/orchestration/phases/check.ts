/** Evidence: a command that ran, journalled, so that a restart does not run it again. */
import type { Evidence } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import { asData } from "../../memory/context/cut.ts";
import { detectTests } from "../../tools/tests/detect.ts";
import { askApproval, checkQuestionKey } from "../people/approval-gate.ts";
import { auditRun } from "../rights/audited.ts";
import { runPolicy } from "../rights/run-policy.ts";
import { isolationIn, notice, type RunContext, record, stateOf } from "../run-context.ts";
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
const UNTRUSTED = "The workspace is not trusted, so nothing of it is run.";

/**
 * Whether the policy lets this check run; asks a person where it says so. `kind` test: found by Nexus in the project;
 * command: named by a model. A check that may not run is noted: what it would have shown is then not known.
 */
export async function mayCheck(
  context: RunContext,
  options: Pick<Check, "key" | "taskId" | "command" | "root"> & {
    kind: "test" | "command";
    allowed: readonly string[];
  },
): Promise<boolean> {
  const { key, taskId, command, root, kind, allowed } = options;
  if (context.recorded !== undefined) return context.recorded.mayCheck(key);
  const { trusted } = await stateOf(context);
  if (trusted === false) return notTrusted(context, command, key);
  const policy = await runPolicy(context, { root, linked: [], readOnly: false, agreedCommands: allowed });
  const { verdict, rule, reason, parts, remember } = await policy.judge({ kind, command, cwd: root });
  const action = `${command} in ${root}`;
  await auditRun(context, context.runId, { event: "check", actor: "nexus", action, verdict, rule, reason });
  if (verdict === "allow") return true;
  if (verdict === "ask") {
    const wall = context.commands === undefined ? {} : { sandbox: await context.commands.wall() };
    const subject = { kind: "command" as const, command, cwd: root, ...wall };
    const question = { key: checkQuestionKey(key), taskId, title: "Nexus wants to run a check", reason, subject };
    const offer = { remember, ...(parts === undefined ? {} : { parts: [...parts] }) };
    const { decision } = await askApproval(context, { ...question, ...offer });
    if (decision === "approve") return true;
  }
  await notice(context, "check.not_allowed", `\`${command}\` was not run. ${reason}`, `may/${key}`);
  return false;
}

/** Nothing of a workspace that is not trusted is run, whatever a policy says of tests and commands. */
async function notTrusted(context: RunContext, command: string, key: string): Promise<false> {
  const told = { event: "check" as const, actor: "nexus", action: command, rule: "untrusted-workspace" };
  await auditRun(context, context.runId, { ...told, verdict: "deny", reason: UNTRUSTED });
  await notice(context, "check.not_allowed", `\`${command}\` was not run. ${UNTRUSTED}`, `may/${key}`);
  return false;
}

/** The project's own tests. `key`: of the check that is to run them; null: only how they are called is asked. */
export async function testsAt(
  context: RunContext,
  root: string,
  key: string | null,
): Promise<{ readonly command: string } | undefined> {
  return context.recorded === undefined ? detectTests(root) : context.recorded.tests(key);
}

/** Runs the check, or answers with what is recorded of it (`live` is false then). */
export async function check(context: RunContext, options: Check): Promise<{ evidence: Evidence; live: boolean }> {
  const { key, taskId, ...what } = options;
  const known = await context.store.events.find(context.runId, key);
  if (known?.body.type === "verification.finished" && known.body.evidence !== null)
    return { evidence: known.body.evidence, live: context.recorded?.isLive(key) ?? false };
  const isolation = await isolationIn(context);
  const artifacts: Uint8Array[] = [];
  const evidence = await runCheck({
    ...what,
    linked: isolation?.linked ?? [],
    ...(context.commands === undefined ? {} : { runner: context.commands }),
    signal: context.signal,
    timeoutMs: TIMEOUT_MS,
    artifact: async (output) => {
      const bytes = new TextEncoder().encode(context.redact(new TextDecoder().decode(output)));
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
  return `Nexus ran \`${evidence.command}\`: it ${ended}, but ${wanted}. Its output ends with:\n${asData("output", evidence.outputTail)}`;
}
