/** What a command of the table is, and the flags that many have. */

export interface Flag {
  readonly name: string;
  readonly type: "boolean" | "string";
  /** What the value is, in capitals, for help. */
  readonly value?: string;
  readonly summary: string;
  /** The only values that are accepted. */
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly repeated?: boolean;
}

export interface Command {
  readonly summary: string;
  /** Words after the name. `rest`: all that follow, as one text or as a list. */
  readonly positionals: readonly {
    readonly name: string;
    readonly optional?: boolean;
    readonly rest?: boolean;
    /** A flag with which it may be left out. */
    readonly unless?: string;
  }[];
  readonly flags: readonly Flag[];
  /** More for help and docs: what a person should know before using it. */
  readonly details?: string;
}

export const json: Flag = { name: "json", type: "boolean", summary: "Print JSON instead of text." };

export const repo: Flag = {
  name: "repo",
  type: "string",
  value: "DIR",
  summary: "The folder to work on (default: this one).",
};

export const jsonLines: Flag = {
  name: "json",
  type: "boolean",
  summary: "Print events as JSON Lines, at the end a result object.",
};
