/** From a workflow file's text to a workflow, or to everything that is wrong with it, each with line and column. */
import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { core } from "zod/mini";
import { workflowProblems } from "./check.ts";
import { isStepKind, KIND_SCHEMAS, WORKFLOW_SCHEMA, type Workflow } from "./definition.ts";
import type { Finding, Locate, Problem } from "./problem.ts";

export type Parsed =
  | { readonly ok: true; readonly workflow: Workflow; readonly locate: Locate }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const MOST_CHARACTERS = 256 * 1024;
const MOST_PROBLEMS = 50;
const MOST_ALIASES = 20;
const DEEPEST = 60;
const SEE = "docs/workflows.md lists what a workflow may hold.";

/** Never throws, whatever the text is. */
export function parseWorkflow(text: string): Parsed {
  if (text.length > MOST_CHARACTERS)
    return refused("The file is larger than 256 KiB.", "Move parts of it to workflows of their own.");
  if (depthOf(text) > DEEPEST) return refused(`It is nested more than ${DEEPEST} deep.`, "Make it flatter.");
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
    const errors = [...document.errors, ...document.warnings];
    if (errors.length > 0)
      return failed(
        errors.map(({ pos, message, code }) => {
          const { line, col } = lines.linePos(pos[0]);
          const hint = code === "DUPLICATE_KEY" ? "Give each key once." : "Correct the YAML; mind the indentation.";
          return { line, column: col, path: "", message, hint };
        }),
      );
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    const contents = isNode(document.contents) ? document.contents : null;
    return checked(value, (finding) => place(contents, lines, finding));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return refused(`It cannot be read: ${message}`, "Use aliases sparingly, and no deep nesting.");
  }
}

function checked(value: unknown, locate: Locate): Parsed {
  const parsed = WORKFLOW_SCHEMA.safeParse(value);
  const findings = parsed.success
    ? workflowProblems(parsed.data)
    : parsed.error.issues.flatMap((issue) => findingsOf(issue, value, []));
  if (parsed.success && findings.length === 0) return { ok: true, workflow: parsed.data, locate };
  return failed(findings.map(locate));
}

function failed(problems: readonly Problem[]): Parsed {
  const ordered = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, problems: ordered.slice(0, MOST_PROBLEMS) };
}

function refused(message: string, hint: string): Parsed {
  return { ok: false, problems: [{ line: 1, column: 1, path: "", message, hint }] };
}

/** Of brackets and of indentation: what the parser would descend into. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === "}") depth = Math.max(0, depth - 1);
    else if (character === "\n" && depth < DEEPEST) depth = 0;
  }
  for (const [line] of text.matchAll(/^[ \t]*(?:[-?:] +)*/gm)) deepest = Math.max(deepest, Math.floor(line.length / 2));
  return deepest;
}

type Issue = core.$ZodIssue;

/** A step is told by the key that names its kind, so that people read what is wrong with that kind and not with all. */
function findingsOf(issue: Issue, value: unknown, before: readonly (string | number)[]): Finding[] {
  const path = [...before, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
  if (issue.code === "invalid_union") return stepFindings(valueAt(value, issue.path), path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `“${key}” is not known here`,
      hint: SEE,
      atKey: true,
    }));
  const missing = issue.code === "invalid_type" && valueAt(value, issue.path) === undefined;
  const message = missing ? `“${String(issue.path.at(-1))}” is missing` : messageOf(issue);
  return [{ path, message, hint: missing ? "Add it." : SEE }];
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `it must be of type ${issue.expected}`;
    case "invalid_value":
      return `it must be one of: ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `it is too small or too short: ${issue.minimum} at least`;
    case "too_big":
      return `it is too large or too long: ${issue.maximum} at most`;
    case "invalid_key":
      return `“${String(issue.path.at(-1))}” cannot be a name here`;
    default:
      return issue.message;
  }
}

function stepFindings(value: unknown, path: readonly (string | number)[]): Finding[] {
  const inSteps = typeof path.at(-1) === "number" || path.at(-1) === "compensate";
  if (!inSteps) return [{ path, message: "this value cannot be used here", hint: SEE }];
  if (typeof value !== "object" || value === null)
    return [{ path, message: "a step is a map with an id and a kind", hint: SEE }];
  const kinds = Object.keys(value).filter(isStepKind);
  const [kind] = kinds;
  if (kind === undefined) {
    const known = Object.keys(KIND_SCHEMAS).join(", ");
    return [{ path, message: `the step has no known kind`, hint: `Give it one of: ${known}.` }];
  }
  if (kinds.length > 1)
    return [{ path, message: `the step is ${kinds.join(" and ")} at once`, hint: "Make a step of each." }];
  if (path.at(-1) === "compensate" && !["agent", "tool", "command"].includes(kind))
    return [{ path, message: `a ${kind} cannot undo a step`, hint: "Use agent, tool or command." }];
  const whole = path.at(-1) === "compensate" ? { id: "undo", ...value } : value;
  const parsed = KIND_SCHEMAS[kind].safeParse(whole);
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => findingsOf(issue, value, path));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = Object.entries(at).find(([key]) => key === String(part))?.[1];
  }
  return at;
}

/** The place of a value, or of the deepest part of its path that there is. */
function place(contents: Node | null, lines: LineCounter, { path, message, hint, atKey }: Finding): Problem {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const [index, part] of path.entries()) {
    const isLast = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part),
      );
      if (pair === undefined) break;
      if (isLast && atKey === true && isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
      if (isLast && atKey === true) break;
    } else if (isSeq(node)) node = node.items[Number(part)];
    else break;
    if (isNode(node)) offset = node.range?.[0] ?? offset;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col, path: pathText(path), message, hint };
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}
