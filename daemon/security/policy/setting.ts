/** All that one policy is made from: the place, the people's rules, and what a run agreed to. */
import type { SessionMode } from "../../../protocol/index.ts";
import type { CommandFacts } from "../command/facts.ts";
import type { Permissions } from "./permissions.ts";
import type { Tiers } from "./tiers.ts";

/** What a line would do in this place; it never throws for a bad line. */
export type AnalyseCommand = (
  line: string,
  place: { readonly root: string; readonly cwd: string },
) => Promise<CommandFacts>;

export interface PolicySetting {
  /** Absolute real path of the agent's copy of the workspace. */
  readonly root: string;
  readonly mode: SessionMode;
  /** Nobody can answer: what would ask is denied. */
  readonly headless: boolean;
  /** The user vouched for this workspace. */
  readonly trusted: boolean;
  /** Commands run behind the operating system's wall. */
  readonly sandboxed: boolean;
  readonly tiers: Tiers;
  /** What the approved plan names; null before there is one. */
  readonly permissions: Permissions | null;
  /** Command lines that were agreed on word for word: the project's test command, checks of the plan. */
  readonly agreedCommands: readonly string[];
  /** Left out: no command is understood, so every one asks. */
  readonly analyse?: AnalyseCommand;
  /** Absolute folders that nobody may look into, such as Nexus' data folder. */
  readonly hidden: readonly string[];
  /** The user's home; null when it is not known. */
  readonly userHome: string | null;
}
