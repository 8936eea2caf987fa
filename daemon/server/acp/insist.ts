import { NexusError } from "../../../protocol/errors.ts";

const TRIES = 3;

/** Asks again when the daemon went away: only for what may be done twice, because the first time counts. */
export async function insist<Value>(ask: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const isGone = error instanceof NexusError && error.value.code === "daemon.unreachable";
      if (!isGone || attempt === TRIES) throw error;
    }
  }
}
