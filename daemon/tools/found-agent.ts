/** What an agent is told of another. */
export interface FoundAgent {
  readonly name: string;
  readonly purpose: string;
  readonly capabilities: readonly string[];
}
