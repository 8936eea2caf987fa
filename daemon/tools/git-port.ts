/** Git, as tools see it. */
import type { Result } from "../../protocol/index.ts";
import type { GitCall } from "../host/git.ts";

export interface GitPort {
  /** For looking, in the root of the copy. Names the repository itself: a `.git` in the copy is the agent's to change. */
  readonly look: GitCall;
  /** Left out where nothing may be recorded: there is no copy. */
  readonly record?: GitRecorder;
}

export interface GitRecorder {
  /** What a commit would hold beside its parent: paths relative to the repository's root, and what is added. */
  preview(): Promise<{ readonly paths: readonly string[]; readonly patch: string; readonly isCut: boolean }>;
  /** Commits the copy as it is on the copy's own HEAD, in the user's name. No hook runs and nothing is signed. */
  commit(message: string): Promise<Result<{ readonly commit: string; readonly files: number }>>;
  /** Makes the branch `nexus/<name>` at the copy's HEAD in the user's repository; never moves one that is there. */
  branch(name: string): Promise<Result<{ readonly branch: string; readonly commit: string }>>;
}
