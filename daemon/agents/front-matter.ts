/** A Markdown file's head: YAML between two lines of dashes, with the line of each of its parts. */
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";

export interface FrontMatter {
  /** Plain values, as YAML's core schema reads them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What comes after the head, without the space around it. */
  readonly body: string;
  /** Line of a field in the file, from 1; of the head where there is no such field. */
  lineOf(path: readonly PropertyKey[]): number;
}

export interface FileProblem {
  /** From 1. */
  readonly line: number;
  /** What is wrong and what to do. */
  readonly message: string;
}

export type ReadHead =
  | { readonly ok: true; readonly value: FrontMatter }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

const HEAD = /^\ufeff?---[ \t]*\r?\n([\s\S]*?)(?:^|\r?\n)---[ \t]*(?:\r?\n|$)/m;
const MAX_HEAD = 20_000;

/** Never throws, whatever the text holds. */
export function readFrontMatter(text: string): ReadHead {
  const match = /^\ufeff?---[ \t]*(\r?\n|$)/.test(text) ? HEAD.exec(text) : null;
  if (match === null || match.index !== 0)
    return problem(1, "The file must begin with a line “---”, fields such as “purpose: …”, and another line “---”.");
  const [whole, head = ""] = match;
  if (head.length > MAX_HEAD) return problem(1, `The fields at the top are longer than ${MAX_HEAD} characters.`);
  return readYaml(head, text.slice(whole.length).trim());
}

function readYaml(head: string, body: string): ReadHead {
  const lines = new LineCounter();
  const document = parseDocument(head, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true });
  const lineAt = (offset: number) => lines.linePos(offset).line + 1;
  const { errors, contents } = document;
  if (errors.length > 0)
    return {
      ok: false,
      problems: errors.slice(0, 5).map(({ message, pos }) => ({ line: lineAt(pos[0]), message: sentence(message) })),
    };
  if (!isMap(contents)) return problem(2, "The lines between the dashes must be fields, such as “purpose: …”.");
  let fields: unknown;
  try {
    // No alias: a few lines of them can stand for a text without end.
    fields = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    return problem(2, `It cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (!isRecord(fields)) return problem(2, "The lines between the dashes must be fields, such as “purpose: …”.");
  return {
    ok: true,
    value: {
      fields,
      body,
      lineOf(path) {
        for (let length = path.length; length > 0; length--) {
          const offset = offsetOf(contents, path.slice(0, length));
          if (offset !== undefined) return lineAt(offset);
        }
        return 1;
      },
    },
  };
}

/** Where the key of a field stands; of an entry of a list, the entry. */
function offsetOf(contents: Parameters<typeof isMap>[0], path: readonly PropertyKey[]): number | undefined {
  if (!isMap(contents)) return undefined;
  const [first] = path;
  const pair = contents.items.find(({ key }) => isScalar(key) && String(key.value) === String(first));
  if (pair === undefined) return undefined;
  const node = path.length > 1 ? contents.getIn(path, true) : undefined;
  const place = isNodeAt(node) ? node.range : isNodeAt(pair.key) ? pair.key.range : undefined;
  return place?.[0];
}

function isNodeAt(node: unknown): node is { range: [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function problem(line: number, message: string): ReadHead {
  return { ok: false, problems: [{ line, message }] };
}

function sentence(message: string): string {
  const line = message.replace(/\s+/g, " ").trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
