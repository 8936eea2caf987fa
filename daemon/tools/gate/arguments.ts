/** The arguments of a call as a model wrote them: checked against the tool's schema, never guessed at. */

import type * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { failure, type Result } from "../../../protocol/index.ts";
import type { Tool } from "../tool.ts";

/** A whole file fits. */
const MAX_CHARACTERS = 2_000_000;
const MAX_DEPTH = 64;

/**
 * The value that the schema makes of them. Keys that it does not know are dropped where the call only looks, and refused
 * where it changes something: there they may have been meant to matter.
 */
export function parseArguments(tool: Tool, text: string): Result<unknown> {
  const refuse = (problem: string) => failure("tool.invalid_input", `${tool.name}: ${problem}`);
  if (text.length > MAX_CHARACTERS)
    return refuse(`${text.length} characters of arguments are too many; at most ${MAX_CHARACTERS}.`);
  let value: unknown;
  try {
    value = JSON.parse(text.trim() === "" ? "{}" : text);
  } catch (error) {
    return refuse(`not JSON: ${error instanceof Error ? error.message : ""}. ${whyNoJson(text)}`.trimEnd());
  }
  const unsafe = unsafeKey(value, 0);
  if (unsafe !== undefined) return refuse(unsafe);
  if (typeof value === "string") return refuse("the arguments are a text; send the object itself.");
  const parsed = tool.input.safeParse(value, { error: en().localeError });
  if (!parsed.success) return refuse(`${problemsOf(parsed.error.issues, value)}.`);
  const unknown = tool.effect === "pure" ? [] : lostKeys(value, parsed.data, "");
  if (unknown.length > 0) return refuse(`it does not know ${unknown.slice(0, 5).join(", ")}; leave that out.`);
  return { ok: true, value: parsed.data };
}

/** The mistakes that models make most. */
function whyNoJson(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith("```")) return "Send the object without a code fence.";
  if (/,\s*[}\]]/.test(trimmed)) return "A comma stands before a closing bracket.";
  if (!/[}\]]$/.test(trimmed)) return "It seems to be cut off.";
  return "";
}

function unsafeKey(value: unknown, depth: number): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (depth > MAX_DEPTH) return `it is nested more than ${MAX_DEPTH} levels deep.`;
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") return "the key __proto__ is refused wherever it stands.";
    const problem = unsafeKey(item, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemsOf(issues: readonly z.core.$ZodIssue[], value: unknown): string {
  const problems = issues.map(({ path, message }) => {
    const isText = isJsonText(at(value, path)) ? " (it is JSON as a text: send it as it is, without quotes)" : "";
    return `${path.join(".") || "arguments"}: ${message}${isText}`;
  });
  return problems.slice(0, 10).join("; ");
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function isJsonText(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const text = value.trim();
  return (text.startsWith("[") && text.endsWith("]")) || (text.startsWith("{") && text.endsWith("}"));
}

/** Paths of what was sent and is not in what the schema made of it. */
function lostKeys(sent: unknown, kept: unknown, path: string): string[] {
  if (typeof sent !== "object" || sent === null || typeof kept !== "object" || kept === null) return [];
  return Object.entries(sent).flatMap(([key, item]) => {
    const name = path === "" ? key : `${path}.${key}`;
    return Object.hasOwn(kept, key) ? lostKeys(item, Reflect.get(kept, key), name) : [name];
  });
}
