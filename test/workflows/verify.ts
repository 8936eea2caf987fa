/** Holds what the engine did against what the naive interpreter says, undisturbed and killed. */
import type { Store } from "../../daemon/store/store.ts";
import type { RunEvent } from "../../protocol/index.ts";
import type { Case } from "./generate.ts";
import { eventsOf, type Lived, live, type PretendedRun } from "./pretended.ts";
import { type Expected, expectedOf, failuresOf } from "./reference.ts";

let runs = 0;

/** What is wrong; empty when all is well. */
export async function problemsOf(store: Store, one: Case): Promise<string[]> {
  const expected = expectedOf(one);
  const whole = await lived(store, one, []);
  const problems = compare(expected, whole, one);
  if (problems.length > 0) return problems;
  const deaths = one.deaths.map((share) => 1 + Math.floor(share * whole.writes));
  const killed = await lived(store, one, deaths);
  const more = compare(expected, killed, one).map((problem) => `killed at ${deaths.join(", ")}: ${problem}`);
  const same = whole.done.toSorted().join() === killed.done.toSorted().join();
  return same ? more : [...more, `killed at ${deaths.join(", ")}: other effects than undisturbed`];
}

interface Whole extends Lived {
  readonly events: readonly RunEvent[];
}

/** All lives of one run; the last has no death in it. */
async function lived(store: Store, one: Case, deaths: readonly number[]): Promise<Whole> {
  const runId = `case-${++runs}`;
  const comes: PretendedRun["comes"] = (taskId) => {
    if (taskId.startsWith("undo."))
      return failuresOf(one, taskId) === 0 ? { ok: true, output: null } : { ok: false, reason: "cannot" };
    const [, name = "", attempt = "1"] = /^step\.(.*?)(?:\.try-(\d+))?$/.exec(taskId) ?? [];
    return Number(attempt) > failuresOf(one, pathOf(name, one))
      ? { ok: true, output: name }
      : { ok: false, reason: "planned" };
  };
  const done: string[] = [];
  let writes = 0;
  for (const diesBefore of [...deaths, 0]) {
    const life = await live(store, { runId, bundle: one.bundle, comes, diesBefore });
    done.push(...life.done);
    writes += life.writes;
    if (life.end !== "died") return { end: life.end, done, writes, events: await eventsOf(store, runId) };
  }
  throw new Error("the last life died");
}

/** Names of work are paths without brackets; failures are planned by path. */
function pathOf(name: string, one: Case): string {
  const paths = [...expectedOf(one).outcomes.keys()];
  return paths.find((path) => path.replaceAll("[", ".").replaceAll("]", "").replaceAll("/", ".") === name) ?? name;
}

function compare(expected: Expected, { end, done, events }: Whole, one: Case): string[] {
  const problems: string[] = [];
  const started = new Map<string, number>();
  const finished = new Map<string, number>();
  const outcomes = new Map<string, string>();
  const attempts = new Map<string, number>();
  const undone: string[] = [];
  for (const { seq, body } of events) {
    if (body.type === "step.started") {
      if (!started.has(body.at)) started.set(body.at, seq);
      attempts.set(body.at, body.attempt);
    }
    if (body.type === "step.finished") {
      finished.set(body.at, seq);
      outcomes.set(body.at, body.outcome);
    }
    if (body.type === "step.compensated") {
      undone.push(body.at);
      const name = `undo.step.${body.at.replaceAll("[", ".").replaceAll("]", "").replaceAll("/", ".")}`;
      const wanted = failuresOf(one, name) === 0 ? "done" : "failed";
      if (body.outcome !== wanted) problems.push(`undoing ${body.at} came to ${body.outcome}, not ${wanted}`);
    }
  }
  if (end === "died" || end.ok !== expected.ok)
    problems.push(`it ended ${JSON.stringify(end)}, not ok: ${expected.ok}`);
  differences(expected.outcomes, outcomes, "outcome", problems);
  differences(expected.attempts, attempts, "tries", problems);
  for (const [before, after] of expected.order)
    if (
      (finished.get(before) ?? Number.POSITIVE_INFINITY) > (started.get(after) ?? finished.get(after) ?? 0) &&
      outcomes.has(after)
    )
      problems.push(`${after} began before ${before} had ended`);
  for (const [outer, inner] of expected.inside)
    if (
      (started.get(outer) ?? 0) > (started.get(inner) ?? Number.POSITIVE_INFINITY) ||
      (finished.get(inner) ?? 0) > (finished.get(outer) ?? 0)
    )
      problems.push(`${inner} is not within ${outer}`);
  const completed = [...finished.keys()].filter((at) => outcomes.get(at) === "done" && expected.undoable.has(at));
  const wanted = expected.ok ? [] : completed.toReversed();
  if (undone.join() !== wanted.join()) problems.push(`undone were ${undone.join()}, not ${wanted.join()}`);
  if (new Set(done).size < done.length) problems.push(`done twice: ${done.toSorted().join()}`);
  return problems;
}

function differences<Value>(
  expected: ReadonlyMap<string, Value>,
  found: ReadonlyMap<string, Value>,
  what: string,
  problems: string[],
): void {
  for (const at of new Set([...expected.keys(), ...found.keys()]))
    if (expected.get(at) !== found.get(at))
      problems.push(`${what} of ${at}: ${found.get(at)}, not ${expected.get(at)}`);
}
