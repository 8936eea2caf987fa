/** What an agent is: data beside the one loop (loop.ts). */

/** `planned`: a task of a plan. */
export type WorkSize = "small" | "question" | "planned";

/** Something that an agent can do, by which others find it. */
export interface Capability {
  /** Lower-case words and dashes: `http-endpoints`. */
  readonly id: string;
  /** One line for planners, other agents and people. */
  readonly description: string;
}

/** What the last answer of an agent must hold. Nexus looks, and sends back an answer that lacks a part. */
export interface AnswerContract {
  /** Each stands at the beginning of a line, with a colon after its name: `Changed: …`. */
  readonly parts: readonly {
    readonly name: string;
    /** What belongs there, for the agent. */
    readonly holds: string;
  }[];
}

/** Bounds of one piece of work, where they are tighter than the run's own. */
export interface AgentLimits {
  /** Turns with the model. */
  readonly maxTurns?: number;
  readonly deadlineMinutes?: number;
  readonly budgetUsd?: number;
}

export interface Agent {
  /** Lower-case words and dashes; what plans name. */
  readonly name: string;
  /** For people: “Backend”. */
  readonly title: string;
  /** One sentence for people and planners. */
  readonly purpose: string;
  readonly capabilities: readonly Capability[];
  readonly system: string;
  /** Names of the tools it may be offered; the policy may still take some away. */
  readonly tools: readonly string[];
  /** Offered besides where the work is large enough to pay for them at every step; a small change never does. */
  readonly moreTools: Readonly<Record<WorkSize, readonly string[]>>;
  /** Left out: any answer will do. */
  readonly answer?: AnswerContract;
  /** Names of the checks of its field (tools/fields/checks.ts) that its finished work must pass. */
  readonly checks: readonly string[];
  /** Names of agents that it may hand work to; "*" stands for all others. */
  readonly canDelegateTo: readonly string[];
  /** It changes no file and runs nothing. */
  readonly readOnly?: boolean;
  /** Globs from the root: the only files that it may write. Left out: any. */
  readonly writes?: readonly string[];
  /** The model that it would rather have, as the settings name models; a task's own choice comes first. */
  readonly model?: string;
  readonly limits: AgentLimits;
  /** Of a role in a standard procedure: kinds of documents, or messages, that it begins with; see metagpt/roles. */
  readonly watches?: readonly string[];
  /** The same of what it makes. */
  readonly produces?: readonly string[];
  readonly source: AgentSource;
}

/** Who wrote it, and where. */
export type AgentSource =
  | { readonly kind: "built-in" }
  | {
      readonly kind: "user" | "workspace";
      /** Absolute path of its file. */
      readonly path: string;
      /** SHA-256 of the file's bytes. */
      readonly hash: string;
    };

export const BUILT_IN: AgentSource = { kind: "built-in" };
