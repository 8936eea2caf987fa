/** What the composition root gives to the orchestration. */
import type { PolicyRules } from "../../protocol/index.ts";
import type { Clock } from "../host/clock.ts";
import type { ChatModel } from "../models/model.ts";
import type { Log } from "../observability/log.ts";
import type { ModelSettings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import type { ChangesPort } from "./changes/changes.ts";
import type { OpenMemory } from "./run-memory.ts";

export interface RunDependencies {
  readonly store: Store;
  readonly changes: ChangesPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: { add(secret: string): void; redact(text: string): string };
  /** The daemon's own model settings, for runs whose client brought none; null when nothing is configured. */
  readonly defaultModel: () => ModelSettings | null;
  readonly defaults: {
    readonly budgetUsd: number | null;
    readonly policy: PolicyRules;
    /** How long and how much is kept of ended runs. */
    readonly checkpoints?: { readonly days: number; readonly maxBytes: number };
  };
  /** Throws `model.*` when the settings cannot work, before anything is asked of the network. */
  readonly createModel: (settings: ModelSettings) => ChatModel;
  /** What runs know of their repository; left out: names, words and rules straight from the files. */
  readonly memory?: OpenMemory;
  /** Fresh and hard to guess; ids of runs and sessions. */
  readonly newId: () => string;
  /** The store can no longer be trusted: the daemon must stop. */
  readonly onFatal: (error: unknown) => void;
}
