/** A run that is killed, and how one tells afterwards that everything happened exactly once. */
import type { Script } from "../../support/scripted/script.ts";

export interface Scenario {
  readonly goal: string;
  /** Makes the folder, as a repository. */
  makeWorkspace(folder: string): void;
  script(): Script;
  /** What is wrong with the folder after the run was done and accepted. */
  problemsOfFiles(folder: string): string[];
}
