/** What a shell line would do, as far as it is understood: facts only, the policy decides. */

/** A word as the program will get it; null when only the shell will know it (a variable, a substitution). */
export type Word = string | null;

/**
 * - `reads`: looks at files and prints, writes nothing, starts nothing, sends nothing.
 * - `changes`: makes, changes or moves exactly the files that `paths` names.
 * - `project`: runs code of the project or its tools: package scripts, builds, tests, linters.
 * - `network`: sends or fetches something.
 * - `destructive`: can lose what no checkpoint has, or change what others see: force pushes, recursive deletions, databases.
 * - `forbidden`: never: tunnels, raw disks, shutdown, agents without their own questions.
 * - `unknown`: a program or an argument that the grammars do not know, interpreters with code, everything else.
 */
export type CommandEffect = "reads" | "changes" | "project" | "network" | "destructive" | "forbidden" | "unknown";

export interface PathUse {
  readonly use: "read" | "write";
  /** As it stands in the line. */
  readonly written: string;
  /** Workspace path of where it really is, links resolved; null: outside of the workspace, or it cannot be told. */
  readonly inside: string | null;
  /** The absolute place as far as it is known. */
  readonly absolute: string | null;
}

export interface CommandPart {
  /** The piece of the line it comes from. */
  readonly text: string;
  /** Program and arguments. */
  readonly words: readonly Word[];
  readonly effect: CommandEffect;
  /** One clause for people: “runs the project's script test”. */
  readonly why: string;
  /** What it sets in its environment that could change what it runs: “sets PATH”. */
  readonly sets?: readonly string[];
  /** Everything it reads or writes, redirections included. */
  readonly paths: readonly PathUse[];
  /** Absolute folder it starts in; null when it cannot be told. */
  readonly cwd: string | null;
}

export interface CommandFacts {
  /** Every simple command that the line may start: in pipes, substitutions, functions, behind wrappers, in `sh -c`. */
  readonly parts: readonly CommandPart[];
  /** What was not understood, in words. Not empty: the line is never allowed without a person or an exact rule. */
  readonly unclear: readonly string[];
}
