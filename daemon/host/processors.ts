import { availableParallelism } from "node:os";

/** How many threads this machine, or what this process may use of it, runs at once. */
export function processorCount(): number {
  return availableParallelism();
}
