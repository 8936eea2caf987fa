import { join } from "node:path";
import { expect, it } from "vitest";
import { createMutator } from "../../../daemon/tools/fields/mutation/mutants.ts";

const GRAMMARS = join(import.meta.dirname, "../../../grammars");
const mutator = createMutator(GRAMMARS);

async function edits(path: string, text: string, lines?: ReadonlySet<number>): Promise<string[] | undefined> {
  const mutants = await mutator.mutantsOf(path, text, lines);
  return mutants?.map(({ line, operator, before, after }) => `${line} ${operator}: ${before} → ${after}`).sort();
}

it("changes conditions, comparisons, arithmetic, logic, returns, statements and constants of TypeScript", async () => {
  const text = [
    'import { log } from "./log.ts";',
    "export function price(count: number, isMember: boolean): number {",
    "  if (count < 1 && !isMember) return 0;",
    "  log(count);",
    "  let total = count * 20;",
    "  total += 5;",
    '  if (isMember) throw new Error("no members");',
    "  return total;",
    "}",
  ].join("\n");
  expect(await edits("price.ts", text)).toEqual([
    "3 change constant: 0 → 1",
    "3 change constant: 1 → 2",
    "3 negate condition: count < 1 && !isMember → !(count < 1 && !isMember)",
    "3 return default: 0 → undefined",
    "3 swap comparison: < → <=",
    "3 swap logic: && → ||",
    "4 remove statement: log(count); → ;",
    "5 change constant: 20 → 21",
    "5 swap arithmetic: * → /",
    "6 change constant: 5 → 6",
    "6 remove statement: total += 5; → ;",
    "6 swap arithmetic: += → -=",
    "7 negate condition: isMember → !(isMember)",
    "8 return default: total → undefined",
  ]);
});

it("changes Python, where nothing stands for a statement but pass", async () => {
  const text = [
    "def fee(age, days):",
    '    """What it costs."""',
    "    if age >= 18 or days == 0:",
    "        log(days)",
    "        return 'adult'",
    "    return None",
    "",
  ].join("\n");
  expect(await edits("fee.py", text)).toEqual([
    "3 change constant: 0 → 1",
    "3 change constant: 18 → 19",
    "3 negate condition: age >= 18 or days == 0 → not (age >= 18 or days == 0)",
    "3 swap comparison: == → !=",
    "3 swap comparison: >= → >",
    "3 swap logic: or → and",
    "4 remove statement: log(days) → pass",
    "5 change constant: 'adult' → ''",
    "5 return default: 'adult' → None",
  ]);
});

it("changes Go, whose returns have types", async () => {
  const text = "package a\n\nfunc Add(a, b int) int {\n\tif a > 10 {\n\t\tb++\n\t}\n\treturn a + b\n}\n";
  expect(await edits("a.go", text)).toEqual([
    "4 change constant: 10 → 11",
    "4 negate condition: a > 10 → !(a > 10)",
    "4 swap comparison: > → >=",
    "5 swap arithmetic: ++ → --",
    "7 swap arithmetic: + → -",
  ]);
});

it("keeps to the lines that were touched, and reaches each before any a second time", async () => {
  const text = "export const a = (x) => x + 1 < 2;\nexport const b = (x) => x * 3;\nexport const c = (x) => x - 4;\n";
  const found = await mutator.mutantsOf("a.js", text, new Set([1, 2]));
  expect(found?.map(({ line }) => line)).toEqual([1, 2, 1, 2, 1, 1]);
});

it("makes texts that differ in one place, and that parse", async () => {
  const text = "export function f(list) {\n  if (list.length === 0) return [];\n  return list.map((x) => x ** 2);\n}\n";
  const mutants = (await mutator.mutantsOf("f.js", text)) ?? [];
  expect(mutants.length).toBeGreaterThan(4);
  for (const mutant of mutants) {
    expect(mutant.original).toBe(text);
    expect(mutant.text).not.toBe(text);
    expect(await mutator.mutantsOf("f.js", mutant.text)).toBeDefined();
  }
});

it.each([
  ["a language without operators", "a.rb", "puts 1 + 2\n"],
  ["no language", "notes.xyz", "1 + 2"],
  ["a text that does not parse", "a.js", "function ( { if\n"],
  ["a text that is too long", "a.js", "f(1);\n".repeat(60_000)],
])("knows nothing of %s", async (_, path, text) => {
  expect(await mutator.mutantsOf(path, text)).toBeUndefined();
});
