/** In a replay the log takes the place of the world: what was answered, done and found is told, not asked or done again. */
import type { ErrorValue } from "../../protocol/index.ts";
import type { ModelRequest, ModelResponse, ToolCall } from "../models/model.ts";
import type { PolicyAccess } from "../security/access.ts";
import type { Judgement } from "../security/judgement.ts";
import type { RecordedOutcome } from "../tools/gate/journal-port.ts";

export interface RecordedWorld {
  /** Instructions and tools that the call of this key was sent with; undefined: the log does not tell. */
  frame(key: string): Promise<Pick<ModelRequest, "system" | "tools"> | undefined>;
  /** Answers as the provider did, after the failures that came before. */
  ask(
    key: string,
    onFailed: (error: ErrorValue, attempt: number, willRetry: boolean) => Promise<void>,
  ): Promise<ModelResponse>;
  /** What came of a call; `live` is false when that was recorded before the restart that is being replayed. */
  outcome(key: string, call: ToolCall): Promise<{ readonly outcome: RecordedOutcome; readonly live: boolean }>;
  /** Whether the check of this key ran. */
  mayCheck(key: string): Promise<boolean>;
  /** The project's tests as they were found: for the check of this key, or by the first look at the repository. */
  tests(key: string | null): Promise<{ readonly command: string } | undefined>;
  /** Whether there is an event of this key anywhere in the log. */
  has(key: string): boolean;
  /** Whether the event of this key was recorded since the start, or restart, that is being replayed. */
  isLive(key: string): boolean;
  /** What the one who hands out tasks did next: begin one, hold it back, or say that two may be in one file; undefined: nothing before the run's end or restart. */
  nextChoice():
    | { readonly does: "start"; readonly taskId: string; readonly kind: "run" | "copy" }
    | { readonly does: "hold"; readonly taskId: string; readonly behind: string }
    | { readonly does: "allow" }
    | undefined;
  /** What the place said against the plan that the planner has just handed in. */
  planProblems(): Promise<string[]>;
  /** What the policy said. */
  judge(access: PolicyAccess): Promise<Judgement>;
}
