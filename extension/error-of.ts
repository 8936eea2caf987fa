import { type ErrorValue, errorValue, NexusError } from "../protocol/errors.ts";

/** What to tell of a failure: the daemon's own words, or those of an error of ours. */
export function errorOf(error: unknown): ErrorValue {
  if (error instanceof NexusError) return error.value;
  return errorValue("run.internal", error instanceof Error ? error.message : String(error));
}
