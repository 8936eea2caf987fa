/** Whether tests reach the lines that a task has to answer for, and whether that is enough. */
import { join } from "node:path";
import type { Plan, PlanTask, Proof, TaskState } from "../../../../protocol/index.ts";
import { readText } from "../../../host/files.ts";
import type { LineCoverage } from "../../../tools/tests/line-coverage/lines.ts";
import type { Finished } from "./finished.ts";
import { statementLines } from "./statements.ts";
import { isTestFile } from "./tests.ts";
import { coverageOf } from "./touched.ts";

/** Of the lines that the run changed, where the task is to test them: as many as the faults that its tests must notice. */
const LEAST_OF_TESTS = 80;
const TESTING = "testing";
const SHOWN = 5;

export interface CoverageFindings {
  readonly coverage: Proof["coverage"];
  readonly notes: readonly string[];
  readonly refusals: readonly string[];
}

/** `reached` undefined: it was not measured, and the reason is told elsewhere. `leastPercent` 0: nothing is demanded. */
export async function coverageFindings(
  finished: Finished,
  {
    reached,
    plan,
    tasks,
    leastPercent,
  }: {
    readonly reached: LineCoverage | undefined;
    readonly plan: Plan | null;
    readonly tasks: readonly TaskState[];
    readonly leastPercent: number;
  },
): Promise<CoverageFindings> {
  if (reached === undefined) return { coverage: null, notes: [], refusals: [] };
  const claimed = isForTests(finished) ? finished.claimed : finished.touched;
  const coverage = coverageOf(claimed, await withUnloaded(finished.root, claimed, reached));
  if (coverage === null) return { coverage, notes: ["It wrote no line that tests could reach."], refusals: [] };
  const least = isForTests(finished) && leastPercent > 0 ? Math.max(LEAST_OF_TESTS, leastPercent) : leastPercent;
  if (coverage.covered * 100 >= coverage.lines * least) return { coverage, notes: [], refusals: [] };
  const later = plan === null ? undefined : testedLater(plan, tasks, finished.task);
  if (later !== undefined) return { coverage, notes: [`Task ${later} is to test what it wrote.`], refusals: [] };
  return { coverage, notes: [], refusals: [refusalOf(coverage, least)] };
}

function isForTests({ agent }: Finished): boolean {
  return agent === TESTING;
}

function refusalOf({ lines, covered, uncovered }: NonNullable<Proof["coverage"]>, least: number): string {
  const places = uncovered.slice(0, SHOWN).map(({ file, lines: where }) => `${file} ${where}`);
  const more = uncovered.length > SHOWN ? ` and ${uncovered.length - SHOWN} more files` : "";
  const what =
    covered === 0
      ? `No test reaches any of its ${lines} lines`
      : `Tests reach ${covered} of its ${lines} lines, and ${least} in 100 is the least`;
  return `${what}: ${places.join("; ")}${more}. Write tests that run them.`;
}

/** A file that no test loads is in no report: then its statements count as lines that no test reached. */
async function withUnloaded(
  root: string,
  claimed: ReadonlyMap<string, readonly number[]>,
  reached: LineCoverage,
): Promise<LineCoverage> {
  const known = Object.keys(reached);
  const endings = new Set(known.map(endingOf));
  const more: Record<string, Record<number, boolean>> = {};
  for (const path of claimed.keys()) {
    if (known.includes(path) || !(endings.size === 0 || endings.has(endingOf(path)))) continue;
    const text = await readText(join(root, path)).catch(() => undefined);
    const lines = statementLines(path, text ?? "");
    if (lines.length > 0) more[path] = Object.fromEntries(lines.map((line) => [line, false]));
  }
  return { ...reached, ...more };
}

/** TypeScript and JavaScript are read by the same runners. */
function endingOf(path: string): string {
  const ending = path.split(".").at(-1)?.toLowerCase() ?? "";
  return /^[cm]?[jt]sx?$/.test(ending) ? "js" : ending;
}

/** The task after this one, not ended yet, that writes tests. */
function testedLater({ tasks: planned }: Plan, tasks: readonly TaskState[], { id }: PlanTask): string | undefined {
  const after = new Set([id]);
  // In as many rounds as there are tasks, whatever their order.
  for (const _ of planned)
    for (const task of planned) if (task.dependsOn.some((other) => after.has(other))) after.add(task.id);
  const isOpen = (other: string) => tasks.some((task) => task.id === other && task.status === "waiting");
  return planned.find(
    (task) =>
      task.id !== id &&
      after.has(task.id) &&
      isOpen(task.id) &&
      (task.agent === TESTING || task.files.some(isTestFile)),
  )?.id;
}
