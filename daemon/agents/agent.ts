/** `planned`: a task of a plan. */
export type WorkSize = "small" | "question" | "planned";

/** An agent is data plus the one loop (loop.ts). */
export interface Agent {
  readonly name: string;
  /** One sentence for people and planners. */
  readonly purpose: string;
  readonly system: string;
  /** Names of the tools it may be offered; the policy may still take some away. */
  readonly tools: readonly string[];
  /** Offered besides where the work is large enough to pay for them at every step; a small change never does. */
  readonly moreTools: Readonly<Record<WorkSize, readonly string[]>>;
}
