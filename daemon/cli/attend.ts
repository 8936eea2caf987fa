/** Stays with a run until it ends: shows it, asks for it, applies it, and tells the outcome. */
import type { ClientConnection, ModelSettingsInput, RunState } from "../../protocol/index.ts";
import { isEnded, NexusError, pendingPaths } from "../../protocol/index.ts";
import { type Approver, createApprover } from "./approve.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./exit-codes.ts";
import { followRun } from "./follow.ts";
import { createProgress } from "./progress.ts";
import { nextStepsText } from "./report.ts";
import { printDiffs } from "./runs-changes.ts";

export interface AttendOptions {
  readonly runId: string;
  readonly connection: ClientConnection;
  /** events: JSON Lines of events and a result · silent: nothing until the caller prints · text: for people. */
  readonly output: "text" | "events" | "silent";
  /** Write the change into the folder at the end. */
  readonly apply: boolean;
  /** What the first Ctrl-C does; the second leaves at once. */
  readonly interrupt: "cancel" | "leave";
  readonly from?: RunState;
  readonly minAttempt?: number;
  readonly modelSettings?: ModelSettingsInput;
}

export interface Attended {
  readonly exitCode: ExitCode;
  /** Null when the person left before the end. */
  readonly state: RunState | null;
}

export async function attendRun(context: CliContext, options: AttendOptions): Promise<Attended> {
  const { terminal } = context;
  const left = Promise.withResolvers<Attended>();
  let { connection } = options;
  let interrupts = 0;
  const offInterrupt = terminal.onInterrupt(() => {
    interrupts += 1;
    if (interrupts > 1 || options.interrupt === "leave") {
      terminal.err(`\nLeft. The run goes on: nexus runs watch ${options.runId}\n`);
      left.resolve({ exitCode: EXIT.cancelled, state: null });
      return;
    }
    terminal.err("\nCancelling the run … (Ctrl-C again leaves at once)\n");
    connection.request("run/cancel", { runId: options.runId }).catch(() => undefined);
  });
  const approver =
    options.output === "text" && terminal.isInteractive
      ? createApprover(terminal, context.paint, () => connection)
      : undefined;
  try {
    const track = (next: ClientConnection) => {
      connection = next;
    };
    return await Promise.race([attend(context, options, approver, track), left.promise]);
  } finally {
    offInterrupt();
    approver?.stop();
    connection.close();
  }
}

async function attend(
  context: CliContext,
  options: AttendOptions,
  approver: Approver | undefined,
  onConnection: (connection: ClientConnection) => void,
): Promise<Attended> {
  const { terminal, paint } = context;
  const isText = options.output === "text";
  const progress = createProgress(paint, terminal.columns);
  const { state, connection } = await followRun({
    runId: options.runId,
    connection: options.connection,
    reconnect: () => {
      terminal.err("The daemon went away; connecting again …\n");
      return context.connect();
    },
    from: options.from ?? null,
    ...(options.minAttempt === undefined ? {} : { minAttempt: options.minAttempt }),
    ...(options.modelSettings === undefined ? {} : { modelSettings: options.modelSettings }),
    onConnection,
    onEvent(event, current) {
      if (isText) terminal.out(progress.event(event, current));
      else if (options.output === "events") printJson(context, { type: "event", ...event });
      approver?.update(current);
    },
    onDelta: (delta) => isText && delta.call === undefined && terminal.out(progress.delta(delta.text)),
  });
  const decided = options.apply
    ? await accept(connection, state)
    : approver === undefined
      ? state
      : await offerAccept(context, connection, state);
  return { exitCode: report(context, options, state, decided), state: decided };
}

/** With --apply the daemon accepts by itself; asking again makes sure of it and tells what stands in the way. */
async function accept(connection: ClientConnection, state: RunState): Promise<RunState> {
  const { runId } = state;
  if (state.status !== "done" || pendingPaths(state).length === 0) return state;
  try {
    await connection.request("changes/accept", { runId });
  } catch (error) {
    if (!(error instanceof NexusError) || error.value.code !== "changes.none") throw error;
  }
  return (await connection.request("run/show", { runId })).run;
}

async function offerAccept(context: CliContext, connection: ClientConnection, state: RunState): Promise<RunState> {
  const pending = pendingPaths(state);
  if (state.status !== "done" || pending.length === 0) return state;
  for (;;) {
    const answer = (
      await context.terminal.ask("Write this change into your folder? [y]es, [n]ot now, [d]iff: ")
    )?.trim();
    if (/^d/i.test(answer ?? "")) await printDiffs(context, connection, state, pending);
    else if (/^y/i.test(answer ?? "")) return accept(connection, state);
    else return state;
  }
}

/** Prints what came of it and answers with the exit code; a change that could not be written counts as failed. */
function report(context: CliContext, options: AttendOptions, followed: RunState, state: RunState): ExitCode {
  const { terminal, paint } = context;
  const conflicts = state.changes?.conflicts ?? [];
  const exitCode = conflicts.length > 0 && options.apply ? EXIT.failed : exitCodeOf(state.status);
  if (options.output === "events") printJson(context, { type: "result", exitCode, ...resultOf(state) });
  if (options.output !== "text") return exitCode;
  const accepted = Object.values(state.changes?.decisions ?? {}).filter((decision) => decision === "accepted").length;
  if (state.seq > followed.seq && accepted > 0)
    terminal.out(paint("green", `✓ Wrote ${accepted} file${accepted === 1 ? "" : "s"} into ${state.workspace}.\n`));
  for (const { path, reason } of conflicts) terminal.err(`${paint("red", `✗ ${path}: ${reason}`)}\n`);
  if (isEnded(state.status)) terminal.out(nextStepsText(state, paint));
  return exitCode;
}

/** What scripts get to know of a run that ended. */
export function resultOf(state: RunState): object {
  const { runId, sessionId, workspace, status, kind, summary, answer, error, stats, budget, verification } = state;
  const { changeSet, decisions = {}, conflicts = [] } = state.changes ?? {};
  const accepted = Object.keys(decisions).filter((path) => decisions[path] === "accepted");
  const about = { runId, sessionId, workspace, status, kind, summary, answer, error };
  const files = changeSet?.files ?? [];
  const durationMs = Date.parse(state.updatedAt) - Date.parse(state.createdAt);
  const figures = { costUsd: budget.spentUsd, stats, evidence: verification?.evidence ?? null, durationMs };
  return { ...about, files, accepted, pending: pendingPaths(state), conflicts, ...figures };
}
