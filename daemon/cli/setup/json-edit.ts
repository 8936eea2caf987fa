/** Puts values into a JSON file and leaves every other character of it as it is: comments, order, indentation, line ends. */
import { isDeepStrictEqual } from "node:util";
import { applyEdits, type Change, type Edit, lineEndOf } from "./change.ts";
import { type JsonNode, plainValue, readJsonc } from "./jsonc.ts";

export interface JsonObject {
  readonly [key: string]: JsonObject | string | readonly string[];
}

type ObjectNode = Extract<JsonNode, { kind: "object" }>;

/** Objects are merged, everything else is replaced. `present`: undefined where there is no file. */
export function mergeIntoJson(present: string | undefined, wanted: JsonObject): Change {
  if (present === undefined || present.trim() === "")
    return { state: "missing", text: `${JSON.stringify(wanted, null, 2)}\n` };
  const reading = readJsonc(present);
  if (!reading.ok) return { state: "unreadable", why: `It is not JSON (${reading.why}).` };
  const edits: Edit[] = [];
  const problem = merge(present, reading.root, wanted, edits, "It");
  if (problem !== undefined) return { state: "unreadable", why: problem };
  if (edits.length === 0) return { state: "set" };
  const text = applyEdits(present, edits);
  if (!holds(text, present, wanted)) return { state: "unreadable", why: "No safe place for it was found." };
  const isNew = edits.every(({ start, end }) => start === end);
  return { state: isNew ? "missing" : "different", text };
}

/** A sentence where something else stands in the way. */
function merge(text: string, node: JsonNode, wanted: JsonObject, edits: Edit[], name: string): string | undefined {
  if (node.kind !== "object") return `${name} is not an object.`;
  const missing: [string, unknown][] = [];
  for (const [key, value] of Object.entries(wanted)) {
    const found = node.members.filter((member) => member.key === key);
    const [member] = found;
    if (found.length > 1) return `“${key}” stands there twice.`;
    if (member === undefined) missing.push([key, value]);
    else if (isObject(value)) {
      const problem = merge(text, member.value, value, edits, `“${key}”`);
      if (problem !== undefined) return problem;
    } else if (!isDeepStrictEqual(plainValue(member.value), value))
      edits.push({ start: member.value.start, end: member.value.end, text: JSON.stringify(value) });
  }
  if (missing.length > 0) edits.push(...insertion(text, node, missing));
  return undefined;
}

function isObject(value: JsonObject[string]): value is JsonObject {
  return typeof value === "object" && !Array.isArray(value);
}

function insertion(text: string, node: ObjectNode, missing: readonly [string, unknown][]): Edit[] {
  const last = node.members.at(-1);
  const comma: Edit[] =
    last === undefined || node.hasTrailingComma ? [] : [{ start: last.value.end, end: last.value.end, text: "," }];
  const [first] = node.members;
  const own = memberIndentation(text, node);
  if (first !== undefined && own === undefined) {
    const members = missing.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",");
    const place = node.end - 1;
    return [...comma, { start: place, end: place, text: `${members}${node.hasTrailingComma ? "," : ""}` }];
  }
  const unit = indentationUnit(text);
  const indentation = own ?? `${lineIndentation(text, node.start)}${unit}`;
  const end = lineEndOf(text);
  const lines = missing.map(([key, value]) => {
    const written = JSON.stringify(value, null, unit).replaceAll("\n", `${end}${indentation}`);
    return `${end}${indentation}${JSON.stringify(key)}: ${written}`;
  });
  const place = node.start + 1 + text.slice(node.start + 1, node.end - 1).trimEnd().length;
  const close = first === undefined ? `${end}${lineIndentation(text, node.start)}` : "";
  const added = `${lines.join(",")}${node.hasTrailingComma ? "," : ""}${close}`;
  // Between the braces of an object without members there may be nothing but white space, which goes.
  const until = first === undefined && isBlank(text, node) ? node.end - 1 : place;
  return [...comma, { start: place, end: until, text: added }];
}

function isBlank(text: string, node: ObjectNode): boolean {
  return text.slice(node.start + 1, node.end - 1).trim() === "";
}

/** How far members are indented; undefined where the first stands in the line of the opening brace. */
function memberIndentation(text: string, node: ObjectNode): string | undefined {
  const [first] = node.members;
  if (first === undefined || !text.slice(node.start, first.start).includes("\n")) return undefined;
  return lineIndentation(text, first.start);
}

function lineIndentation(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))?.[0] ?? "";
}

function indentationUnit(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
}

/** Whether the result reads as what was there with the wanted in it, and is as strict as it was. */
function holds(text: string, before: string, wanted: JsonObject): boolean {
  const [read, was] = [readJsonc(text), readJsonc(before)];
  if (!read.ok || !was.ok || (isStrict(before) && !isStrict(text))) return false;
  return isDeepStrictEqual(plainValue(read.root), merged(plainValue(was.root), wanted));
}

function isStrict(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function merged(present: unknown, wanted: JsonObject): unknown {
  const base = typeof present === "object" && present !== null ? present : {};
  const added = Object.entries(wanted).map(([key, value]) => [
    key,
    isObject(value) ? merged(Object.entries(base).find(([name]) => name === key)?.[1], value) : value,
  ]);
  return { ...base, ...Object.fromEntries(added) };
}
