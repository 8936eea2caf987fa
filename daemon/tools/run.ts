/**
 * The gate: the only place that executes a tool. schema → fence → policy → audit → approval → locks → journal → effect →
 * result. What goes wrong becomes an outcome that the model can read; only a stop of the run, a failing journal and a
 * failing audit are thrown.
 */
import { failure, type ToolEffect, type ToolStatus } from "../../protocol/index.ts";
import type { Access } from "../security/access.ts";
import type { Taint } from "../security/taint.ts";
import { admit } from "./gate/admit.ts";
import { parseArguments } from "./gate/arguments.ts";
import type { GateOptions } from "./gate/gate.ts";
import { guarded, JournalFailure } from "./gate/guard.ts";
import type { Probe, RecordedOutcome } from "./gate/journal-port.ts";
import type { Ticket } from "./gate/locks.ts";
import { createOutputStream } from "./gate/output-stream.ts";
import { oneLine, printable, show } from "./gate/result.ts";
import { remember, write } from "./gate/writes.ts";
import type { DirectTool, Tool, ToolContext, ToolOutcome } from "./tool.ts";

const MAX_OUTPUT = 30_000;

/**
 * Carries out one call of a model, or answers with what is recorded of it. Several may be under way at once: those whose
 * locks conflict go in the order in which this function was called. Resolves with the recorded outcome, whose output is
 * for the model. Rejects with the signal's reason when the run stops, and when the journal or the audit fails.
 */
export async function runTool(options: GateOptions): Promise<RecordedOutcome> {
  const tool = options.tools.find(({ name }) => name === options.call.tool);
  // Before anything is waited for: the order of the calls is the order in the queue.
  const ticket = options.locks.enter(tool?.effect === "pure");
  try {
    return (await replayed(options)) ?? (await carryOut(options, tool, ticket));
  } finally {
    ticket.leave();
  }
}

async function replayed(options: GateOptions): Promise<RecordedOutcome | undefined> {
  const recorded = await options.journal.recorded(options.key);
  if (recorded?.status === "done") await rememberSeen(options);
  return recorded;
}

async function carryOut(options: GateOptions, tool: Tool | undefined, ticket: Ticket): Promise<RecordedOutcome> {
  const { key, journal, clock, context } = options;
  const started = clock.monotonic();
  const outcome = await decide(options, tool, ticket);
  if (context.signal.aborted && !outcome.ok) throw context.signal.reason;
  const durationMs = Math.round(clock.monotonic() - started);
  const { result, whole } = resultOf(outcome, options, durationMs);
  await journal.record(key, result, whole);
  return result;
}

/** After a restart the agent has seen what it saw before: the journal knows the files and their hashes. */
async function rememberSeen({ key, journal, context }: GateOptions): Promise<void> {
  const probe = (await journal.intended(key))?.probe;
  if (probe !== undefined) remember(probe, context);
}

async function decide(options: GateOptions, tool: Tool | undefined, ticket: Ticket): Promise<ToolOutcome> {
  const { key, call, tools, journal } = options;
  if (tool === undefined)
    return failure(
      "tool.unknown",
      `“${call.tool.slice(0, 100)}” is not among ${tools.map(({ name }) => name).join(", ")}.`,
    );
  const intended = await journal.intended(key);
  const isLost = tool.effect === "unknown" || (tool.effect === "verifiable" && intended?.probe === undefined);
  if (intended !== undefined && isLost) return failure("tool.interrupted");
  const input = parseArguments(tool, call.argumentsText);
  if (!input.ok) return input;
  const admitted = await admit(options, tool, input.value, ticket);
  if (!admitted.ok) return admitted;
  const { access, judgement } = admitted.value;
  if (judgement.actsOutside === true) await options.taint.see({ actedOutside: true });
  const { hosts = [] } = judgement;
  const reaching = { ...options, context: { ...options.context, hosts } };
  const outcome = await runEffect(reaching, tool, input.value, intended?.probe);
  const seen = touched(access, outcome);
  if (seen !== undefined) await options.taint.see(seen);
  return outcome;
}

/** Pages and tools of others bring text that nobody vouched for, however the call ended. */
function touched({ kind }: Access, { taint }: ToolOutcome): Partial<Taint> | undefined {
  return kind === "network" || kind === "foreign" ? { ...taint, untrustedInput: true } : taint;
}

/** `probe` is that of an intent which an earlier process recorded without a result. */
function runEffect(options: GateOptions, tool: Tool, input: unknown, probe: Probe | undefined): Promise<ToolOutcome> {
  if (tool.effect !== "verifiable") return guarded(options, tool, (context) => direct(options, tool, input, context));
  return guarded(options, tool, (context) =>
    write(tool, input, context, probe, (found) => intend(options, tool.effect, found)),
  );
}

async function direct(
  options: GateOptions,
  tool: DirectTool,
  input: unknown,
  context: ToolContext,
): Promise<ToolOutcome> {
  const seen = await tool.observe?.(input, context);
  const probe = seen === undefined ? undefined : { path: seen.path, before: seen.hash, after: seen.hash };
  await intend(options, tool.effect, probe);
  if (context.onOutput === undefined) return tool.execute(input, context);
  const stream = createOutputStream(context.onOutput, options.redact);
  try {
    return await tool.execute(input, { ...context, onOutput: stream.add });
  } finally {
    stream.end();
  }
}

/** A journal that fails is no failure of the tool: it must reach the run. */
async function intend(
  { journal, key, call }: GateOptions,
  effect: ToolEffect,
  probe: Probe | undefined,
): Promise<void> {
  const intent = { callId: call.callId, tool: call.tool, input: call.argumentsText, effect };
  try {
    await journal.intend(key, probe === undefined ? intent : { ...intent, probe });
  } catch (error) {
    throw new JournalFailure("the journal could not be written", { cause: error });
  }
}

function resultOf(
  outcome: ToolOutcome,
  { redact, tools, call, key }: GateOptions,
  durationMs: number,
): { result: RecordedOutcome; whole?: string } {
  const limit = tools.find(({ name }) => name === call.tool)?.maxOutput ?? MAX_OUTPUT;
  const output = outcome.ok ? outcome.output : `${outcome.error.message}\n${outcome.error.hint}`;
  const summary = outcome.ok ? outcome.summary : `${call.tool}: ${outcome.error.message}`;
  const { text, whole } = show(printable(redact(output)), limit, handleOf(key));
  const result = {
    status: statusOf(outcome),
    output: text,
    summary: oneLine(redact(summary)),
    changed: outcome.ok ? [...(outcome.changed ?? [])] : [],
    durationMs,
    ...(outcome.ok && outcome.offers !== undefined ? { offers: outcome.offers } : {}),
  };
  return whole === undefined ? { result } : { result: { ...result, isCut: true }, whole };
}

/** Turn and index: what a model can write, and the run finds the call by. */
function handleOf(key: string): string {
  return key.split("/").slice(-2).join(".");
}

function statusOf(outcome: ToolOutcome): ToolStatus {
  if (outcome.ok) return "done";
  const { code } = outcome.error;
  if (code === "tool.denied" || code === "path.outside") return "denied";
  return code === "tool.interrupted" ? "interrupted" : "failed";
}
