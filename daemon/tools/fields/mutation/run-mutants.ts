/** Runs tests against mutants, each in a copy that nobody else uses: which of them no test notices. */
import { systemClock } from "../../../host/clock.ts";
import type { FieldContext } from "../field-check.ts";
import { makeScratchCopy, type ScratchCopy } from "../scratch-copy.ts";
import { outcomeOf, runTestsIn } from "../test-runs.ts";
import type { Mutant } from "./mutants.ts";

/** What it needs of a field's context. */
export type MutationPlace = Pick<FieldContext, "root" | "linked" | "signal" | "run">;

export interface MutationLimits {
  readonly most: number;
  readonly totalMs: number;
  readonly parallel: number;
}

export const MUTATION_LIMITS: MutationLimits = { most: 24, totalMs: 3 * 60_000, parallel: 2 };

export interface MutationResult {
  readonly survived: readonly Mutant[];
  readonly killed: number;
  /** Not looked at: over a limit, or the mutant could not be built. */
  readonly left: number;
  /** Why nothing was run. */
  readonly problem?: string;
}

const SLOWEST_FACTOR = 4;
const LEAST_MS = 10_000;
/** What a build that broke says: a fault that does not compile tells nothing of tests. */
const NOT_BUILT = /\[build failed\]|\[setup failed\]|SyntaxError|error TS\d+:/;

/** Tests that take much longer than without the fault have noticed it. */
export async function runMutants(
  context: MutationPlace,
  { mutants, command, limits = MUTATION_LIMITS }: MutationWork,
): Promise<MutationResult> {
  const none = { survived: [], killed: 0, left: mutants.length };
  const copies = await makeCopies(context, Math.min(limits.parallel, mutants.length));
  const [first] = copies;
  if (first === undefined) return { ...none, problem: "the work is too large to copy" };
  try {
    const started = systemClock.monotonic();
    const clean = await runTestsIn(context, first.root, command, limits.totalMs);
    if (clean === undefined || outcomeOf(clean) !== "passed")
      return { ...none, problem: `\`${command}\` does not pass without any fault` };
    const timeoutMs = Math.max(LEAST_MS, (systemClock.monotonic() - started) * SLOWEST_FACTOR);
    const end = started + limits.totalMs;
    return await tryAll(context, copies, { mutants: mutants.slice(0, limits.most), command, timeoutMs, end });
  } finally {
    await Promise.all(copies.map((copy) => copy.dispose()));
  }
}

interface MutationWork {
  readonly mutants: readonly Mutant[];
  /** Runs the tests that are to notice. */
  readonly command: string;
  readonly limits?: MutationLimits;
}

async function makeCopies(context: MutationPlace, count: number): Promise<ScratchCopy[]> {
  const copies: ScratchCopy[] = [];
  try {
    while (copies.length < count) {
      const copy = await makeScratchCopy(context);
      if (copy === undefined) break;
      copies.push(copy);
    }
    return copies;
  } catch (error) {
    await Promise.all(copies.map((copy) => copy.dispose()));
    throw error;
  }
}

interface Trial {
  readonly mutants: readonly Mutant[];
  readonly command: string;
  readonly timeoutMs: number;
  /** Of the clock that only goes on, in milliseconds. */
  readonly end: number;
}

async function tryAll(context: MutationPlace, copies: readonly ScratchCopy[], trial: Trial): Promise<MutationResult> {
  const verdicts = new Map<Mutant, Verdict>();
  const waiting = [...trial.mutants];
  const workers = copies.map(async (copy) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      context.signal.throwIfAborted();
      if (systemClock.monotonic() > trial.end) return;
      verdicts.set(mutant, await tryOne(context, copy, mutant, trial));
      context.signal.throwIfAborted();
    }
  });
  // All come to their end before the copies go.
  const ended = await Promise.allSettled(workers);
  const failed = ended.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  const count = (verdict: Verdict) => trial.mutants.filter((mutant) => verdicts.get(mutant) === verdict);
  const survived = count("survived");
  const killed = count("killed").length;
  return { survived, killed, left: trial.mutants.length - survived.length - killed };
}

type Verdict = "killed" | "survived" | "unknown";

async function tryOne(context: MutationPlace, copy: ScratchCopy, mutant: Mutant, trial: Trial): Promise<Verdict> {
  const { path, text } = mutant;
  await copy.write(path, text);
  const result = await runTestsIn(context, copy.root, trial.command, trial.timeoutMs);
  await copy.write(path, mutant.original);
  if (result === undefined) return "unknown";
  const outcome = outcomeOf(result);
  if (outcome === "passed") return "survived";
  return outcome === "failed" && !NOT_BUILT.test(result.output) ? "killed" : "unknown";
}
