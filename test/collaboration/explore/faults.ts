/** Whether the exploration finds a fault that was put in: a check that never fails checks nothing. */
import { type Exploration, explore } from "./explore.ts";
import { FAULTS } from "./protocol.ts";
import type { Size } from "./world.ts";

/** What the first size that shows anything shows of a faulty variant; undefined: nothing is found. */
export function faultFound(fault: string, sizes: readonly Size[]): Exploration["problem"] {
  const protocol = FAULTS[fault]?.protocol;
  if (protocol === undefined) throw new Error(`no fault is called ${fault}`);
  for (const size of sizes) {
    const { problem } = explore(size, protocol);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
