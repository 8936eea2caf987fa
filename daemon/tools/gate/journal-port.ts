/** The journal of effects, as the gate sees it: intent before, result after, each under the call's key. */
import type { ToolEffect, ToolStatus } from "../../../protocol/index.ts";

/** How to tell whether a change of a file happened: SHA-256 before (null: no file) and after ("": no file). */
export interface FileProbe {
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
}

export interface Probe extends FileProbe {
  /** The other files of a change of several, which happens to all of them or to none. */
  readonly more?: readonly FileProbe[] | undefined;
}

export interface Intent {
  readonly callId: string;
  readonly tool: string;
  readonly input: unknown;
  readonly effect: ToolEffect;
  /** Of a pure effect: the file that it shows, before and after the same. */
  readonly probe?: Probe;
}

export interface RecordedOutcome {
  readonly status: ToolStatus;
  /** What the model is told. */
  readonly output: string;
  /** The model was told only a part of the result; all of it is kept. */
  readonly isCut?: boolean;
  /** Tools that the agent is offered from its next turn on. */
  readonly offers?: readonly string[];
  /** One line for people. */
  readonly summary: string;
  readonly changed: readonly string[];
  readonly durationMs: number;
}

export interface EffectJournal {
  recorded(key: string): Promise<RecordedOutcome | undefined>;
  intended(key: string): Promise<{ readonly probe?: Probe } | undefined>;
  /** Resolves once the intent is durable. */
  intend(key: string, intent: Intent): Promise<void>;
  /** `whole`: all of the result, when it was cut. */
  record(key: string, outcome: RecordedOutcome, whole?: string): Promise<void>;
}
