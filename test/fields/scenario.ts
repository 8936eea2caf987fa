/** One of the scripted tasks by which an agent's field is accepted. */
export interface Scenario {
  readonly name: string;
  /** Why it cannot be tried on this machine; left out, or undefined: it can. */
  skip?(): Promise<string | undefined>;
  /** Rejects when something is not as it should be. */
  run(): Promise<void>;
}
