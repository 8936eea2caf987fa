/**
 * The journal: every effect is *intent → effect → result*, all three in the event log, keyed by task, turn and index.
 * After a crash a recorded result is reused and never asked for again.
 */
import type { ContextUse, ErrorValue, RunEventBody } from "../../protocol/index.ts";
import { hashOf } from "../host/files.ts";
import type { Message, ModelRequest, ModelResponse } from "../models/model.ts";
import { costOf } from "../models/prices.ts";
import { respondWithRetry } from "../models/retry.ts";
import { estimateRequest } from "../models/tokens.ts";
import { reserveOf } from "../planning/budget.ts";
import type { EffectJournal } from "../tools/gate/journal-port.ts";
import { withImages } from "./prompt-images.ts";
import { type RunContext, record, stateOf, throwIfStopped } from "./run-context.ts";
import { nextEvent } from "./team/life.ts";

const EVENT_TEXT = 4000;

/** Where a call stands in the run. */
export interface CallPlace {
  readonly taskId: string;
  readonly turn: number;
}

interface CallOptions {
  /** Instead of the turn's own key: for a call beside the agent's, of which nothing is streamed to people. */
  readonly key?: string;
  /** What the request is made of. */
  readonly use?: ContextUse;
}

/** One model call with budget, retries and journal. `live` is false when the answer was recorded earlier. */
export async function callModel(
  context: RunContext,
  place: CallPlace,
  asked: ModelRequest,
  { key = keyOf(place), use }: CallOptions = {},
): Promise<{ response: ModelResponse; live: boolean }> {
  const recorded = await responseOf(context, key);
  if (recorded !== undefined) return { response: recorded, live: false };
  throwIfStopped(context);
  const { counter, answerTokens } = await context.window();
  const sent = await context.recorded?.frame(key);
  const words = redactedRequest({ ...asked, ...sent }, context.redact);
  const { images } = await stateOf(context);
  const clean = key === keyOf(place) ? await withImages(context.store.artifacts, images, words) : words;
  const { inputTokens, overheadTokens } = estimateRequest(clean, counter.count);
  const tokens = { inputTokens, overheadTokens };
  const price = context.price();
  const wanted = { ...tokens, maxOutputTokens: Math.min(asked.maxOutputTokens, answerTokens) };
  const call = { key, ...place };
  const made = use === undefined ? {} : { context: use };
  const model = context.model().name;
  const { frame, artifacts } = frameOf(context, clean);
  const maxOutputTokens = await reserving(context, async () => {
    const reservation = reserveOf(await stateOf(context), place.taskId, price, wanted);
    if (reservation === undefined) return undefined;
    const { reservedUsd } = reservation;
    const body = { type: "model.requested" as const, ...call, model, reservedUsd, ...tokens, frame, ...made };
    await record(context, body, undefined, artifacts);
    return reservation.maxOutputTokens;
  });
  const request = { ...clean, maxOutputTokens };
  const started = context.clock.monotonic();
  const response = await ask(context, call, request);
  const durationMs = Math.round(context.clock.monotonic() - started);
  const costUsd = price === undefined ? 0 : costOf(price, response.usage);
  await recordResponse(context, call, response, { costUsd, durationMs });
  return { response, live: true };
}

/** One at a time: of two calls that look at the same money, each would think that it is there. Undefined tries again later. */
async function reserving<Value>(context: RunContext, reserve: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const settled = nextEvent(context, ({ body }) => SETTLING.has(body.type));
    try {
      const made = await context.inTurn("money", reserve);
      if (made !== undefined) return made;
      await settled.promise;
      throwIfStopped(context);
    } finally {
      settled.dispose();
    }
  }
}

/** After these a call holds no money any more. */
const SETTLING: ReadonlySet<string> = new Set(["model.responded", "model.failed", "task.finished"]);

const framesKept = new WeakMap<RunContext, Set<string>>();
const frames = new WeakMap<
  ModelRequest["tools"],
  { readonly system: string; readonly bytes: Uint8Array; readonly hash: string }
>();

/**
 * Instructions and tools, which the log tells nowhere else: kept once a run, so that a request can be made again as it was,
 * whatever a later version would send.
 */
function frameOf(context: RunContext, { system, tools }: ModelRequest): { frame: string; artifacts: Uint8Array[] } {
  let known = frames.get(tools);
  if (known === undefined || known.system !== system) {
    const bytes = new TextEncoder().encode(JSON.stringify({ system, tools }));
    known = { system, bytes, hash: hashOf(bytes) };
    frames.set(tools, known);
  }
  const kept = framesKept.get(context) ?? new Set();
  framesKept.set(context, kept);
  const isKept = kept.has(known.hash);
  kept.add(known.hash);
  return { frame: known.hash, artifacts: isKept ? [] : [known.bytes] };
}

/** The last place before the network: whatever the parts of a request came through, no known secret leaves with it. */
function redactedRequest(request: ModelRequest, redact: (text: string) => string): ModelRequest {
  return { ...request, system: redact(request.system), messages: redactedMessages(request.messages, redact) };
}

/** As they stand in the log: what is measured of them is the same when they come from there. */
export function redactedMessages(messages: readonly Message[], redact: (text: string) => string): Message[] {
  return messages.map((message): Message => {
    const text = redact(message.text);
    if (message.role !== "assistant") return { ...message, text };
    const toolCalls = message.toolCalls.map((call) => ({ ...call, argumentsText: redact(call.argumentsText) }));
    return { ...message, text, toolCalls };
  });
}

