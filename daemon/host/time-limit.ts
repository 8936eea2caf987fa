/** Work of this process that may take without end, cut off after its time. */
import { createContext, Script } from "node:vm";

const SCRIPT = new Script("work()");
const PLACE: { work: () => void } = { work: () => undefined };
const CONTEXT = createContext(PLACE);

/**
 * What `work` answers with; `undefined` when it was cut off after `budgetMs` of its own. It must be synchronous, and
 * leave nothing half done. Each call starts a watch, about 0.2 ms. Throws what `work` throws.
 */
export function withinTime<Value>(budgetMs: number, work: () => Value): { readonly value: Value } | undefined {
  let answer: { readonly value: Value } | undefined;
  PLACE.work = () => {
    answer = { value: work() };
  };
  try {
    SCRIPT.runInContext(CONTEXT, { timeout: budgetMs });
    return answer;
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}

/** The error may come from the context, so it is no instance of our own Error. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}
