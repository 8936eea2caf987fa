/** What an expression names, found in its syntax tree: for checks before anything runs, and to load what it needs. */
import type { parse } from "@bufbuild/cel";

type Expression = ReturnType<typeof parse>["expr"];

export interface Names {
  /** Variables with the first names after them: ["steps", "build", "output"], ["inputs", "title"]. */
  readonly paths: readonly (readonly string[])[];
  /** What its value surely is, as far as the tree tells. */
  readonly gives: "boolean" | "number" | "text" | "list" | "map" | "unknown";
  readonly problems: readonly string[];
}

const MOST_NODES = 300;
const DEEPEST_MACROS = 2;
const TYPES = new Set(["int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type"]);
const STANDARD =
  "size contains startsWith endsWith matches int uint double string bytes bool type dyn duration timestamp getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds getMilliseconds".split(
    " ",
  );
const BOOLEAN = new Set(
  "_&&_ _||_ !_ _==_ _!=_ _<_ _<=_ _>_ _>=_ @in contains startsWith endsWith matches bool".split(" "),
);
const NUMBER = new Set("_-_ _*_ _/_ _%_ -_ size int uint double".split(" "));

export function examine(root: Expression, extraFunctions: readonly string[]): Names {
  const paths: string[][] = [];
  const problems: string[] = [];
  const known = new Set([...STANDARD, ...extraFunctions]);
  let nodes = 0;

  function path(node: Expression): string[] | undefined {
    const { case: kind, value } = node.exprKind;
    if (kind === "identExpr") return [value.name];
    if (kind === "selectExpr" && value.operand !== undefined) return extended(value.operand, value.field);
    if (kind !== "callExpr" || value.function !== "_[_]") return undefined;
    const [operand, key] = value.args;
    const constant = key?.exprKind.case === "constExpr" ? key.exprKind.value.constantKind : undefined;
    return operand !== undefined && constant?.case === "stringValue" ? extended(operand, constant.value) : undefined;
  }

  function extended(operand: Expression, field: string): string[] | undefined {
    const before = path(operand);
    return before === undefined ? undefined : [...before, field];
  }

  function visit(node: Expression | undefined, bound: ReadonlySet<string>, depth: number): undefined {
    if (node === undefined) return;
    if (++nodes > MOST_NODES) throw new Error(`it is too long (more than ${MOST_NODES} parts)`);
    const found = path(node);
    if (found !== undefined) {
      const [first = ""] = found;
      if (!bound.has(first) && !(found.length === 1 && TYPES.has(first))) paths.push(found);
      return;
    }
    const { case: kind, value } = node.exprKind;
    switch (kind) {
      case "selectExpr":
        return visit(value.operand, bound, depth);
      case "callExpr":
        if (/^\w+$/.test(value.function) && !known.has(value.function))
          problems.push(`there is no function “${value.function}”`);
        visit(value.target, bound, depth);
        for (const argument of value.args) visit(argument, bound, depth);
        return;
      case "listExpr":
        for (const element of value.elements) visit(element, bound, depth);
        return;
      case "structExpr":
        for (const entry of value.entries) {
          if (entry.keyKind.case === "mapKey") visit(entry.keyKind.value, bound, depth);
          visit(entry.value, bound, depth);
        }
        return;
      case "comprehensionExpr": {
        if (depth >= DEEPEST_MACROS) throw new Error("all, exists, map and filter may stand in each other only twice");
        visit(value.iterRange, bound, depth);
        const inner = new Set([...bound, value.iterVar, value.iterVar2, value.accuVar]);
        for (const part of [value.accuInit, value.loopCondition, value.loopStep, value.result])
          visit(part, inner, depth + 1);
        return;
      }
      default:
        return;
    }
  }

  visit(root, new Set(), 0);
  return { paths, problems, gives: kindOf(root) };
}

function kindOf({ exprKind: { case: kind, value } }: Expression): Names["gives"] {
  if (kind === "listExpr") return "list";
  if (kind === "structExpr") return "map";
  if (kind === "selectExpr" && value.testOnly) return "boolean";
  if (kind === "constExpr") {
    const constant = value.constantKind.case;
    if (constant === "boolValue") return "boolean";
    if (constant === "stringValue") return "text";
    return constant === "int64Value" || constant === "doubleValue" ? "number" : "unknown";
  }
  if (kind !== "callExpr") return "unknown";
  if (BOOLEAN.has(value.function)) return "boolean";
  return NUMBER.has(value.function) ? "number" : "unknown";
}
