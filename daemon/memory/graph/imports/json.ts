/** Configuration files in JSON, with comments and trailing commas as people write them. Bad ones are empty. */

// What is not closed goes on to its end: no text makes them look twice at the same place.
const STRINGS_AND_COMMENTS = /("(?:\\.|[^"\\\n])*"?)|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const STRINGS_AND_COMMAS = /("(?:\\.|[^"\\\n])*"?)|,(?=\s*[}\]])/g;
const MAX_LENGTH = 2_000_000;

export function parseJson(text: string | undefined): unknown {
  if (text === undefined || text.length > MAX_LENGTH) return undefined;
  const plain = text
    .replace(/^\uFEFF/, "")
    .replace(STRINGS_AND_COMMENTS, "$1")
    .replace(STRINGS_AND_COMMAS, "$1");
  try {
    return JSON.parse(plain);
  } catch {
    // The project's own tools will name the fault; without it fewer imports are resolved.
    return undefined;
  }
}

export function field(value: unknown, ...keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

export function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
