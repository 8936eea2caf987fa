/** Messages of a JSON-RPC protocol: mostly what clients send, and every way in which that goes wrong. */
import { damagedText, damagedValue } from "./damage.ts";
import type { Random } from "./random.ts";
import { type Pools, type Schema, valueFor } from "./schema-values.ts";

export interface Method {
  readonly name: string;
  readonly params: Schema;
  readonly isNotification?: boolean;
  /** Of what is asked, this one is asked so much rarer. */
  readonly rarity?: number;
}

export interface Grammar {
  readonly methods: readonly Method[];
  readonly pools: Pools;
  /** The notification, or request, that cancels, with the name of the field that holds an id. */
  readonly cancel: { readonly method: string; readonly field: string };
  /** Of the JSON of messages that must not be sent, because they would end what is tested. */
  isBarred(json: string): boolean;
  /** In characters: a longer message ends the connection, as it must. */
  readonly maxLength?: number;
}

const IDS: readonly unknown[] = [1, 2, 7, 0, -1, 1.5, 2 ** 53, "1", "", "x".repeat(300), "\u2028", null, {}, [], true];

/** The text of a message. */
export function messageText(random: Random, grammar: Grammar): string {
  const message = barred(grammar, () => anyMessage(random, grammar));
  const text = JSON.stringify(message);
  if (!random.chance(0.15)) return text;
  const damaged = damagedText(text, random);
  // What the damage made of it may be a message again.
  return grammar.isBarred(normalized(damaged)) || isTooLong(damaged, grammar) ? text : damaged;
}

function barred(grammar: Grammar, make: () => unknown): unknown {
  for (;;) {
    const message = make();
    const text = JSON.stringify(message);
    if (text !== undefined && !grammar.isBarred(text) && !isTooLong(text, grammar)) return message;
  }
}

function isTooLong({ length }: string, { maxLength = Number.POSITIVE_INFINITY }: Grammar): boolean {
  return length > maxLength;
}

/** As the other side will read it: without escapes. Too deep for that, it will not be read at all. */
function normalized(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

function anyMessage(random: Random, grammar: Grammar): unknown {
  const kind = random.next();
  if (kind < 0.4) return known(random, grammar, (params) => params);
  if (kind < 0.75) return known(random, grammar, (params) => damagedValue(params, random));
  if (kind < 0.8) return { ...envelope(random), method: random.pick(UNKNOWN), params: random.pick([{}, [], null, 1]) };
  if (kind < 0.85) return answer(random);
  if (kind < 0.9) {
    const { method, field } = grammar.cancel;
    return { jsonrpc: "2.0", method, params: { [field]: random.pick(IDS) } };
  }
  if (kind < 0.94)
    return Array.from({ length: random.pick([0, 1, 3, 60]) }, () => known(random, grammar, (params) => params));
  return damagedValue(
    known(random, grammar, (params) => params),
    random,
  );
}

const UNKNOWN = [
  "",
  "x",
  "__proto__",
  "constructor",
  "rpc.discover",
  "$/unknown",
  "run/start ",
  "RUN/LIST",
  "a".repeat(5000),
];

function known(random: Random, { methods, pools }: Grammar, change: (params: unknown) => unknown): object {
  const { name, params, isNotification = false } = choose(random, methods);
  const made = { method: name, params: change(valueFor(params, random, pools)) };
  const isOdd = random.chance(0.05);
  return isNotification !== isOdd ? { jsonrpc: "2.0", ...made } : { ...envelope(random), ...made };
}

function choose(random: Random, methods: readonly Method[]): Method {
  for (;;) {
    const method = random.pick(methods);
    if (random.chance(1 / (method.rarity ?? 1))) return method;
  }
}

function envelope(random: Random): object {
  return {
    jsonrpc: random.chance(0.97) ? "2.0" : random.pick(["1.0", 2, null]),
    id: random.chance(0.7) ? 10 + random.below(40) : random.pick(IDS),
  };
}

/** Of something that nobody asked. */
function answer(random: Random): object {
  const id = random.pick(IDS);
  return random.pick([
    { jsonrpc: "2.0", id, result: random.pick([null, {}, "x"]) },
    { jsonrpc: "2.0", id, error: { code: -32000, message: "no" } },
    { jsonrpc: "2.0", id, error: "no" },
    { jsonrpc: "2.0", id, result: 1, error: null },
    { jsonrpc: "2.0", id },
  ]);
}
