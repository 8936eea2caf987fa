/** What is measured of a finished task: the cheapest first, and nothing twice for the same files. */
import type { PlanTask, Proof } from "../../../../protocol/index.ts";
import { type PathPattern, pathsOverlap, patternOf } from "../../../collaboration/path-overlap.ts";
import { isolationIn, type RunContext, stateOf } from "../../run-context.ts";
import { coverageFindings } from "./coverage.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import type { Finished } from "./finished.ts";
import { isTestFile, type TestFindings, testsOf } from "./tests.ts";
import { touchedLines } from "./touched.ts";

const PROSE = /\.(md|mdx|txt|rst|adoc|png|jpe?g|gif|svg|webp|pdf|csv)$/i;

export async function gatherProof(
  context: RunContext,
  { task, root, turn }: { readonly task: PlanTask; readonly root: string; readonly turn: number },
): Promise<Proof> {
  const acceptance = await acceptanceOf(context, task, turn);
  const nothing = { acceptance, diagnostics: null, tests: null, coverage: null };
  const finished = await finishedTask(context, task, root);
  if (finished === undefined) return judged({ ...nothing, notes: ["There is no copy to look at."], refusals: [] });
  const marks = await marksLeft(context, finished);
  if (marks.length > 0) {
    const refusal = `Marks of the conflict, or notes about it, are left in: ${marks.slice(0, 20).join(", ")}.`;
    return judged({ ...nothing, notes: [], refusals: [refusal] });
  }
  if (finished.files.every(({ path }) => PROSE.test(path))) {
    const why = finished.files.length === 0 ? "It changed no file." : "It changed only texts and pictures.";
    return judged({ ...nothing, notes: [why], refusals: [] });
  }
  const diagnostics = await diagnosticsOf(context, finished);
  const tests = await testsOf(context, finished, acceptance);
  const { plan, tasks } = await stateOf(context);
  const leastPercent = context.team.leastCoverage;
  const covered = await coverageFindings(finished, { reached: tests.reached, plan, tasks, leastPercent });
  const known = "unknown" in diagnostics ? null : diagnostics;
  return judged({
    acceptance,
    diagnostics: known,
    tests: tests.tests,
    coverage: covered.coverage,
    notes: ["unknown" in diagnostics ? diagnostics.unknown : "", ...tests.notes, ...covered.notes].filter(Boolean),
    refusals: [...refusalsOf(known, tests), ...covered.refusals],
  });
}

interface Judged extends Omit<Proof, "verdict" | "reasons"> {
  readonly notes: readonly string[];
  readonly refusals: readonly string[];
}

function judged({ notes, refusals, ...measured }: Judged): Proof {
  if (refusals.length > 0) return { verdict: "refused", reasons: [...refusals], ...measured };
  const { acceptance, diagnostics, tests } = measured;
  const isProved = acceptance?.satisfied === true || diagnostics !== null || tests !== null;
  const reasons = isProved ? notes : ["Nothing that could be run shows that it is done.", ...notes];
  return { verdict: isProved ? "proved" : "unproved", reasons: [...reasons], ...measured };
}

function refusalsOf(diagnostics: Proof["diagnostics"], { unannounced }: TestFindings): string[] {
  const fresh = diagnostics === null ? 0 : diagnostics.fresh.length;
  return [
    ...(fresh === 0 ? [] : [`\`${diagnostics?.command}\` tells of problems that were not there before.`]),
    ...(unannounced.removed === 0
      ? []
      : [`Tests are gone (${unannounced.removed}) that the task does not ask to remove: bring them back.`]),
    ...(unannounced.skipped === 0
      ? []
      : [`Tests are switched off (${unannounced.skipped}) that ran before, and the task does not ask for it.`]),
  ];
}

async function acceptanceOf(context: RunContext, task: PlanTask, turn: number): Promise<Proof["acceptance"]> {
  const event = await context.store.events.find(context.runId, `check/${task.id}/${turn}`);
  if (event?.body.type !== "verification.finished" || event.body.evidence === null) return null;
  const { command, exitCode, satisfied } = event.body.evidence;
  return { command, exitCode, satisfied };
}

async function finishedTask(context: RunContext, task: PlanTask, root: string): Promise<Finished | undefined> {
  const { runId, changes, signal } = context;
  const state = await stateOf(context);
  const { workspace } = state;
  const isolation = await isolationIn(context);
  if (isolation === null) return undefined;
  const place = { runId, workspace, isolation };
  const commit =
    context.place === undefined
      ? await changes.tasks.head(place)
      : (await changes.tasks.commit({ ...place, taskId: task.id, signal })).commit;
  const own = state.tasks.find(({ id }) => id === task.id);
  const start = own?.place?.startCommit ?? isolation.startCommit;
  const { files, patch } = await changes.checkpoints.compare(workspace, start, commit);
  const tree = await changes.tasks.tree(workspace, commit);
  const begin = state.isolation?.startCommit ?? start;
  const whole = begin === start ? patch : (await changes.checkpoints.compare(workspace, begin, commit)).patch;
  const claimed = touchedLines(whole, isClaimed(task));
  const touched = touchedLines(patch, isSource);
  return {
    ...{ task, root, linked: isolation.linked, start, commit, tree, files, touched, claimed },
    agent: own?.agent ?? task.agent,
  };
}

/** Of sources: those that the task names, or all where it names none. */
function isClaimed({ files }: PlanTask): (path: string) => boolean {
  const named: PathPattern[] = files.filter(isSource).map(patternOf);
  return (path) => isSource(path) && (named.length === 0 || named.some((one) => pathsOverlap(one, patternOf(path))));
}

function isSource(path: string): boolean {
  return !PROSE.test(path) && !isTestFile(path);
}

async function marksLeft(context: RunContext, { task, commit }: Finished): Promise<string[]> {
  const event = await context.store.events.find(context.runId, `conflict/${task.id}`);
  const base = event?.body.type === "merge.conflicted" ? event.body.base : undefined;
  if (base === undefined) return [];
  const { workspace } = await stateOf(context);
  return context.changes.tasks.unresolved(workspace, { since: base, commit });
}
