/** OpenAPI: whether a text is one, is whole in itself, and which operations it describes. */

import { at, entriesOf, isObject, type Plain } from "../delivery/plain.ts";
import { readYaml, type YamlDocument } from "../delivery/yaml-text.ts";
import type { Found } from "../judge/requests.ts";

export interface Operation {
  /** Upper case. */
  readonly method: string;
  /** `/orders/{}`: what a parameter is called tells nothing. */
  readonly path: string;
  readonly line: number;
  /** As it is written. */
  readonly shown: string;
}

export interface Description {
  readonly found: readonly Found[];
  readonly operations: readonly Operation[];
}

const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);
const PATH_KEYS = new Set([...METHODS, "summary", "description", "servers", "parameters", "$ref", "query"]);
const MOST = 40;

export function looksLikeOpenapi(path: string, text: string): boolean {
  if (!/\.(ya?ml|json)$/.test(path)) return false;
  return /^\s*\{?\s*["']?(openapi|swagger)["']?\s*:/m.test(text.slice(0, 2000));
}

/** Also of JSON, which is YAML. */
export function readOpenapi(path: string, text: string): Description {
  const { documents, problems } = readYaml(text);
  const broken: Found[] = problems.map((problem) => ({ ...problem, path }));
  const [document] = documents;
  if (document === undefined) return { found: broken, operations: [] };
  const found: Found[] = [];
  const tell: Tell = (rule, message, way) => {
    if (found.length < MOST)
      found.push({ path, line: document.lineOf(way), rule: `openapi/${rule}`, message, severity: "error" });
  };
  const { value } = document;
  if (!isObject(value)) tell("shape", "an OpenAPI description is an object", []);
  else describe(value, tell);
  return { found: [...broken, ...found], operations: isObject(value) ? operationsOf(value, document) : [] };
}

type Way = readonly (string | number)[];
type Tell = (rule: string, message: string, way: Way) => void;

function describe(value: Plain, tell: Tell): void {
  const { openapi, swagger, info, paths } = value;
  if (swagger === undefined && !/^3\.[012]\.\d+/.test(String(openapi)))
    tell("version", `openapi: ${String(openapi).slice(0, 40)} is no version 3.x.y`, ["openapi"]);
  for (const name of ["title", "version"])
    if (typeof at(info, name) !== "string") tell("info", `info.${name} is missing, or is no text`, ["info"]);
  if (!isObject(paths) && value["components"] === undefined && value["webhooks"] === undefined)
    tell("paths", "paths is missing", ["paths"]);
  const ids = new Set<string>();
  for (const [path, item] of entriesOf(paths)) {
    if (!path.startsWith("/") && !path.startsWith("x-"))
      tell("path", `path ${path.slice(0, 80)} does not begin with /`, ["paths", path]);
    else if (isObject(item)) describePath(path, item, value, ids, tell);
    else tell("path", `path ${path} is no object`, ["paths", path]);
  }
  for (const { ref, way } of referencesIn(value))
    if (ref.startsWith("#/") && at(value, ...ref.slice(2).split("/").map(unescaped)) === undefined)
      tell("reference", `there is nothing at ${ref.slice(0, 120)}`, way);
}

function describePath(path: string, item: Plain, whole: Plain, ids: Set<string>, tell: Tell): void {
  const named = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = ""]) => name);
  for (const [key, operation] of Object.entries(item)) {
    const way = ["paths", path, key];
    if (!PATH_KEYS.has(key) && !key.startsWith("x-")) tell("method", `${path} has no “${key.slice(0, 40)}”`, way);
    if (!METHODS.has(key)) continue;
    if (!isObject(operation)) {
      tell("operation", `${key.toUpperCase()} ${path} is no object`, way);
      continue;
    }
    const { responses, operationId } = operation;
    if (entriesOf(responses).length === 0) tell("responses", `${key.toUpperCase()} ${path} describes no response`, way);
    for (const [status] of entriesOf(responses))
      if (!/^([1-5](\d\d|XX)|default|x-.*)$/.test(status))
        tell("status", `“${status.slice(0, 20)}” is no status`, [...way, "responses", status]);
    if (typeof operationId === "string" && ids.has(operationId))
      tell("operation-id", `operationId ${operationId} is used twice`, [...way, "operationId"]);
    if (typeof operationId === "string") ids.add(operationId);
    const declared = parametersOf([item["parameters"], operation["parameters"]], whole);
    for (const name of named)
      if (declared !== undefined && !declared.has(name))
        tell("parameter", `${key.toUpperCase()} ${path} does not describe {${name}}`, way);
    if (declared !== undefined)
      for (const name of declared)
        if (!named.includes(name)) tell("parameter", `the path ${path} has no {${name}}`, way);
  }
}

/** Names of the parameters in the path; undefined where one of them stands in another file. */
function parametersOf(lists: readonly unknown[], whole: Plain): Set<string> | undefined {
  const names = new Set<string>();
  for (const parameter of lists.flatMap((list) => (Array.isArray(list) ? list : []))) {
    const ref: unknown = at(parameter, "$ref");
    if (typeof ref === "string" && !ref.startsWith("#/")) return undefined;
    const own = typeof ref === "string" ? at(whole, ...ref.slice(2).split("/").map(unescaped)) : parameter;
    if (at(own, "in") === "path") names.add(String(at(own, "name")));
  }
  return names;
}

function operationsOf(value: Plain, { lineOf }: YamlDocument): Operation[] {
  const base = basePath(value);
  return entriesOf(value["paths"]).flatMap(([path, item]) =>
    entriesOf(item).flatMap(([method]) => {
      if (!METHODS.has(method)) return [];
      const name = method.toUpperCase();
      return [
        {
          method: name,
          path: base + comparable(path),
          line: lineOf(["paths", path, method]),
          shown: `${name} ${path}`,
        },
      ];
    }),
  );
}

/** `/api` of the only server, so that its paths compare with those of the code. */
function basePath(value: Plain): string {
  const url: unknown = at(value, "servers", 0, "url") ?? value["basePath"];
  if (typeof url !== "string") return "";
  const path = URL.canParse(url, "http://localhost") ? new URL(url, "http://localhost").pathname : "";
  return path.replace(/\/+$/, "");
}

/** `/orders/{id}`, `/orders/:id` and `/orders/<int:id>` are the same. */
export function comparable(path: string): string {
  const plain = path.replace(/\{[^}]*\}|<[^>]*>|:[A-Za-z_]\w*(\([^)]*\))?\??|\*\w*/g, "{}");
  return plain.length > 1 ? plain.replace(/\/+$/, "") : plain;
}

const MAX_REFERENCES = 5000;

function referencesIn(value: unknown): { ref: string; way: Way }[] {
  const found: { ref: string; way: Way }[] = [];
  const open: { here: unknown; way: Way }[] = [{ here: value, way: [] }];
  for (let count = 0; count < MAX_REFERENCES * 20 && found.length < MAX_REFERENCES; count++) {
    const next = open.pop();
    if (next === undefined) break;
    const { here, way } = next;
    if (isObject(here) && typeof here["$ref"] === "string") found.push({ ref: here["$ref"], way });
    const below = Array.isArray(here) ? here.map((item, index) => [index, item] as const) : entriesOf(here);
    for (const [key, item] of below)
      if (typeof item === "object" && item !== null) open.push({ here: item, way: [...way, key] });
  }
  return found;
}

function unescaped(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
