/** YAML that others wrote: bounded, with the lines of what is found in it. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from "yaml";
import type { Found } from "../judge/requests.ts";

export interface YamlDocument {
  /** As plain values; aliases are resolved. */
  readonly value: unknown;
  /** From 1; of the nearest that there is on the way to it. */
  lineOf(way: readonly (string | number)[]): number;
}

export interface YamlReading {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly Omit<Found, "path">[];
}

/** Of nodes that aliases may stand for: a bomb of nine levels would be a thousand million. */
const MAX_ALIASES = 100;
const MAX_DOCUMENTS = 200;

export function readYaml(text: string): YamlReading {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: true, logLevel: "silent" });
  if (!Array.isArray(parsed)) return { documents: [], problems: [] };
  const problems: Omit<Found, "path">[] = [];
  const documents: YamlDocument[] = [];
  for (const document of parsed.slice(0, MAX_DOCUMENTS)) {
    for (const { message, linePos } of document.errors.slice(0, 10))
      problems.push(problem(linePos?.[0].line ?? 1, message.split("\n", 1)[0] ?? ""));
    if (document.errors.length > 0 || document.contents === null) continue;
    try {
      const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
      // Whoever walks through a value must come to its end: this throws where it holds itself.
      JSON.stringify(value);
      documents.push({ value, lineOf: (way) => lineOf(document, way, lines) });
    } catch (error) {
      problems.push(problem(lineOf(document, [], lines), reasonOf(error)));
    }
  }
  if (parsed.length > MAX_DOCUMENTS)
    problems.push(problem(1, `only the first ${MAX_DOCUMENTS} of ${parsed.length} documents were looked at`));
  return { documents, problems };
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /circular/i.test(text) ? "an alias stands for something that holds it" : (text.split("\n", 1)[0] ?? "");
}

function problem(line: number, message: string): Omit<Found, "path"> {
  return { line, rule: "yaml", message: `not readable as YAML: ${message}`, severity: "error" };
}

/** Where the key stands that leads there; of an item of a list, where it begins. */
function lineOf(document: Document.Parsed, way: readonly (string | number)[], lines: LineCounter): number {
  for (let length = way.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : keyOrItem(document, way.slice(0, length));
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function keyOrItem(document: Document.Parsed, way: readonly (string | number)[]): unknown {
  const around: unknown = way.length === 1 ? document.contents : document.getIn(way.slice(0, -1), true);
  const last = way.at(-1);
  if (!isMap(around)) return document.getIn(way, true);
  return around.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))?.key;
}