function keyOf({ taskId, turn }: CallPlace): string {
  return `model/${taskId}/${turn}`;
}

/** The answer to an agent's turn, if it is on record. */
export function recordedResponse(context: RunContext, place: CallPlace): Promise<ModelResponse | undefined> {
  return responseOf(context, keyOf(place));
}

async function responseOf(context: RunContext, key: string): Promise<ModelResponse | undefined> {
  const event = await context.store.events.find(context.runId, key);
  if (event?.body.type !== "model.responded") return undefined;
  const bytes = await context.store.artifacts.get(event.body.artifact);
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}

function ask(context: RunContext, call: CallPlace & { key: string }, request: ModelRequest): Promise<ModelResponse> {
  const onFailed = async (error: ErrorValue, attempt: number, willRetry: boolean) => {
    await record(context, { type: "model.failed", ...call, attempt, error, willRetry });
  };
  if (context.recorded !== undefined) return context.recorded.ask(call.key, onFailed);
  return respondWithRetry(context.model(), request, {
    signal: context.signal,
    onText: (text) => {
      if (call.key === keyOf(call)) context.onDelta({ taskId: call.taskId, turn: call.turn, text });
    },
    onFailedAttempt: onFailed,
    random: Math.random,
    sleep: (milliseconds, signal) => context.clock.sleep(milliseconds, signal),
  });
}

async function recordResponse(
  context: RunContext,
  call: CallPlace & { key: string },
  response: ModelResponse,
  figures: { costUsd: number; durationMs: number },
): Promise<void> {
  const kept = redactedResponse(response, context.redact);
  const bytes = new TextEncoder().encode(JSON.stringify(kept));
  const body: RunEventBody = {
    type: "model.responded",
    ...call,
    text: kept.text.slice(0, EVENT_TEXT),
    toolCalls: response.toolCalls.map(({ callId, tool }) => ({ callId, tool })),
    stopReason: response.stopReason,
    usage: response.usage,
    ...figures,
    artifact: hashOf(bytes),
  };
  await record(context, body, call.key, [bytes]);
}

/** A model that was told a secret elsewhere, or guessed it, must not bring it to disk; after a crash its calls go on without it. */
function redactedResponse(response: ModelResponse, redact: (text: string) => string): ModelResponse {
  const toolCalls = response.toolCalls.map((call) => ({ ...call, argumentsText: redact(call.argumentsText) }));
  return { ...response, text: redact(response.text), toolCalls };
}

/** The tool gate's journal of one call, over the event log. */
export function effectJournal(context: RunContext, call: CallPlace & { callId: string; tool: string }): EffectJournal {
  return {
    async recorded(key) {
      const event = await context.store.events.find(context.runId, `${key}/result`);
      if (event?.body.type !== "tool.finished") return undefined;
      const { status, output, summary, changed, durationMs, artifact, whole, offers } = event.body;
      const kept = artifact === null ? undefined : await context.store.artifacts.get(artifact);
      const text = kept === undefined ? output : new TextDecoder().decode(kept);
      const more = { ...(whole === undefined ? {} : { isCut: true }), ...(offers === undefined ? {} : { offers }) };
      return { status, output: text, summary, changed, durationMs, ...more };
    },
    async intended(key) {
      const event = await context.store.events.find(context.runId, `${key}/intent`);
      if (event?.body.type !== "tool.requested") return undefined;
      return event.body.probe === undefined ? {} : { probe: event.body.probe };
    },
    async intend(key, { input, effect, probe }) {
      throwIfStopped(context);
      const text = context.redact(typeof input === "string" ? input : JSON.stringify(input)).slice(0, EVENT_TEXT);
      const known = probe === undefined ? {} : { probe: { ...probe, more: probe.more && [...probe.more] } };
      await record(context, { type: "tool.requested", key, ...call, input: text, effect, ...known }, `${key}/intent`);
    },
    async record(key, outcome, whole) {
      const { status, summary, durationMs, offers } = outcome;
      const output = outcome.output.slice(0, EVENT_TEXT);
      const told = output.length === outcome.output.length ? undefined : new TextEncoder().encode(outcome.output);
      const all = whole === undefined ? undefined : new TextEncoder().encode(whole);
      const artifact = told === undefined ? null : hashOf(told);
      const shown = { status, summary, output, artifact, durationMs, changed: [...outcome.changed] };
      const more = {
        ...(all === undefined ? {} : { whole: hashOf(all) }),
        ...(offers === undefined ? {} : { offers: [...offers] }),
      };
      const kept = [told, all].filter((bytes) => bytes !== undefined);
      await record(context, { type: "tool.finished", key, ...call, ...shown, ...more }, `${key}/result`, kept);
    },
  };
}

/** All of a result that was cut, by the handle that the cut named: turn and index of the task's call. */
export async function wholeResult(context: RunContext, taskId: string, handle: string): Promise<string | undefined> {
  const place = /^(\d{1,6})\.(\d{1,6})$/.exec(handle);
  if (place === null) return undefined;
  const event = await context.store.events.find(context.runId, `tool/${taskId}/${place[1]}/${place[2]}/result`);
  if (event?.body.type !== "tool.finished") return undefined;
  const kept = event.body.whole ?? event.body.artifact;
  const bytes = kept === null ? undefined : await context.store.artifacts.get(kept);
  return bytes === undefined ? event.body.output : new TextDecoder().decode(bytes);
}
