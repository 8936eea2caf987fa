/** Reads JSON as editors write it, with comments and trailing commas, and where each part of it stands. */
import { lineOf } from "./change.ts";

export interface Member {
  readonly key: string;
  readonly start: number;
  readonly value: JsonNode;
}

export type JsonNode = { readonly start: number; readonly end: number } & (
  | { readonly kind: "object"; readonly members: readonly Member[]; readonly hasTrailingComma: boolean }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "scalar"; readonly value: unknown }
);

export type JsoncReading =
  | { readonly ok: true; readonly root: JsonNode }
  | { readonly ok: false; readonly why: string };

const MAX_DEPTH = 100;
const TRIVIA = /(?:\s|\uFEFF|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;

class Unreadable extends Error {}

export function readJsonc(text: string): JsoncReading {
  let at = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) at += found.length;
    return found;
  };
  const skip = () => void take(TRIVIA);
  /** By hand: a pattern would need a stack as deep as the text is long. */
  const takeString = (): string | undefined => {
    if (text[at] !== '"') return undefined;
    let end = at + 1;
    while (end < text.length && text[end] !== '"' && text[end] !== "\n") end += text[end] === "\\" ? 2 : 1;
    if (text[end] !== '"') return fail("the end of this string in its line");
    const found = text.slice(at, end + 1);
    at = end + 1;
    return found;
  };
  const accept = (sign: string): boolean => {
    skip();
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  };
  const fail = (wanted: string): never => {
    const found = at >= text.length ? "the end" : `“${text.slice(at, at + 12).split("\n")[0]}”`;
    throw new Unreadable(`line ${lineOf(text, at)}: ${wanted} is expected, not ${found}`);
  };

  function value(depth: number): JsonNode {
    skip();
    if (depth > MAX_DEPTH) return fail("less nesting");
    const start = at;
    if (accept("{")) return object(start, depth);
    if (accept("[")) return array(start, depth);
    const found = takeString() ?? take(SCALAR);
    return found === undefined ? fail("a value") : { kind: "scalar", start, end: at, value: parsed(found) };
  }

  function object(start: number, depth: number): JsonNode {
    const members: Member[] = [];
    let isOpen = true;
    while (!accept("}")) {
      if (!isOpen) fail("“,” or “}”");
      skip();
      const from = at;
      const key = takeString() ?? fail("a name in double quotes");
      if (!accept(":")) fail("“:”");
      members.push({ key: String(parsed(key)), start: from, value: value(depth + 1) });
      isOpen = accept(",");
    }
    return { kind: "object", start, end: at, members, hasTrailingComma: members.length > 0 && isOpen };
  }

  function array(start: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    let isOpen = true;
    while (!accept("]")) {
      if (!isOpen) fail("“,” or “]”");
      items.push(value(depth + 1));
      isOpen = accept(",");
    }
    return { kind: "array", start, end: at, items };
  }

  function parsed(source: string): unknown {
    try {
      return JSON.parse(source);
    } catch {
      return fail("a valid string before here");
    }
  }

  try {
    const root = value(0);
    skip();
    if (at < text.length) fail("the end");
    return { ok: true, root };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, why: error.message };
    throw error;
  }
}

export function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "array":
      return node.items.map(plainValue);
    case "object":
      return Object.fromEntries(node.members.map(({ key, value }) => [key, plainValue(value)]));
  }
}
