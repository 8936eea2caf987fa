/** What an ACP connection is made from. */
import type { ModelSettingsInput } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { DaemonLink } from "../link.ts";

/** Of the environment that the editor started this in. */
export interface AcpSettings {
  /** Left out: what the daemon has. */
  readonly modelSettings?: ModelSettingsInput;
  /** The most that a run may cost, in USD; left out: what the daemon has. */
  readonly budgetUsd?: number;
  /** Names that can be chosen for a session, the usual one first. */
  readonly models: readonly string[];
  /** MCP servers that the user's own settings name; an editor's others are not started. */
  readonly mcpServers: readonly string[];
}

export interface AcpOptions {
  readonly link: DaemonLink;
  readonly clock: Pick<Clock, "timer">;
  readonly version: string;
  /** Read again before each run. Rejects with `settings.invalid`. */
  readonly settings: () => Promise<AcpSettings>;
  /** Told what the client calls itself, before the daemon is asked for anything. */
  readonly onClient: (title: string) => void;
  /** Fresh and hard to guess. */
  readonly newKey: () => string;
}
