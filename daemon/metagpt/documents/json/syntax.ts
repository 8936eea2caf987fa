/** JSON with the place of everything in it, so that a change of one value leaves all other bytes as they are. */

/** Offsets into the text, end exclusive. `value` is what `JSON.parse` would make of it. */
export interface JsonNode {
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  readonly items?: readonly JsonNode[];
  readonly members?: readonly JsonMember[];
}

export interface JsonMember {
  readonly key: string;
  readonly keyStart: number;
  readonly node: JsonNode;
}

export type JsonParse =
  | { readonly ok: true; readonly root: JsonNode }
  | { readonly ok: false; readonly problem: string; readonly tooDeep: boolean };

const DEEPEST = 100;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\r\n]*/y;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

class NotJson extends Error {
  readonly tooDeep: boolean;
  constructor(message: string, tooDeep = false) {
    super(message);
    this.tooDeep = tooDeep;
  }
}

/** Never throws. A byte order mark at the start is passed over. */
export function parseJson(text: string): JsonParse {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  function fail(wanted: string): never {
    const line = text.slice(0, at).split("\n").length;
    throw new NotJson(`${at >= text.length ? "It ends where" : `In line ${line},`} ${wanted} is expected.`);
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  function string(): string {
    const start = at;
    if (text[at] !== '"') fail("a text in quotes");
    at += 1;
    // Piece by piece: one pattern for the whole would need a stack as deep as the text is long.
    for (match(PLAIN); text[at] === "\\"; match(PLAIN)) at += 2;
    if (text[at] !== '"') fail("the end of a text");
    at += 1;
    try {
      const value: unknown = JSON.parse(text.slice(start, at));
      return typeof value === "string" ? value : fail("a text");
    } catch {
      throw new NotJson(`A text that ends at character ${at} has an escape that JSON does not know.`);
    }
  }

  function skip(character: string): boolean {
    match(SPACE);
    if (text[at] !== character) return false;
    at += 1;
    match(SPACE);
    return true;
  }

  function node(depth: number): JsonNode {
    if (depth > DEEPEST) throw new NotJson(`It is nested more than ${DEEPEST} deep.`, true);
    const start = at;
    const first = text[at];
    if (first === "{") return object(start, depth);
    if (first === "[") return array(start, depth);
    if (first === '"') return { start, value: string(), end: at };
    const number = match(NUMBER);
    if (number !== undefined) return { start, end: at, value: Number(number) };
    for (const [word, value] of WORDS)
      if (text.startsWith(word, at)) {
        at += word.length;
        return { start, end: at, value };
      }
    return fail("a value");
  }

  function object(start: number, depth: number): JsonNode {
    const members: JsonMember[] = [];
    at += 1;
    match(SPACE);
    if (text[at] !== "}")
      do {
        const keyStart = at;
        const key = string();
        if (!skip(":")) fail("a colon");
        members.push({ key, keyStart, node: node(depth + 1) });
      } while (skip(","));
    match(SPACE);
    if (text[at] !== "}") fail("a comma or }");
    at += 1;
    const value = Object.fromEntries(members.map((member) => [member.key, member.node.value]));
    return { start, end: at, value, members };
  }

  function array(start: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    at += 1;
    match(SPACE);
    if (text[at] !== "]")
      do items.push(node(depth + 1));
      while (skip(","));
    match(SPACE);
    if (text[at] !== "]") fail("a comma or ]");
    at += 1;
    return { start, end: at, value: items.map((item) => item.value), items };
  }

  try {
    match(SPACE);
    const root = node(0);
    match(SPACE);
    if (at < text.length) fail("its end");
    return { ok: true, root };
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    return { ok: false, problem: error.message, tooDeep: error.tooDeep };
  }
}
