/** Which tests there are and how they end, before and after a task; and which of its lines they reach. */
import type { Proof } from "../../../../protocol/index.ts";
import { detectTests } from "../../../tools/tests/detect.ts";
import type { LineCoverage } from "../../../tools/tests/line-coverage/lines.ts";
import { planCoverage } from "../../../tools/tests/line-coverage/plan.ts";
import { planTests } from "../../../tools/tests/plan.ts";
import type { TestCase } from "../../../tools/tests/report.ts";
import type { RunContext } from "../../run-context.ts";
import { labelOf, type TestedState, testState } from "../project-tests.ts";
import { atCommit } from "./baseline.ts";
import type { Finished } from "./finished.ts";

export interface TestFindings extends Pick<Proof, "tests"> {
  /** Undefined: not measured. */
  readonly reached?: LineCoverage;
  readonly notes: readonly string[];
  /** How many are gone or switched off although the task does not speak of it. */
  readonly unannounced: { readonly removed: number; readonly skipped: number };
}

const SHOWN = 20;
const NAME_LENGTH = 300;
const TEST_FILE =
  /(^|\/)(tests?|__tests__|specs?|e2e)\/|[._-](test|spec)s?\.[a-z]+$|(^|\/)(test_[^/]*|conftest)\.py$|_test\.(go|py|rb|dart)$|Tests?\.(java|kt|cs)$/;
/** They decide which tests run. */
const TEST_SETTINGS =
  /(^|\/)(package\.json|pyproject\.toml|pytest\.ini|tox\.ini|setup\.cfg|(vitest|jest)\.config\.\w+|\.mocharc\.\w+)$/;

export function isTestFile(path: string): boolean {
  return TEST_FILE.test(path);
}

export async function testsOf(
  context: RunContext,
  finished: Finished,
  acceptance: Proof["acceptance"],
): Promise<TestFindings> {
  const { root, linked, tree, files, start } = finished;
  const mayDiffer = files.some(({ path }) => TEST_FILE.test(path) || TEST_SETTINGS.test(path));
  if (!mayDiffer && (await isCovered(root, acceptance)))
    return nothing(`Its acceptance check is all of the project's tests, and they passed. ${await whyUncovered(root)}`);
  const after = await testState(context, { root, linked, tree, withCoverage: true });
  if ("unknown" in after) return nothing(after.unknown);
  if (after.cases.length === 0) return nothing("The project's tests do not tell of single ones.");
  const isFailing = after.cases.some(({ status }) => status === "failed");
  const before =
    mayDiffer || isFailing
      ? await atCommit(context, start, (copy, startTree) =>
          testState(context, { root: copy.worktree, linked: copy.linked, tree: startTree }),
        )
      : undefined;
  if (before !== undefined && "unknown" in before) return nothing(before.unknown);
  const { tests, unannounced } = differenceOf(finished, before, after);
  if (after.coverage === undefined) return { tests, unannounced, notes: [await whyUncovered(root)] };
  return { tests, reached: after.coverage, unannounced, notes: [] };
}

function nothing(note: string): TestFindings {
  return { tests: null, notes: [note], unannounced: { removed: 0, skipped: 0 } };
}

async function whyUncovered(root: string): Promise<string> {
  const plan = await planTests(root, {});
  const isPlanned = plan.ok && (await planCoverage(root, plan.value)) !== undefined;
  return isPlanned
    ? "The tests ran, but left no report of the lines that they reached."
    : "Which lines the tests reach is not one flag away here, so it was not measured.";
}

/** All tests passed a moment ago, and nothing more can be learned by running them again. */
async function isCovered(root: string, acceptance: Proof["acceptance"]): Promise<boolean> {
  if (acceptance?.satisfied !== true || acceptance.exitCode !== 0) return false;
  if ((await detectTests(root))?.command !== acceptance.command) return false;
  const plan = await planTests(root, {});
  return !plan.ok || (await planCoverage(root, plan.value)) === undefined;
}

function differenceOf({ task }: Finished, before: TestedState | undefined, after: TestedState) {
  const now = byLabel(after.cases);
  const earlier = before === undefined ? now : byLabel(before.cases);
  const isNew = (label: string, status: TestCase["status"]) =>
    now.get(label) === status && earlier.get(label) !== status && earlier.has(label);
  const added = [...now.keys()].filter((label) => !earlier.has(label));
  const removed = [...earlier.keys()].filter((label) => !now.has(label));
  const skipped = [...now.keys()].filter((label) => isNew(label, "skipped"));
  const failing = [...now.keys()].filter((label) => now.get(label) === "failed" && earlier.get(label) !== "failed");
  const fixed = [...now.keys()].filter((label) => now.get(label) === "passed" && earlier.get(label) === "failed");
  const announced = announces(task);
  const tests = {
    command: after.command,
    before: before?.figures ?? null,
    after: after.figures ?? figuresOf(after.cases),
    ...{ added: shown(added), removed: shown(removed), skipped: shown(skipped) },
    ...{ failing: shown(failing), fixed: shown(fixed) },
  };
  return {
    tests,
    unannounced: {
      removed: lostIn(removed, added).filter((label) => !announced(label)).length,
      skipped: skipped.filter((label) => !announced(label)).length,
    },
  };
}

/** Of tests with one name in one file the worst counts. */
function byLabel(cases: readonly TestCase[]): Map<string, TestCase["status"]> {
  const order = ["passed", "skipped", "failed"];
  const statuses = new Map<string, TestCase["status"]>();
  for (const one of cases) {
    const known = statuses.get(labelOf(one));
    if (known === undefined || order.indexOf(one.status) > order.indexOf(known)) statuses.set(labelOf(one), one.status);
  }
  return statuses;
}

function figuresOf(cases: readonly TestCase[]) {
  const count = (wanted: TestCase["status"]) => cases.filter(({ status }) => status === wanted).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

/** A test that only moved, or has almost the same name now, is not lost; each new one stands for one at most. */
function lostIn(removed: readonly string[], added: readonly string[]): string[] {
  const free = new Set(added);
  return removed.filter((label) => {
    const heir = [...free].find((other) => isSameTest(label, other));
    return heir === undefined || !free.delete(heir);
  });
}

function isSameTest(one: string, other: string): boolean {
  const [first, second] = [nameIn(one), nameIn(other)];
  if (first === second) return true;
  const [words, others] = [wordsIn(first), wordsIn(second)];
  const both = [...words].filter((word) => others.has(word)).length;
  return fileIn(one) === fileIn(other) && both * 2 >= Math.max(words.size, others.size);
}

function nameIn(label: string): string {
  return label.split(" › ").slice(1).join(" › ") || label;
}

function fileIn(label: string): string {
  return label.includes(" › ") ? (label.split(" › ", 1)[0] ?? "") : "";
}

function wordsIn(name: string): Set<string> {
  return new Set(name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

/** The task itself says that tests go, or names this one. */
function announces({ title, goal }: Finished["task"]): (label: string) => boolean {
  const words = `${title} ${goal}`;
  const isGeneral =
    /\b(remove|delete|drop|retire|skip|disable|switch off|replace|rewrite)\w*\b[^.!?]{0,80}\btests?\b/i.test(words);
  return (label) => isGeneral || words.includes(nameIn(label));
}

function shown(labels: readonly string[]): string[] {
  return labels.slice(0, SHOWN).map((label) => label.slice(0, NAME_LENGTH));
}
