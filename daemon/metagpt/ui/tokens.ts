/**
 * W3C design tokens (Design Tokens Format Module): groups read, references resolved, each value written as a custom property.
 * What is wrong with a token is told, and the rest still holds. https://www.designtokens.org/tr/2025.10/format/
 */
import type { DesignTokens } from "../../../protocol/index.ts";
import type { DesignProblem } from "./problem.ts";
import { isRecord, type RawToken, rawTokens } from "./token-tree.ts";
import { cssOf } from "./token-values.ts";

export interface DesignToken {
  /** `color.brand` */
  readonly path: string;
  readonly type: string;
  /** With its references resolved, as the format writes it. */
  readonly value: unknown;
  /** Custom properties and their values, the token's own first: `--color-brand`, `#1f6feb`. */
  readonly css: readonly (readonly [name: string, value: string])[];
  readonly description: string;
  /** Backgrounds that it says it stands on: `$extensions: {"nexus": {"on": ["{color.surface}"]}}`. */
  readonly on: readonly string[];
}

export interface ReadTokens {
  /** In the order of the document. */
  readonly tokens: readonly DesignToken[];
  readonly problems: readonly DesignProblem[];
}

const MOST_PROBLEMS = 50;
/** Values, parts of values and references that one token may be made of: a few that name each other twice would be millions. */
const MOST_STEPS = 500;

export function readTokens(document: DesignTokens): ReadTokens {
  const { tokens: raw, problems } = rawTokens(document);
  const byPath = new Map(raw.map((token) => [token.path, token]));
  const tokens: DesignToken[] = [];
  for (const token of raw) {
    const read = readToken(token, byPath);
    if ("code" in read) problems.push(read);
    else tokens.push(read);
  }
  return { tokens: distinct(tokens, problems), problems: problems.slice(0, MOST_PROBLEMS) };
}

function readToken(token: RawToken, byPath: ReadonlyMap<string, RawToken>): DesignToken | DesignProblem {
  const found = resolved(token.value, token.type, { byPath, steps: 0 }, [token.path]);
  if (!found.ok) return found.problem;
  const { value, type } = found;
  if (type === undefined) {
    const message = `Design Tokens, ${token.path}: it has no $type, nor has a group around it. Say "color", "dimension" or another.`;
    return { code: "missing", message };
  }
  const css = cssOf(nameOf(token.path), type, value);
  if (typeof css === "string") return { code: "wrong_type", message: `Design Tokens, ${token.path}: ${css}.` };
  return { path: token.path, type, value, css, description: token.description, on: token.on };
}

type Resolved =
  | { readonly ok: true; readonly value: unknown; readonly type: string | undefined }
  | { readonly ok: false; readonly problem: DesignProblem };

interface Walk {
  readonly byPath: ReadonlyMap<string, RawToken>;
  steps: number;
}

/** Follows references in a value and in its parts; `trail`: the tokens that led here. */
function resolved(value: unknown, type: string | undefined, walk: Walk, trail: readonly string[]): Resolved {
  if (++walk.steps > MOST_STEPS)
    return wrong(
      "too_large",
      `Design Tokens, ${trail[0]}: with all that it refers to it has more than ${MOST_STEPS} parts. Write it shorter.`,
    );
  const target = referenceIn(value);
  if (target !== undefined) return followed(target, type, walk, trail);
  if (Array.isArray(value)) {
    const parts: unknown[] = [];
    for (const part of value) {
      const own = resolved(part, undefined, walk, trail);
      if (!own.ok) return own;
      parts.push(own.value);
    }
    return { ok: true, type, value: parts };
  }
  if (!isRecord(value)) return { ok: true, value, type };
  const entries: [string, unknown][] = [];
  for (const [key, part] of Object.entries(value)) {
    const own = resolved(part, undefined, walk, trail);
    if (!own.ok) return own;
    entries.push([key, own.value]);
  }
  return { ok: true, type, value: Object.fromEntries(entries) };
}

function followed(target: string, type: string | undefined, walk: Walk, trail: readonly string[]): Resolved {
  const from = trail[0] ?? "";
  if (trail.includes(target)) {
    const circle = [...trail.slice(trail.indexOf(target)), target].join(" → ");
    return wrong(
      "cyclic",
      `Design Tokens, ${from}: its references go round in a circle (${circle}). Give one of them a value.`,
    );
  }
  const token = walk.byPath.get(target) ?? walk.byPath.get(`${target}.$root`);
  if (token === undefined)
    return wrong(
      "unknown_reference",
      `Design Tokens, ${from}: {${target}} is no token of this document. Name one, or add it.`,
    );
  return resolved(token.value, type ?? token.type, walk, [...trail, target]);
}

function wrong(code: string, message: string): Resolved {
  return { ok: false, problem: { code, message } };
}

/** `{color.brand}` → `color.brand` */
function referenceIn(value: unknown): string | undefined {
  return typeof value === "string" ? /^\{([^{}]+)\}$/.exec(value.trim())?.[1]?.trim() : undefined;
}

/** `--color-brand-hover`; harmless in a style sheet whatever the path holds. */
function nameOf(path: string): string {
  const words = path
    .replace(/\.\$root$/, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `--${words === "" ? "token" : words}`;
}

/** Two paths may come to one name: the later one is told and left out. */
function distinct(tokens: readonly DesignToken[], problems: DesignProblem[]): DesignToken[] {
  const byName = new Map<string, DesignToken>();
  for (const token of tokens) {
    const name = token.css[0]?.[0] ?? token.path;
    const other = byName.get(name);
    if (other === undefined) byName.set(name, token);
    else
      problems.push({
        code: "twice",
        message: `Design Tokens, ${token.path}: as a custom property it is called ${name}, as ${other.path} is. Rename one.`,
      });
  }
  return [...byName.values()];
}

/** A rule of custom properties, ready for a style sheet. */
export function tokensCss({ tokens }: ReadTokens): string {
  const lines = tokens.flatMap(({ css }) => css.map(([name, value]) => `  ${name}: ${value};`));
  return `:root {\n${lines.join("\n")}\n}\n`;
}
