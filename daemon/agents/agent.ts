/** An agent is data plus the one loop (loop.ts). */
export interface Agent {
  readonly name: string;
  /** One sentence for people and planners. */
  readonly purpose: string;
  readonly system: string;
  /** Names of the tools it may be offered; the policy may still take some away. */
  readonly tools: readonly string[];
}
