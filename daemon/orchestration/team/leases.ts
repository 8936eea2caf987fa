/** What a task has for itself: the files and symbols of its plan, and the files where those symbols are. */
import type { Lease, PlanTask } from "../../../protocol/index.ts";
import { leasesOf } from "../../collaboration/leases.ts";
import { memoryAt } from "../phases/survey.ts";
import { agentsOf } from "../run-agents.ts";
import { isStoreFailure, type RunContext } from "../run-context.ts";

const PLACES_OF_A_SYMBOL = 5;

export interface Claimed {
  readonly leases: Lease[];
  /** The files in which code memory knows each of the task's symbols. */
  readonly places: ReadonlyMap<string, readonly string[]>;
}

export async function leasesFor(context: RunContext, root: string, task: PlanTask): Promise<Claimed> {
  const { readOnly = false } = (await agentsOf(context)).of(task.agent);
  const symbols = readOnly ? [] : (task.symbols ?? []);
  const places = symbols.length === 0 ? new Map<string, string[]>() : await placesOf(context, root, symbols);
  const files = [...new Set([...task.files, ...[...places.values()].flat()])];
  return { leases: leasesOf({ ...task, files }, { readOnly }), places };
}

/** None where there is no index, or none yet: then only names are compared. */
async function placesOf(context: RunContext, root: string, symbols: readonly string[]): Promise<Map<string, string[]>> {
  const { lookup } = await memoryAt(context, root);
  if (lookup === undefined) return new Map();
  try {
    const found = await Promise.all(symbols.map((name) => lookup.symbols(name, PLACES_OF_A_SYMBOL)));
    return new Map(
      symbols.map((name, index) => [
        name,
        (found[index] ?? []).filter(({ symbol }) => symbol !== null && isNamed(symbol, name)).map(({ path }) => path),
      ]),
    );
  } catch (error) {
    if (isStoreFailure(error)) throw error;
    context.log.write("warn", "files of a task's symbols could not be looked up", { error: String(error) });
    return new Map();
  }
}

/** `Class.method` is found under its last part too. */
function isNamed(symbol: string, wanted: string): boolean {
  const last = (name: string) => name.split(/[.#:]+/).at(-1);
  return symbol === wanted || last(symbol) === last(wanted);
}
