/** What a scripted model says: turns that are picked by what a request holds, the same way every time. */
import { createHash } from "node:crypto";

/** All given conditions must hold. Texts match when they occur. */
interface When {
  /** Anywhere: in the system prompt or in any message. */
  readonly contains?: string;
  readonly system?: string;
  /** In the first user message: the goal or task. */
  readonly firstUser?: string;
  /** In the last message that the user wrote (a tool's result is none). */
  readonly lastUser?: string;
  /** In the last message, whoever wrote it; the result of the last tool call most of the time. */
  readonly last?: string;
  /** The name of a tool that is offered. */
  readonly tool?: string;
  /** How many assistant messages the conversation holds already: 0 for its first request. */
  readonly turn?: number;
}

interface ScriptedCall {
  readonly tool: string;
  /** Any JSON value, written out as JSON. */
  readonly arguments?: unknown;
  /** Instead of `arguments`: the exact text, well-formed or not. */
  readonly argumentsText?: string;
}

interface ScriptedUsage {
  readonly inputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly outputTokens?: number;
}

export interface Reply {
  readonly text?: string;
  readonly toolCalls?: readonly ScriptedCall[];
  readonly usage?: ScriptedUsage;
  /** The provider's own word for why it stopped; default by what the reply holds. */
  readonly stopReason?: string;
}

/** Faults, one or several at once. They hit the first `times` requests of the same content, then all is well. */
export interface Misbehaviour {
  /** Default 1. */
  readonly times?: number | "always";
  /** Answers with this status and `body`, or the provider's own error shape around `message`. */
  readonly status?: number;
  readonly message?: string;
  readonly errorType?: string;
  readonly body?: string;
  readonly retryAfter?: string | number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Status 200 and a web page. */
  readonly html?: boolean;
  /** Bytes that are no HTTP. */
  readonly garbage?: boolean;
  /** Closes the connection without an answer. */
  readonly closeConnection?: boolean;
  /** Ends the stream after so many bytes or events: by closing it properly, or with `reset` by breaking the connection. */
  readonly cutAfterBytes?: number;
  readonly cutAfterEvents?: number;
  readonly reset?: boolean;
  /** Sends so many events and then nothing more, with the connection open. 0: not even the headers. */
  readonly stallAfterEvents?: number;
  /** Milliseconds between events. */
  readonly eventDelayMs?: number;
  /** Sends so many events, then an error event of the provider's shape. */
  readonly errorAfterEvents?: number;
  readonly malformedEvent?: boolean;
  readonly malformedArguments?: boolean;
  readonly toolName?: string;
  readonly duplicateEvents?: boolean;
  readonly noUsage?: boolean;
  readonly noFinish?: boolean;
  /** Sends the end mark but neither what follows it nor the end of the connection. */
  readonly keepOpen?: boolean;
  /** Answers with text of this many bytes. */
  readonly replyBytes?: number;
  /** Status 400 for requests that hold this parameter. */
  readonly rejectParameter?: string;
}

export interface ScriptTurn {
  readonly when?: When;
  readonly reply?: Reply;
  readonly misbehave?: Misbehaviour;
  /** The turn is never used up: an endless loop. */
  readonly repeat?: boolean;
}

export type Script = readonly ScriptTurn[];

/** A request in terms that both providers' shapes have in common. */
export interface Conversation {
  readonly system: string;
  readonly messages: readonly { readonly role: "user" | "assistant" | "tool"; readonly text: string }[];
  readonly tools: readonly string[];
}

export interface PickedTurn {
  readonly turn: ScriptTurn;
  readonly index: number;
  /** How often a request of this content was seen before. */
  readonly repetition: number;
}

export interface ScriptPlayer {
  /**
   * The first unused turn whose conditions hold; undefined when there is none. A request of known content gets the turn
   * it got before, because a daemon that crashed asks the same again.
   */
  pick(hash: string, conversation: Conversation): PickedTurn | undefined;
  /** Turns that no request has used. */
  unused(): ScriptTurn[];
}

export function createScriptPlayer(script: Script): ScriptPlayer {
  const used = new Set<number>();
  const known = new Map<string, { index: number; count: number }>();
  return {
    pick(hash, conversation) {
      const before = known.get(hash);
      const index =
        before?.index ?? script.findIndex((turn, at) => !used.has(at) && holds(turn.when ?? {}, conversation));
      const turn = script[index];
      if (turn === undefined) return undefined;
      if (turn.repeat !== true) used.add(index);
      known.set(hash, { index, count: (before?.count ?? 0) + 1 });
      return { turn, index, repetition: before?.count ?? 0 };
    },
    unused: () => script.filter((turn, index) => !used.has(index) && turn.repeat !== true),
  };
}

function holds(when: When, { system, messages, tools }: Conversation): boolean {
  const users = messages.filter((message) => message.role === "user");
  const occurs = (wanted: string | undefined, text: string | undefined) =>
    wanted === undefined || (text ?? "").includes(wanted);
  return (
    occurs(when.contains, [system, ...messages.map((message) => message.text)].join("\n")) &&
    occurs(when.system, system) &&
    occurs(when.firstUser, users[0]?.text) &&
    occurs(when.lastUser, users.at(-1)?.text) &&
    occurs(when.last, messages.at(-1)?.text) &&
    (when.tool === undefined || tools.includes(when.tool)) &&
    (when.turn === undefined || messages.filter((message) => message.role === "assistant").length === when.turn)
  );
}

/** The faults of this request: none once they have hit as often as they should. */
export function faultsOf({ turn, repetition }: PickedTurn): Misbehaviour {
  const { misbehave } = turn;
  if (misbehave === undefined) return {};
  const times = misbehave.times ?? 1;
  return times === "always" || repetition < times ? misbehave : {};
}

interface PlannedCall {
  readonly id: string;
  readonly tool: string;
  readonly argumentsText: string;
}

export interface PlannedReply {
  readonly text: string;
  readonly calls: readonly PlannedCall[];
  readonly usage: Required<ScriptedUsage>;
  readonly stopReason: string | undefined;
}

/** The reply in full: ids and figures depend on nothing but the request's content. */
export function plannedReply(picked: PickedTurn, hash: string, bodyCharacters: number, idPrefix: string): PlannedReply {
  const { reply = {} } = picked.turn;
  const faults = faultsOf(picked);
  const text = faults.replyBytes === undefined ? (reply.text ?? "") : "x".repeat(faults.replyBytes);
  const calls = (reply.toolCalls ?? []).map((call, index) => {
    const written = call.argumentsText ?? JSON.stringify(call.arguments ?? {});
    const argumentsText = faults.malformedArguments === true ? `${written.slice(0, -1)},` : written;
    return { id: `${idPrefix}${hash.slice(0, 12)}${index}`, tool: faults.toolName ?? call.tool, argumentsText };
  });
  const outputCharacters = text.length + calls.reduce((sum, call) => sum + call.argumentsText.length + 20, 0);
  const usage = {
    inputTokens: Math.ceil(bodyCharacters / 4),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: Math.max(1, Math.ceil(outputCharacters / 4)),
    ...reply.usage,
  };
  return { text, calls, usage, stopReason: reply.stopReason };
}

/** Splits as servers do, so that words and escapes are cut in the middle. Long texts come in larger pieces. */
export function pieces(text: string, size: number): string[] {
  const step = Math.max(size, Math.ceil(text.length / 200));
  return Array.from({ length: Math.ceil(text.length / step) }, (_, index) =>
    text.slice(index * step, (index + 1) * step),
  );
}

/** SHA-256 over the whole body with sorted keys; nothing is left out. */
export function contentHash(body: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(body)))
    .digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
