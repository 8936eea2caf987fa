/** Finished work goes through the checks of its agent's field; what is wrong goes back to the agent. */
import { nexusError, type PlanTask, type RunEvent } from "../../../protocol/index.ts";
import type { Agent } from "../../agents/agent.ts";
import { answerProblem } from "../../agents/prompt.ts";
import { asData } from "../../memory/context/cut.ts";
import { machineRunner } from "../../security/sandbox/command-runner.ts";
import { type CheckedField, FIELD_CHECKS, runFieldChecks } from "../../tools/fields/checks.ts";
import type { FieldContext, FieldFinding } from "../../tools/fields/field-check.ts";
import { recordPage } from "../people/show-page.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import { mayCheck } from "./check.ts";
import { allowedCommands } from "./plan.ts";
import { filesSince } from "./task-files.ts";

export interface FieldWork {
  readonly task: Pick<PlanTask, "id" | "files" | "acceptance">;
  readonly agent: Agent;
  /** Absolute path of the copy that the task works in. */
  readonly root: string;
  readonly testCommand: string | undefined;
  /** It works in the run's own copy after others: what it changed is what it says, not what the copy holds. */
  readonly shares?: boolean;
}

const TRIES = 3;
const MOST_FINDINGS = 50;
const SHOWN_FINDINGS = 20;
const TIMEOUT_MS = 10 * 60_000;
const MAX_OUTPUT_BYTES = 2 * 1024 * 1024;

/**
 * Answers with what the agent must put right, undefined when the work may count as done. The answer's own parts are
 * looked at first, since that costs nothing. Throws `verification.failed` after the third time in one life of the run.
 */
export function createFieldAcceptance(context: RunContext, work: FieldWork) {
  const { task, agent } = work;
  let tries = 0;
  let answers = 0;
  return async (text: string, turn: number, own: ReadonlySet<string> = new Set()): Promise<string | undefined> => {
    const lacking = answerProblem(agent.answer, text);
    if (lacking !== undefined && ++answers < TRIES) return lacking;
    const { results, live } = await checked(context, work, { text, turn, own });
    const failed = results.filter(({ ok }) => !ok);
    if (failed.length === 0) return undefined;
    if (!live || ++tries < TRIES) return reportOf(failed);
    const what = failed.map(({ check, summary }) => `${check}: ${summary}`).join("; ");
    throw nexusError("verification.failed", `Task ${task.id}: ${what}`);
  };
}

type Finished = { readonly text: string; readonly turn: number; readonly own: ReadonlySet<string> };

/** Each check runs once for a turn, however often the run restarts. */
async function checked(
  context: RunContext,
  work: FieldWork,
  finished: Finished,
): Promise<{ results: CheckedField[]; live: boolean }> {
  const checks = [...FIELD_CHECKS, ...((await context.design?.())?.checks ?? [])];
  // A replay has the results, and need not know whose they are.
  const isKnown = (name: string) => context.recorded !== undefined || checks.some((check) => check.name === name);
  const names = work.agent.checks.filter(isKnown);
  const recorded = await Promise.all(names.map((name) => recordedCheck(context, work, name, finished.turn)));
  const known = recorded.filter((result) => result !== undefined);
  const missing = names.filter((name) => !known.some(({ check }) => check === name));
  if (missing.length === 0) {
    const live = names.some((name) => context.recorded?.isLive(keyOf(work, name, finished.turn)) === true);
    return { results: known, live };
  }
  const ran = await runFieldChecks(missing, await fieldContext(context, work, finished), checks);
  const fresh = missing.map((check) => ran.find((result) => result.check === check) ?? { ...NOTHING_TO_CHECK, check });
  for (const result of fresh) await recordCheck(context, work, result, finished.turn);
  return { results: [...known, ...fresh], live: true };
}

/** On record too: otherwise a replay would wait for it. */
const NOTHING_TO_CHECK = { ok: true, summary: "nothing that it looks at was changed", findings: [] };

const keyOf = ({ task }: FieldWork, check: string, turn: number) => `field/${task.id}/${turn}/${check}`;

async function recordedCheck(
  context: RunContext,
  work: FieldWork,
  check: string,
  turn: number,
): Promise<CheckedField | undefined> {
  const event = await context.store.events.find(context.runId, keyOf(work, check, turn));
  if (event?.body.type !== "task.checked") return undefined;
  const { ok, summary, findings } = event.body;
  return {
    check,
    ok,
    summary,
    findings: findings.map(({ line, ...rest }) => (line === undefined ? rest : { ...rest, line })),
  };
}

