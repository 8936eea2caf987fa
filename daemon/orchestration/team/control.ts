/** What people ask of one task: to end it, to hold it, to let it go on. On record before it takes effect. */
import type { Params, TaskAction } from "../../../protocol/index.ts";
import { isEnded, nexusError } from "../../../protocol/index.ts";
import type { RunDependencies } from "../dependencies.ts";
import type { Caller } from "../run-service.ts";

/** Rejects with `run.unknown`, `run.ended`, `task.unknown` or `task.ended`. Asked again, it changes nothing. */
export async function controlTask(
  { store }: Pick<RunDependencies, "store">,
  action: TaskAction,
  { runId, taskId }: Params<"task/cancel">,
  { name }: Caller,
): Promise<Record<string, never>> {
  const state = await store.events.state(runId);
  if (state === undefined) throw nexusError("run.unknown", runId);
  if (isEnded(state.status)) throw nexusError("run.ended");
  const task = state.tasks.find(({ id }) => id === taskId);
  const isInTree = task?.parent !== undefined || state.plan?.tasks.some(({ id }) => id === taskId) === true;
  if (task === undefined || !isInTree) throw nexusError("task.unknown", taskId);
  if (task.status === "done" || task.status === "skipped") throw nexusError("task.ended");
  const last = task.control?.action;
  const isSame = last === action || last === "cancel" || (action === "resume" && last === undefined);
  if (!isSame) await store.events.append(runId, [{ body: { type: "task.controlled", taskId, action, by: name } }]);
  return {};
}

const CLIENTS: Readonly<Record<string, string>> = { vscode: "You, in VS Code,", nexus: "You, at the command line," };

/** Who asked, for people: clients are told apart by names of programs. */
export function whoInWords(by: string): string {
  return CLIENTS[by] ?? by;
}
