import hcl from "hcl2-parser";
import type { SyntaxChecker } from "../../../memory/code/syntax.ts";
import type { Found } from "../judge/requests.ts";
import { at } from "./plain.ts";

const MAX_DEPTH = 100;

/** Whether hcl2-parser takes it; where it does not, tree-sitter says where. */
export async function lintHcl(path: string, text: string, syntax: SyntaxChecker): Promise<Found[]> {
  const base = { path, rule: "hcl/syntax", severity: "error" as const };
  if (depthOf(text) > MAX_DEPTH) return [{ ...base, line: 1, message: `brackets are nested deeper than ${MAX_DEPTH}` }];
  if (text.trim() === "" || isReadable(text)) return [];
  const problems = (await syntax.check(path, text)) ?? [];
  if (problems.length === 0)
    return [{ ...base, line: 1, message: "this is no HCL: hcl2-parser cannot read it, and does not say where" }];
  return problems.map(({ line, message, text: shown }) => ({ ...base, line, message: `${message}: ${shown}` }));
}

function isReadable(text: string): boolean {
  try {
    const parsed: unknown = hcl.parseToObject(text);
    return at(parsed, 0) !== null;
  } catch {
    return false;
  }
}

/** A rough count, so that no parser's stack decides. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === "[" || character === "{" || character === "(") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === "}" || character === ")") depth = Math.max(0, depth - 1);
  }
  return deepest;
}
