/**
 * Finds an agent that goes in circles: the same calls with the same results, alone (A A A A A) or in a short cycle
 * (A B A B …). A call whose result differs from last time is progress, so polling something that changes is none.
 */
export interface LoopDetector {
  /** Adds one call. `warn`: the model should be told; `stop`: it was told and goes on all the same. */
  add(call: { tool: string; argumentsText: string; result: string }): { verdict: "fine" } | LoopFinding;
}

export interface LoopFinding {
  readonly verdict: "warn" | "stop";
  readonly explanation: string;
}

const LONGEST_CYCLE = 4;
const WARN_REPEATS = 3;
const STOP_REPEATS = 5;

export function createLoopDetector(): LoopDetector {
  const history: { signature: string; tool: string }[] = [];
  return {
    add({ tool, argumentsText, result }) {
      history.push({ signature: `${tool}\u0000${argumentsText}\u0000${result}`, tool });
      if (history.length > LONGEST_CYCLE * STOP_REPEATS) history.shift();
      const signatures = history.map((entry) => entry.signature);
      for (let period = 1; period <= LONGEST_CYCLE; period++) {
        const repeats = countRepeats(signatures, period);
        if (repeats < WARN_REPEATS) continue;
        const tools = history.slice(-period).map((entry) => entry.tool);
        const what = period === 1 ? `${tools[0]} was called` : `The calls ${tools.join(" → ")} were made`;
        const explanation = `${what} ${repeats} times in a row with the same arguments and the same result.`;
        return { verdict: repeats >= STOP_REPEATS ? "stop" : "warn", explanation };
      }
      return { verdict: "fine" };
    },
  };
}

/** How often the last `period` entries stand in a row at the end of the list. */
function countRepeats(entries: readonly string[], period: number): number {
  let matching = 0;
  for (let index = entries.length - 1; index >= period && entries[index] === entries[index - period]; index--)
    matching++;
  return entries.length < period ? 0 : 1 + Math.floor(matching / period);
}
