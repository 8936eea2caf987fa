/** A run that is killed, and how one tells afterwards that everything happened exactly once. */
import type { Params, PolicyRules, RunEvent } from "../../../protocol/index.ts";
import type { Script } from "../../support/scripted/script.ts";

export interface Scenario {
  readonly goal: string;
  /** Left out: the plan is allowed. */
  readonly policy?: PolicyRules;
  /** What of `nexus` is run with the goal; left out: `run`. */
  readonly command?: readonly string[];
  /** The workflow that the run follows where no command line starts it; left out: none. */
  workflow?(): NonNullable<Params<"run/start">["workflow"]>;
  /** Makes the folder, as a repository. */
  makeWorkspace(folder: string): void;
  script(): Script;
  /** What is wrong with the folder after the run was done and accepted. */
  problemsOfFiles(folder: string): string[];
  /** What is missing in the log of a run that is done, or happened too often. */
  problemsOfLog?(events: readonly RunEvent[]): string[];
}