function recordCheck(context: RunContext, work: FieldWork, result: CheckedField, turn: number): Promise<RunEvent> {
  const { check, ok } = result;
  const findings = result.findings.slice(0, MOST_FINDINGS).map((finding) => {
    const message = context.redact(finding.message).slice(0, 2000);
    return { ...finding, message };
  });
  const summary = context.redact(result.summary).slice(0, 500);
  const body = { type: "task.checked" as const, taskId: work.task.id, turn, check, ok, summary, findings };
  return record(context, body, keyOf(work, check, turn));
}

async function fieldContext(
  context: RunContext,
  work: FieldWork,
  { text, turn, own: mine }: Finished,
): Promise<FieldContext> {
  const { root, task, testCommand } = work;
  const { signal } = context;
  const { isolation, tasks, trusted } = await stateOf(context);
  const start = tasks.find(({ id }) => id === task.id)?.place?.startCommit ?? isolation?.startCommit ?? "HEAD";
  const [own, whole] = await Promise.all([
    filesSince(root, start, signal),
    filesSince(root, isolation?.startCommit ?? start, signal),
  ]);
  const linked = isolation?.linked ?? [];
  const run = await runnerFor(context, work, linked);
  return {
    root,
    linked,
    changed: work.shares === true ? [...mine] : own.changed,
    changedInRun: whole.changed,
    base: own.before,
    beforeRun: whole.before,
    taskFiles: task.files,
    testsFirst: task.acceptance?.expect === "fail",
    answer: text,
    signal,
    trusted: trusted !== false,
    fetched: await fetchedPages(context),
    showPage: (page) => recordPage(context, page, `field/${task.id}/${turn}`),
    ...(run === undefined ? {} : { run }),
    ...(testCommand === undefined ? {} : { testCommand }),
    ...(context.grammars === undefined ? {} : { grammars: context.grammars }),
  };
}

/** As tests of the project run: where the policy lets those, and behind the same wall. */
async function runnerFor(
  context: RunContext,
  { task, root, testCommand: command }: FieldWork,
  linked: readonly string[],
): Promise<FieldContext["run"]> {
  if (command === undefined) return undefined;
  const allowed = allowedCommands(await stateOf(context), command);
  const may = { key: `field/${task.id}`, taskId: task.id, command, root, kind: "test" as const, allowed };
  if (!(await mayCheck(context, may))) return undefined;
  const runner = context.commands ?? machineRunner();
  return async (line, { cwd = root, timeoutMs = TIMEOUT_MS, env = {} } = {}) => {
    const limits = { timeoutMs, maxOutputBytes: MAX_OUTPUT_BYTES, signal: context.signal };
    const { exitCode, output, timedOut } = await runner.run({ line, root: cwd, linked, env, ...limits });
    return { exitCode, output: context.redact(output.toString("utf8")), timedOut };
  };
}

const PAGE = 1000;

/** Addresses that the run's agents fetched, whatever came of it: a page that failed is told by its own result. */
async function fetchedPages({ store, runId }: RunContext): Promise<string[]> {
  const asked = new Map<string, string>();
  const fetched: string[] = [];
  for (let after = 0; ; ) {
    const events = await store.events.read(runId, { after, limit: PAGE });
    for (const { body } of events) {
      if (body.type === "tool.requested" && body.tool === "fetch_url") asked.set(body.key, addressIn(body.input));
      const address = body.type === "tool.finished" && body.status === "done" ? asked.get(body.key) : undefined;
      if (address !== undefined) fetched.push(address);
    }
    const last = events.at(-1);
    if (last === undefined || events.length < PAGE) return fetched;
    after = last.seq;
  }
}

function addressIn(input: string): string {
  return /"url"\s*:\s*"([^"]+)"/.exec(input)?.[1] ?? "";
}

function reportOf(failed: readonly CheckedField[]): string {
  const parts = failed.map(({ check, summary, findings }) => {
    const shown = findings.slice(0, SHOWN_FINDINGS).map(lineOf);
    const more = findings.length > shown.length ? [`… and ${findings.length - shown.length} more`] : [];
    return `${check} (${summary}):\n${[...shown, ...more].join("\n")}`;
  });
  return `Your work is not done yet. Nexus checked it and found:\n${asData("findings", parts.join("\n\n"))}`;
}

function lineOf({ path, line, message, severity }: FieldFinding): string {
  const place = path === "" ? "" : `${path}${line === undefined ? "" : `:${line}`} `;
  return `- ${severity === "error" ? "" : "(minor) "}${place}${message}`;
}
