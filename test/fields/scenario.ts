/** One of the scripted tasks by which an agent's field is accepted. */
export interface Scenario {
  readonly name: string;
  /** Rejects when something is not as it should be. */
  run(): Promise<void>;
}
