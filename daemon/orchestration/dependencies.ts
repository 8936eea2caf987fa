/** What the composition root gives to the orchestration. */
import type { PolicyRules } from "../../protocol/index.ts";
import type { FindUserAgents } from "../agents/user-agents.ts";
import type { Clock } from "../host/clock.ts";
import type { ChatModel } from "../models/model.ts";
import type { Log } from "../observability/log.ts";
import type { ModelsByDifficulty } from "../planning/allocation.ts";
import type { Audit } from "../security/audit/record.ts";
import type { CommandRunner } from "../security/sandbox/command-runner.ts";
import type { Redactor } from "../security/secrets/secrets.ts";
import type { Trust } from "../security/trust.ts";
import type { ModelSettings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import type { CommandLog } from "../tools/commands/background.ts";
import type { ForeignPlace } from "../tools/foreign/foreign.ts";
import type { Tool } from "../tools/tool.ts";
import type { ChangesPort } from "./changes/changes.ts";
import type { OpenDesignWork } from "./design/design-work.ts";
import type { OpenDocuments } from "./open-documents.ts";
import type { PolicyPlace } from "./rights/policy-place.ts";
import type { WorkJudge } from "./run-context.ts";
import type { OpenMemory } from "./run-memory.ts";
import type { SchedulingSettings } from "./scheduling/settings.ts";
import type { TeamLimits } from "./team/limits.ts";

/** Where a model is asked from. */
export interface ModelOfRun {
  readonly runId: string;
  /** Told, in words for a person, when a call waits for a client that offers the model. */
  readonly onWait: (message: string) => void;
}

export interface RunDependencies {
  readonly store: Store;
  readonly changes: ChangesPort;
  readonly audit: Audit;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: Redactor;
  /** The daemon's own model settings, for runs whose client brought none; null when nothing is configured. */
  readonly defaultModel: () => ModelSettings | null;
  readonly defaults: {
    readonly budgetUsd: number | null;
    readonly policy: PolicyRules;
    /** Models of the daemon's own provider by what they are good enough for. */
    readonly models?: ModelsByDifficulty;
    /** How long and how much is kept of ended runs. */
    readonly checkpoints?: { readonly days: number; readonly maxBytes: number };
  };
  /** How much is done at a time; left out: the defaults. */
  readonly scheduling?: SchedulingSettings;
  /** Throws `model.*` when the settings cannot work, before anything is asked of the network. */
  readonly createModel: (settings: ModelSettings, call?: ModelOfRun) => ChatModel;
  /** What runs know of their repository; left out: names, words and rules straight from the files. */
  readonly memory?: OpenMemory;
  /** What clients have open and not saved; left out: nothing is known of it. */
  readonly documents?: OpenDocuments;
  /** Adds a rule in its text form to the user's own policy. Rejects when it cannot be kept. */
  readonly keepRule: (rule: string) => Promise<void>;
  /** Folder outside of every workspace where changes of several files are recorded while they are made. */
  readonly editJournal?: string;
  /** Tools that others wrote, for work on this workspace in this copy. */
  readonly foreignTools?: (place: ForeignPlace) => Promise<readonly Tool[]>;
  /** Called before the calls of a turn are carried out, replayed ones too: the moment for a checkpoint. */
  readonly beforeCalls?: (place: { runId: string; taskId: string; turn: number; root: string }) => Promise<void>;
  /** The value of a secret that a workflow names; left out: there are none. */
  readonly secretOf?: (name: string) => string | undefined;
  /** Runs commands; left out: behind the wall that this machine has, with nothing hidden but keys. */
  readonly commands?: CommandRunner;
  /** Keeps the whole output of a background command. */
  readonly commandLog?: (runId: string, name: string) => Promise<CommandLog>;
  /** The agents that people wrote, for work on a workspace; left out: none. */
  readonly userAgents?: FindUserAgents;
  /** Roles and documents of design, for runs that follow workflows; left out: there are none. */
  readonly design?: OpenDesignWork | undefined;
  /** How tasks work side by side; left out: four at once, and twenty minutes of silence. */
  readonly team?: Partial<TeamLimits>;
  /** Look at finished work of planned tasks, beside its acceptance command. */
  readonly judges?: readonly WorkJudge[];
  /** Folder of the grammars by which code is parsed; left out: none is. */
  readonly grammars?: string;
  /** Whose rules count and how commands are understood; left out: the run's own rules, and no commands. */
  readonly policyPlace?: PolicyPlace;
  /** Fresh and hard to guess; ids of runs and sessions. */
  readonly newId: () => string;
  /** The store can no longer be trusted: the daemon must stop. */
  readonly onFatal: (error: unknown) => void;
}
