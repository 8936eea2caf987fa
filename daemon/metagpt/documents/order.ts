/** What the files of a task document need of each other, and other graphs that documents hold. */
import type { DocumentKind } from "../../../protocol/index.ts";
import type { Needs } from "./cycles.ts";
import { pairsOf, textsOf } from "./listed-files.ts";

/** A longer text says too much to be about what a file needs. */
const LONGEST_DESCRIPTION = 4000;
const MOST_FILES = 500;
/** Words after which a file that is named is one that is needed. */
const NEEDS =
  /\b(?:depends?(?:ing)?\s+(?:up)?on|requires?|imports?|importing|needs?|uses?|using|extends|calls?|from(?=\s+\S+\s+import\b))\b/gi;
/** How far such a word reaches: to the end of its clause. */
const CLAUSE_END =
  /[;\n]|[.,](?=\s+(?:[A-Z]|and\s+is\b|used\b|imported\b))|\b(?:is|are|be|being)\s+(?:used|imported|called|needed|required)\s+by\b|\b(?:used|imported|called|needed|required)\s+by\b/;

/** The files of the task list, each with those of them that its Logic Analysis says it needs. */
export function taskNeeds(content: unknown): Map<string, string[]> {
  if (!isRecord(content)) return new Map();
  const listed = [...textsOf(content["Task list"]), ...textsOf(content["Refined Task list"])].slice(0, MOST_FILES);
  const logic = new Map([...pairsOf(content["Logic Analysis"]), ...pairsOf(content["Refined Logic Analysis"])]);
  const files = [...new Set([...listed, ...logic.keys()])].slice(0, MOST_FILES);
  return new Map(files.map((file) => [file, neededBy(file, logic.get(file) ?? "", files)]));
}

function neededBy(file: string, description: string, files: readonly string[]): string[] {
  const clauses = clausesOf(description.slice(0, LONGEST_DESCRIPTION));
  if (clauses.length === 0) return [];
  return files.filter((other) => other !== file && clauses.some((clause) => names(clause, other)));
}

function clausesOf(text: string): string[] {
  return [...text.matchAll(NEEDS)].map(({ index, 0: word }) => {
    const rest = text.slice(index + word.length);
    const end = CLAUSE_END.exec(rest)?.index ?? rest.length;
    return rest.slice(0, end);
  });
}

/** By its path, its name, or (Python) as a module: `from game import Game`. */
function names(clause: string, file: string): boolean {
  const name = file.slice(file.lastIndexOf("/") + 1);
  if (holdsWord(clause, file) || holdsWord(clause, name)) return true;
  if (!/\.py$/.test(name)) return false;
  const module = name.replace(/\.py$/, "");
  return module.length > 1 && new RegExp(`^\\s*(?:[\\w.]+\\.)?${escaped(module)}\\s+import\\b`).test(clause);
}

function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before = " ", after = " "] = [text[at - 1], text[at + word.length]];
    if (!/[\w/-]/.test(before) && !/[\w/-]/.test(after)) return true;
  }
  return false;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** What in a document must have no circle. */
export function graphsOf(kind: DocumentKind, content: unknown): Needs[] {
  switch (kind) {
    case "task":
    case "refined_task":
      return [taskNeeds(content)];
    case "dependencies":
      return isRecord(content)
        ? [new Map(Object.entries(content).map(([path, sources]) => [path, textsOf(sources)]))]
        : [];
    case "team":
      return plansIn(content);
    default:
      return [];
  }
}

/** Plans of roles: lists of `{task_id, dependent_task_ids}` anywhere in a team. */
function plansIn(content: unknown): Needs[] {
  const plans: Needs[] = [];
  const open: unknown[] = [content];
  for (let looked = 0; looked < 200_000; looked++) {
    const value = open.pop();
    if (value === undefined) break;
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      const plan = planOf(value);
      if (plan.size > 0) plans.push(plan);
    }
    for (const item of Object.values(value)) open.push(item ?? null);
  }
  return plans;
}

function planOf(items: readonly unknown[]): Map<string, string[]> {
  return new Map(
    items.flatMap((item): [string, string[]][] => {
      if (!isRecord(item) || typeof item["task_id"] !== "string") return [];
      return [[item["task_id"], textsOf(item["dependent_task_ids"])]];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
