/**
 * CEL in workflows: bounded and without side effects. What an expression names is known before a run; what goes wrong when
 * it is evaluated is a value.
 */
import { type CelInput, celEnv, isCelError, isCelList, isCelMap, isCelUint, parse, plan } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { withinTime } from "../../host/time-limit.ts";
import type { Json } from "./definition.ts";
import { examine, type Names } from "./expression-names.ts";

export type Evaluated = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string };

/** What an expression may look at. `now`: milliseconds, only where an expression waits. */
export interface Bindings {
  readonly values: Readonly<Record<string, Json>>;
  readonly now?: number;
}

const MOST_ITEMS = 1000;
const MOST_CHARACTERS = 256 * 1024;
const LONGEST = 10_000;
/** Lists that an expression makes itself, of a long text's letters say, can be gone through without end. */
const LONGEST_MS = 1000;
/** These make texts that grow with the product of their arguments. */
const GROWING = ["replace", "format", "join"];
const FUNCTIONS = strings.filter((known) => !GROWING.includes(known.name));
const PLACEHOLDER = /\$\{\{([\s\S]*?)\}\}/g;

/** The names that an expression uses, or why it is none. */
export function namesIn(source: string): Names | { readonly problem: string } {
  if (source.length > LONGEST) return { problem: `it is longer than ${LONGEST} characters` };
  // The parser goes back and forth over brackets that do not fit.
  const told = withinTime(LONGEST_MS, () => readNames(source));
  return told?.value ?? { problem: `it takes longer than ${LONGEST_MS} ms to read` };
}

function readNames(source: string): Names | { readonly problem: string } {
  try {
    return examine(parse(source).expr, [...new Set(FUNCTIONS.map((known) => known.name))]);
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** Evaluates an expression that `namesIn` found well-formed. */
export function evaluate(source: string, bindings: Bindings): Evaluated {
  const told = withinTime(LONGEST_MS, () => evaluated(source, bindings));
  return told?.value ?? { ok: false, reason: `\`${source}\` takes longer than ${LONGEST_MS} ms.` };
}

function evaluated(source: string, { values, now }: Bindings): Evaluated {
  try {
    const bindings = new Map<string, CelInput>();
    for (const [name, value] of Object.entries(values)) bindings.set(name, toCel(value));
    if (now !== undefined) bindings.set("now", timestampFromMs(now));
    const result = plan(celEnv({ funcs: FUNCTIONS }), parse(source))(Object.fromEntries(bindings));
    if (isCelError(result)) return { ok: false, reason: `\`${source}\` cannot be told: ${result.message}` };
    const value = fromCel(result);
    if (JSON.stringify(value).length > MOST_CHARACTERS) return { ok: false, reason: `\`${source}\` gives too much.` };
    return { ok: true, value };
  } catch (error) {
    return { ok: false, reason: `\`${source}\` cannot be told: ${messageOf(error)}` };
  }
}

export function evaluateBoolean(source: string, bindings: Bindings): Evaluated {
  const result = evaluate(source, bindings);
  if (!result.ok || typeof result.value === "boolean") return result;
  return { ok: false, reason: `\`${source}\` is ${JSON.stringify(result.value)?.slice(0, 100)}, not true or false.` };
}

/** The expressions in a value's texts, `${{ … }}`. */
export function placeholdersIn(value: Json): string[] {
  if (typeof value === "string") return [...value.matchAll(PLACEHOLDER)].map(([, source = ""]) => source.trim());
  if (value === null || typeof value !== "object") return [];
  return (isList(value) ? value : Object.values(value)).flatMap(placeholdersIn);
}

/** Fills in `${{ … }}`. A text that is nothing else becomes the value itself; within a text, values become JSON text. */
export function fill(value: Json, tell: (source: string) => Evaluated): Evaluated {
  try {
    return { ok: true, value: filled(value, tell) };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

function filled(value: Json, tell: (source: string) => Evaluated): Json {
  const known = (source: string): Json => {
    const result = tell(source.trim());
    if (result.ok) return result.value;
    throw new Error(result.reason);
  };
  if (typeof value === "string") {
    const [whole, source] = /^\$\{\{((?:(?!\}\})[\s\S])*)\}\}$/.exec(value) ?? [];
    if (whole !== undefined && source !== undefined) return known(source);
    return value.replace(PLACEHOLDER, (_, inner: string) => asText(known(inner)));
  }
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map((item) => filled(item, tell));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, tell)]));
}

function asText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Undefined: it is no map. */
export function asMap(value: Json): Readonly<Record<string, Json>> | undefined {
  return value !== null && typeof value === "object" && !isList(value) ? value : undefined;
}

/** Whole numbers become CEL's int, so that `index + 1` is what people expect. */
function toCel(value: Json): CelInput {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== "object") return value;
  if (!isList(value)) return new Map(Object.entries(value).map(([key, item]) => [key, toCel(item)]));
  if (value.length > MOST_ITEMS) throw new Error(`A list of ${value.length} items is longer than ${MOST_ITEMS}.`);
  return value.map(toCel);
}

function fromCel(value: unknown): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string" || typeof value === "number")
    return value;
  if (typeof value === "bigint") return Number(value);
  if (isCelUint(value)) return Number(value.value);
  if (isCelList(value)) return [...value].map(fromCel);
  if (isCelMap(value))
    return Object.fromEntries([...value.entries()].map(([key, item]) => [keyText(key), fromCel(item)]));
  throw new Error("Its result is no JSON value.");
}

function keyText(key: unknown): string {
  return typeof key === "string" ? key : String(fromCel(key));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
