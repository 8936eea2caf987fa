/** What programs that a tool runs ask of the run's model. */
import { NexusError, ok } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import type { ModelPort } from "../../tools/model-port.ts";
import { type CallPlace, callModel } from "../journal.ts";
import { isStoreFailure, type RunContext } from "../run-context.ts";

/**
 * `key` names the tool's call. A request is known by its content and by how often it came, so that a program which begins
 * anew after a restart gets the answers that are paid for already. `onSpent` hears when the budget pays for no more.
 */
export function modelPort(
  context: RunContext,
  place: CallPlace,
  key: string,
  onSpent: (error: NexusError) => void,
): ModelPort {
  const asked = new Map<string, number>();
  return {
    model: context.modelName,
    async respond(request) {
      const hash = hashOf(JSON.stringify(request)).slice(0, 24);
      const times = asked.get(hash) ?? 0;
      asked.set(hash, times + 1);
      try {
        const { response } = await callModel(context, place, request, { key: `${key}/model/${hash}/${times}` });
        return ok(response);
      } catch (error) {
        if (!(error instanceof NexusError) || isStoreFailure(error)) throw error;
        if (error.value.code.startsWith("budget.")) onSpent(error);
        return { ok: false, error: error.value };
      }
    },
  };
}
