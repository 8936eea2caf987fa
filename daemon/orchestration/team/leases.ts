/** What a task has for itself: the files and symbols of its plan, and the files where those symbols are. */
import type { Lease, PlanTask } from "../../../protocol/index.ts";
import { leasesOf } from "../../collaboration/leases.ts";
import { memoryAt } from "../phases/survey.ts";
import { agentsOf } from "../run-agents.ts";
import { isStoreFailure, type RunContext } from "../run-context.ts";

const PLACES_OF_A_SYMBOL = 5;

export async function leasesFor(context: RunContext, root: string, task: PlanTask): Promise<Lease[]> {
  const { readOnly = false } = (await agentsOf(context)).of(task.agent);
  const symbols = readOnly ? [] : (task.symbols ?? []);
  const found = symbols.length === 0 ? [] : await filesOf(context, root, symbols);
  return leasesOf({ ...task, files: [...new Set([...task.files, ...found])] }, { readOnly });
}

/** None where there is no index, or none yet: then only names are compared. */
async function filesOf(context: RunContext, root: string, symbols: readonly string[]): Promise<string[]> {
  const { lookup } = await memoryAt(context, root);
  if (lookup === undefined) return [];
  try {
    const found = await Promise.all(symbols.map((name) => lookup.symbols(name, PLACES_OF_A_SYMBOL)));
    return found.flatMap((results, index) =>
      (results ?? [])
        .filter(({ symbol }) => symbol !== null && isNamed(symbol, symbols[index]))
        .map(({ path }) => path),
    );
  } catch (error) {
    if (isStoreFailure(error)) throw error;
    context.log.write("warn", "files of a task's symbols could not be looked up", { error: String(error) });
    return [];
  }
}

/** `Class.method` is found under its last part too. */
function isNamed(symbol: string, wanted: string | undefined): boolean {
  const last = (name: string | undefined) => name?.split(/[.#:]+/).at(-1);
  return symbol === wanted || last(symbol) === last(wanted);
}
