/** Whether a run can go on with a changed definition: what is done must be the same in both, and nothing before it missing. */
import type { Answer, RunEvent } from "../../../protocol/index.ts";
import type { LoadedBundle } from "./bundle.ts";
import { listsOf, needsOf, type Step, workOf } from "./definition.ts";

export type Fates = Answer<"workflow/migrate">["steps"];

interface StaticPlace {
  readonly step: Step;
  readonly siblings: readonly Step[];
  /** What stands before the ids of its list. */
  readonly prefix: string;
}

/** What becomes of each step that is on record or still to be done. With one that is refused the run cannot go on. */
export function fatesOf(events: readonly RunEvent[], from: LoadedBundle, to: LoadedBundle): Fates {
  const ended = new Map<string, string>();
  const begun = new Set<string>();
  for (const { body } of events) {
    if (body.type === "step.started") begun.add(body.at);
    if (body.type === "step.finished") ended.set(body.at, body.outcome);
  }
  const onRecord = [...ended.keys()].map((at) => fateOfEnded(at, { from, to, ended }));
  const open = [...begun].filter((at) => !ended.has(at)).map((at) => fateOfBegun(at, to));
  const known = new Set([...ended.keys(), ...begun]);
  const before = new Set(topSteps(from));
  const after = topSteps(to);
  const waiting = after
    .filter((at) => !known.has(at))
    .map((at) => fate(at, "waiting", before.has(at) ? "" : "It is new."));
  const gone = [...before].filter((at) => !after.includes(at) && !known.has(at));
  return [...onRecord, ...open, ...waiting, ...gone.map((at) => fate(at, "gone", "It is no longer in the workflow."))];
}

type Fate = Fates[number];

function fate(at: string, is: Fate["fate"], reason: string): Fate {
  return { at, fate: is, reason };
}

function fateOfEnded(
  at: string,
  { from, to, ended }: { from: LoadedBundle; to: LoadedBundle; ended: ReadonlyMap<string, string> },
): Fate {
  const before = staticPlace(from, at);
  const after = staticPlace(to, at);
  if (before === undefined || after === undefined)
    return fate(at, "refused", "It is done, and no longer in the workflow.");
  const [was, is] = [workOf(before.step).kind, workOf(after.step).kind];
  if (was !== is) return fate(at, "refused", `It is done as ${was}, and is ${is} now.`);
  const missing = needsOf(after.siblings, after.siblings.indexOf(after.step)).find(
    (need) => !ended.has(after.prefix + need),
  );
  if (missing !== undefined) return fate(at, "refused", `It is done, and needs ${missing} now, which is not.`);
  return fate(at, "kept", "");
}

function fateOfBegun(at: string, to: LoadedBundle): Fate {
  return staticPlace(to, at) === undefined
    ? fate(at, "gone", "It had begun, and is no longer in the workflow.")
    : fate(at, "redone", "It had begun: it is done from where its journal ends.");
}

function topSteps({ main }: LoadedBundle): string[] {
  return main.steps.map(({ id }) => id);
}

/** A step by its path, whatever its items and rounds were. */
function staticPlace(loaded: LoadedBundle, at: string): StaticPlace | undefined {
  let steps: readonly Step[] = loaded.main.steps;
  let file = loaded.bundle.entry;
  let prefix = "";
  const parts = [...at.matchAll(/([^/[\]]+)(?:\[([^\]]*)\])?(?:\/|$)/g)];
  for (const [index, [whole, id, key = ""]] of parts.entries()) {
    const step = steps.find((candidate) => candidate.id === id);
    if (step === undefined) return undefined;
    if (index === parts.length - 1) return { step, siblings: steps, prefix };
    prefix += whole;
    const { kind, work } = workOf(step);
    if (kind === "workflow") {
      const called = loaded.resolve(file, work);
      steps = called.workflow.steps;
      file = called.path;
    } else steps = listsOf(step).find(({ path }) => path.at(-1) === key || path.at(-1) === "steps")?.steps ?? [];
  }
  return undefined;
}
