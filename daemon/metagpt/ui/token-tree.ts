/** The tree of a design-token document, as a flat list. */
import type { DesignTokens } from "../../../protocol/index.ts";
import type { DesignProblem } from "./problem.ts";

export interface RawToken {
  readonly path: string;
  /** Its own, or that of the nearest group that says one. */
  readonly type: string | undefined;
  readonly value: unknown;
  readonly description: string;
  readonly on: readonly string[];
}

const MOST_TOKENS = 1000;
const DEEPEST = 12;

interface Walk {
  readonly tokens: RawToken[];
  readonly problems: DesignProblem[];
}

export function rawTokens(document: DesignTokens): Walk {
  const walk: Walk = { tokens: [], problems: [] };
  visit(document, [], undefined, walk);
  if (walk.tokens.length > MOST_TOKENS) {
    const message = `Design Tokens: ${walk.tokens.length} tokens; the first ${MOST_TOKENS} are used.`;
    walk.problems.push({ code: "too_large", message });
  }
  return { ...walk, tokens: walk.tokens.slice(0, MOST_TOKENS) };
}

function visit(node: unknown, path: readonly string[], inherited: string | undefined, walk: Walk): void {
  const place = path.join(".");
  const tell = (code: string, message: string) => {
    walk.problems.push({ code, message: `Design Tokens, ${place.slice(0, 100)}: ${message}` });
  };
  if (!isRecord(node) || path.length > DEEPEST) {
    tell("wrong_type", `a token is an object with "$value", a group an object of tokens, at most ${DEEPEST} deep.`);
    return;
  }
  const type = typeof node["$type"] === "string" ? node["$type"] : inherited;
  if ("$value" in node) {
    const { $value: value, $description: description } = node;
    walk.tokens.push({
      path: place,
      type,
      value,
      description: typeof description === "string" ? description : "",
      on: standsOn(node),
    });
    return;
  }
  if ("$extends" in node || "$ref" in node)
    tell("unsupported", "$extends and $ref are not read here; write {group.token}.");
  for (const [key, child] of Object.entries(node)) {
    if (key.startsWith("$") && key !== "$root") continue;
    if (/[{}.]/.test(key))
      tell("wrong_type", `the name ${JSON.stringify(key.slice(0, 40))} may hold no dot and no brace.`);
    else visit(child, [...path, key], type, walk);
  }
}

function standsOn(node: Readonly<Record<string, unknown>>): string[] {
  const extensions = node["$extensions"];
  const own = isRecord(extensions) ? extensions["nexus"] : undefined;
  const on: unknown = isRecord(own) ? own["on"] : undefined;
  const all: unknown[] = Array.isArray(on) ? on : [on];
  return all.flatMap((one) => (typeof one === "string" ? one.replace(/^\{|\}$/g, "") : []));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
