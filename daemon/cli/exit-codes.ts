/** What scripts may rely on. */
import type { RunStatus } from "../../protocol/index.ts";

export const EXIT = { done: 0, failed: 1, usage: 2, denied: 3, outOfBudget: 4, cancelled: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf(status: RunStatus): ExitCode {
  switch (status) {
    case "done":
      return EXIT.done;
    case "denied":
    case "awaiting_approval":
      return EXIT.denied;
    case "out_of_budget":
      return EXIT.outOfBudget;
    case "cancelled":
      return EXIT.cancelled;
    case "failed":
    case "queued":
    case "working":
    case "suspended":
      return EXIT.failed;
  }
}
