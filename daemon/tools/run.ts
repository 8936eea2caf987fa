/**
 * The gate: the only place that executes a tool. schema → fence → policy → approval → journal → effect → result.
 * What goes wrong becomes an outcome that the model can read; only a stop of the run and a failing journal are thrown.
 */
import { failure, type ToolEffect, type ToolStatus } from "../../protocol/index.ts";
import { removeTemporaries } from "../host/files.ts";
import { resolveInside } from "../security/fence.ts";
import { confine, parseArguments, permit } from "./admit.ts";
import type { GateOptions } from "./gate.ts";
import { guarded, JournalFailure } from "./guard.ts";
import type { Probe, RecordedOutcome } from "./journal-port.ts";
import { bound, oneLine, printable } from "./result.ts";
import { fileHash } from "./text-file.ts";
import { ABSENT, type DirectTool, type Tool, type ToolContext, type ToolOutcome, type WritingTool } from "./tool.ts";

const MAX_OUTPUT = 30_000;

/**
 * Carries out one call of a model, or answers with what is recorded of it. Resolves with the recorded outcome, whose
 * output is for the model. Rejects with the signal's reason when the run stops, and when the journal fails.
 */
export async function runTool(options: GateOptions): Promise<RecordedOutcome> {
  const { key, journal, clock, context } = options;
  const recorded = await journal.recorded(key);
  if (recorded !== undefined) {
    if (recorded.status === "done") await rememberSeen(options);
    return recorded;
  }
  const started = clock.monotonic();
  const outcome = await decide(options);
  if (context.signal.aborted && !outcome.ok) throw context.signal.reason;
  const durationMs = Math.round(clock.monotonic() - started);
  const result = resultOf(outcome, options, durationMs);
  await journal.record(key, result);
  return result;
}

/** After a restart the agent has seen what it saw before: the journal knows the files and their hashes. */
async function rememberSeen({ key, journal, context }: GateOptions): Promise<void> {
  const probe = (await journal.intended(key))?.probe;
  if (probe !== undefined) remember(probe, context);
}

function remember({ path, after }: Pick<Probe, "path" | "after">, context: ToolContext): void {
  if (after === ABSENT) context.seen.delete(path);
  else context.seen.set(path, after);
}

async function decide(options: GateOptions): Promise<ToolOutcome> {
  const { key, call, tools, context, journal } = options;
  const tool = tools.find((candidate) => candidate.name === call.tool);
  if (tool === undefined)
    return failure("tool.unknown", `“${call.tool}” is not among ${tools.map(({ name }) => name).join(", ")}.`);
  const intended = await journal.intended(key);
  const isLost = tool.effect === "unknown" || (tool.effect === "verifiable" && intended?.probe === undefined);
  if (intended !== undefined && isLost) return failure("tool.interrupted");
  const input = parseArguments(tool, call.argumentsText);
  if (!input.ok) return input;
  const access = await confine(await tool.access(input.value, context), context);
  if (!access.ok) return access;
  const permitted = await permit(options, access.value);
  return permitted.ok ? runEffect(options, tool, input.value, intended?.probe) : permitted;
}

/** `probe` is that of an intent which an earlier process recorded without a result. */
function runEffect(options: GateOptions, tool: Tool, input: unknown, probe: Probe | undefined): Promise<ToolOutcome> {
  if (tool.effect !== "verifiable") return guarded(options, tool, (context) => direct(options, tool, input, context));
  return guarded(options, tool, (context) => write(options, tool, input, context, probe));
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
  return tool.execute(input, context);
}

async function write(
  options: GateOptions,
  tool: WritingTool,
  input: unknown,
  context: ToolContext,
  intended: Probe | undefined,
): Promise<ToolOutcome> {
  if (intended !== undefined) {
    const state = await stateOf(intended, context);
    if (state === "after") return done(tool.applied(input), intended, context);
    if (state === "other") return failure("tool.failed", unexpected(intended.path));
  }
  const prepared = await tool.prepare(input, context);
  if ("ok" in prepared) return prepared;
  const { path, before, after } = prepared;
  if (intended === undefined) await intend(options, tool.effect, { path, before, after });
  const outcome = await prepared.apply();
  return outcome.ok ? done(outcome, prepared, context) : outcome;
}

function unexpected(path: string): string {
  return `The daemon stopped while it wrote ${path}, and the file is neither as it was nor as it was to be. Read it again.`;
}

/** What the agent wrote it has seen. */
function done(outcome: ToolOutcome, probe: Probe, context: ToolContext): ToolOutcome {
  remember(probe, context);
  return outcome.ok ? { ...outcome, changed: [probe.path] } : outcome;
}

/** Looks where the file stands after a restart, and clears away what a cut-off write left beside it. */
async function stateOf(probe: Probe, context: ToolContext): Promise<"before" | "after" | "other"> {
  const at = await resolveInside(context.root, probe.path);
  if (!at.ok) return "other";
  await removeTemporaries(at.value.absolute);
  const hash = await fileHash(at.value.absolute);
  if ((hash ?? ABSENT) === probe.after) return "after";
  return hash === probe.before ? "before" : "other";
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

function resultOf(outcome: ToolOutcome, options: GateOptions, durationMs: number): RecordedOutcome {
  const { redact, tools, call } = options;
  const limit = tools.find(({ name }) => name === call.tool)?.maxOutput ?? MAX_OUTPUT;
  const output = outcome.ok ? outcome.output : `${outcome.error.message}\n${outcome.error.hint}`;
  const summary = outcome.ok ? outcome.summary : `${call.tool}: ${outcome.error.message}`;
  return {
    status: statusOf(outcome),
    output: bound(printable(redact(output)), limit),
    summary: oneLine(redact(summary)),
    changed: outcome.ok ? [...(outcome.changed ?? [])] : [],
    durationMs,
  };
}

function statusOf(outcome: ToolOutcome): ToolStatus {
  if (outcome.ok) return "done";
  const { code } = outcome.error;
  if (code === "tool.denied" || code === "path.outside") return "denied";
  return code === "tool.interrupted" ? "interrupted" : "failed";
}
