import { clientError, type ErrorValue, NexusError } from "../protocol/raised-errors.ts";

/** What to tell of a failure: the daemon's own words, or those of an error of ours. */
export function errorOf(error: unknown): ErrorValue {
  if (error instanceof NexusError) return error.value;
  return clientError("run.internal", error instanceof Error ? error.message : String(error)).value;
}
