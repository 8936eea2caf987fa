import type { Found } from "../judge/requests.ts";
import { API_VERSIONS, REMOVED_VERSIONS } from "./api-versions.ts";
import { at, isObject, listOf, type Plain } from "./plain.ts";
import { podSmells } from "./pod-smells.ts";
import { readYaml, type YamlDocument } from "./yaml-text.ts";

const MAX_ERRORS = 20;

/** Every document of a manifest against Kubernetes' own schema of its kind, and what is unsafe in its pods. */
export async function lintManifest(path: string, text: string): Promise<Found[]> {
  const { documents, problems } = readYaml(text);
  const found = problems.map((problem) => ({ ...problem, path }));
  for (const document of documents) found.push(...(await lintDocument(path, document)));
  return found;
}

async function lintDocument(path: string, document: YamlDocument): Promise<Found[]> {
  const { value, lineOf } = document;
  const finding = (rule: string, message: string, way: readonly (string | number)[], severity: Found["severity"]) => ({
    ...{ path, line: lineOf(way), rule: `manifest/${rule}`, message, severity },
  });
  if (!isObject(value)) return [finding("shape", "a manifest is an object with apiVersion and kind", [], "error")];
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== "string" || typeof kind !== "string")
    return [finding("shape", "apiVersion and kind are missing, or are no text", [], "error")];
  if (apiVersion === "v1" && kind === "List") {
    const items = listOf(value["items"]).map((item, index): YamlDocument => {
      return { value: item, lineOf: (way) => lineOf(["items", index, ...way]) };
    });
    return (await Promise.all(items.map((item) => lintDocument(path, item)))).flat();
  }
  const better = Object.hasOwn(REMOVED_VERSIONS, apiVersion) ? REMOVED_VERSIONS[apiVersion] : undefined;
  if (better !== undefined)
    return [
      finding("removed-version", `no supported cluster serves ${apiVersion}; use ${better}`, ["apiVersion"], "error"),
    ];
  const load = Object.hasOwn(API_VERSIONS, apiVersion) ? API_VERSIONS[apiVersion] : undefined;
  if (load === undefined) {
    const message = `${apiVersion} ${kind} is none of Kubernetes' own kinds, so its fields were not checked`;
    return [finding("unknown-kind", message, ["kind"], "warning")];
  }
  const kinds = await load();
  const problems = schemaProblems(kinds, value);
  if (problems === undefined)
    return [finding("unknown-kind", `${apiVersion} has no kind ${kind.slice(0, 80)}`, ["kind"], "error")];
  const schema = problems.slice(0, MAX_ERRORS).map(({ way, message }) => finding("schema", message, way, "error"));
  return [
    ...schema,
    ...podSmells(value).map(({ rule, message, way, severity }) => finding(rule, message, way, severity)),
  ];
}

interface SchemaProblem {
  readonly way: readonly (string | number)[];
  readonly message: string;
}

/** Undefined where the version has no such kind. */
function schemaProblems(kinds: Readonly<Record<string, unknown>>, value: Plain): SchemaProblem[] | undefined {
  const kind = String(value["kind"]);
  const model = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (typeof model !== "function" || at({ ...model }, "kind") !== kind) return undefined;
  const made: unknown = Reflect.construct(model, [value]);
  const validate = typeof made === "object" && made !== null ? Reflect.get(made, "validate") : undefined;
  if (typeof validate !== "function") return undefined;
  try {
    Reflect.apply(validate, made, []);
    return [];
  } catch (error) {
    const errors = listOf(at(typeof error === "object" ? { ...error } : undefined, "errors"));
    if (errors.length > 0) return errors.map(problemOf);
    return [{ way: [], message: error instanceof Error ? error.message : String(error) }];
  }
}

/** A JSON pointer (`/spec/replicas`) as a way through the document. */
function problemOf(error: unknown): SchemaProblem {
  const pointer = String(at(error, "instancePath") ?? "");
  const way = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return { way, message: `${way.join(".") || "the document"} ${String(at(error, "message") ?? "is not valid")}` };
}
