/** Tools that others wrote, plug-ins of a workspace and tools of MCP servers: their names, words and schemas are data. */
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { withoutHidden } from "../../memory/hidden-characters.ts";

/** For whose work tools are wanted. */
export interface ForeignPlace {
  /** The user's folder, whose configuration counts. */
  readonly workspace: string;
  /** The agent's copy. */
  readonly root: string;
  /** False: nothing of the workspace may be started, its own tools and servers included. */
  readonly trusted: boolean;
  readonly signal: AbortSignal;
}

/** Providers take no longer names. */
const MAX_NAME = 64;
const MAX_DESCRIPTION = 600;
const MAX_PART_DESCRIPTION = 200;
const MAX_INPUT_KEYS = 100;

/**
 * `workspace__name`, `mcp__server__tool`: a name of their own, so that none can stand in for another. The parts are ASCII
 * and hold no double underscore; a longer one ends in a part of its hash.
 */
export function foreignName(...parts: readonly string[]): string {
  const name = parts.map((part) => part.replace(/[^A-Za-z0-9_-]/g, "_")).join("__");
  if (name.length <= MAX_NAME) return name;
  const hash = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 8);
  return `${name.slice(0, MAX_NAME - 9)}_${hash}`;
}

/** One paragraph without characters that a person would not see. */
export function foreignText(text: string, limit = MAX_DESCRIPTION): string {
  const line = withoutHidden(text).replace(/\s+/g, " ").trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** The schema for the model: without what costs tokens and says nothing, its texts bounded. */
export function foreignSchema(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const cleaned = clean(schema);
  return isRecord(cleaned) ? { properties: {}, ...cleaned, type: "object" } : { type: "object", properties: {} };
}

const DROPPED = new Set(["$schema", "$id", "$comment", "examples", "title"]);

function clean(value: unknown, isNames = false): unknown {
  if (typeof value === "string") return foreignText(value, MAX_PART_DESCRIPTION);
  if (Array.isArray(value)) return value.slice(0, MAX_INPUT_KEYS).map((item) => clean(item));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([key]) => (isNames || !DROPPED.has(key)) && key !== "__proto__");
  return Object.fromEntries(
    entries
      .slice(0, MAX_INPUT_KEYS)
      .map(([key, item]) => [foreignText(key, 100), clean(item, key === "properties" && !isNames)]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export type ForeignInput = z.ZodMiniType<Record<string, unknown>, Record<string, unknown>>;

/**
 * Checks arguments by a schema that others wrote. Patterns and formats are left to the tool itself: one that backtracks
 * without end would stand still in our process. A schema that cannot be understood asks for an object and nothing more.
 */
export async function foreignInput(schema: Readonly<Record<string, unknown>>): Promise<ForeignInput> {
  const object = z.record(z.string(), z.unknown());
  try {
    const { fromJSONSchema } = await import("zod");
    const checked = fromJSONSchema(withoutPatterns(schema));
    return object.check((payload) => {
      const { success, error } = checked.safeParse(payload.value);
      if (success) return;
      for (const { path, message } of error.issues)
        payload.issues.push({ code: "custom", message, path: [...path], input: payload.value });
    });
  } catch {
    return object;
  }
}

type JsonSchema = Parameters<typeof import("zod").fromJSONSchema>[0];

function withoutPatterns(schema: Readonly<Record<string, unknown>>): JsonSchema {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => {
      const isPattern =
        key === "pattern" || key === "format" || key === "patternProperties" || key === "contentEncoding";
      return isPattern && (typeof value === "string" || key === "patternProperties") ? undefined : value;
    }),
  );
}
