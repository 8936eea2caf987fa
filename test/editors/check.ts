/** What an editor found out about the server. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly problem: string;
}
