/** A document's fields as a form: what each can be edited as, and the text that an edit makes. */
import { entriesOf } from "./reading.ts";

export type FieldValue =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  | { readonly kind: "pairs"; readonly pairs: readonly (readonly [string, string])[] }
  /** Nothing that a form has: it is edited as text. */
  | { readonly kind: "other" };

export interface Field {
  readonly name: string;
  readonly value: FieldValue;
}

/** Undefined: the text is no JSON object. */
export function fieldsOfText(text: string): Field[] | undefined {
  const content = parsed(text);
  if (
    content === undefined ||
    typeof content.value !== "object" ||
    content.value === null ||
    Array.isArray(content.value)
  )
    return undefined;
  return [...entriesOf(content.value)].map(([name, value]) => ({ name, value: fieldValue(value) }));
}

/** The text with one field changed; the rest, and the order of keys, stay. */
export function withField(text: string, name: string, value: Exclude<FieldValue, { kind: "other" }>): string {
  const content = entriesOf(parsed(text)?.value);
  const plain = value.kind === "text" ? value.text : value.kind === "texts" ? value.texts : value.pairs;
  return JSON.stringify(
    Object.fromEntries([...content].map(([key, old]) => [key, key === name ? plain : old])),
    null,
    2,
  );
}

/** What is wrong with it as JSON; undefined: nothing. */
export function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

export function fieldValue(value: unknown): FieldValue {
  if (typeof value === "string") return { kind: "text", text: value };
  if (!Array.isArray(value)) return { kind: "other" };
  if (value.every((item) => typeof item === "string")) return { kind: "texts", texts: value };
  const pairs = value.filter(isPair);
  return pairs.length === value.length ? { kind: "pairs", pairs } : { kind: "other" };
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === "string");
}
