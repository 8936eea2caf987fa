/**
 * What MetaGPT would run while it loads a message: `instruct_content.mapping` goes to Python's `eval`, and
 * `instruct_content.module` is imported. Nothing here evaluates; what is not on the list is told as `executable`.
 */
import type { DocumentProblem } from "../../../protocol/index.ts";

const MAPPINGS: ReadonlySet<string> = new Set([
  "(<class 'str'>, Ellipsis)",
  "(list[str], Ellipsis)",
  "(list[list[str]], Ellipsis)",
]);
const MODULE = /^metagpt(\.[A-Za-z_]\w*)*$/;
/** Values looked at; the reader's bound on a file's size keeps most documents below. */
const MOST_VALUES = 500_000;
const MOST_PROBLEMS = 20;

export function executableProblems(content: unknown): DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  const open: unknown[] = [content];
  for (let looked = 0; open.length > 0 && problems.length < MOST_PROBLEMS; looked++) {
    if (looked > MOST_VALUES) {
      problems.push({ code: "too_large", message: "It holds too many values to look at all of them." });
      break;
    }
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    for (const [key, item] of Object.entries(value)) {
      if (key === "instruct_content") problems.push(...instructProblems(item));
      open.push(item);
    }
  }
  return problems.slice(0, MOST_PROBLEMS);
}

function instructProblems(instruct: unknown): DocumentProblem[] {
  if (typeof instruct !== "object" || instruct === null) return [];
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(instruct));
  const [mapping, module] = [fields.get("mapping"), fields.get("module")];
  const problems: DocumentProblem[] = [];
  if (mapping !== undefined && mapping !== null) {
    const entries = typeof mapping === "object" ? Object.entries(mapping) : [["mapping", mapping] as const];
    for (const [field, type] of entries)
      if (typeof type !== "string" || !MAPPINGS.has(type))
        problems.push(
          executable(`The mapping of “${field.slice(0, 80)}” is none of the three that MetaGPT writes`, type),
        );
  }
  if (module !== undefined && module !== null && (typeof module !== "string" || !MODULE.test(module)))
    problems.push(executable("A message's module is none of MetaGPT's", module));
  return problems;
}

function executable(what: string, found: unknown): DocumentProblem {
  const shown = JSON.stringify(found).slice(0, 120);
  return { code: "executable", message: `${what}: ${shown}. MetaGPT would run it; Nexus does not.` };
}
