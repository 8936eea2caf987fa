/** What is carried along while a line is gone through. */
import type { CommandPart } from "./facts.ts";
import type { FolderState, Outcome } from "./folders.ts";
import type { Reading } from "./read-line.ts";
import type { Listing } from "./shell-word.ts";
import type { Pipeline, Script, WordNode } from "./syntax.ts";

export interface CommandPlace {
  /** Absolute real path of the workspace's copy. */
  readonly root: string;
  /** Absolute folder that the line starts in. */
  readonly cwd: string;
  /** Folders below the root that are links out on purpose (node_modules): read only. */
  readonly linked: readonly string[];
  readonly home: string | null;
  readonly platform: NodeJS.Platform;
}

/** A part while the line is still read. */
export interface Draft extends CommandPart {
  /** What it runs comes to it through a pipe. */
  readonly runsInput?: boolean;
  /** It makes text of what hides it: base64 -d. */
  readonly decodes?: boolean;
  /** A pattern for file names is among its words. */
  readonly usesPattern?: boolean;
  /** It prints names of files below folders and nothing else. */
  readonly lists?: Listing;
  /** It prints lines of its input whole. */
  readonly passes?: boolean;
  /** It may make links, so that a later path means another file. */
  readonly relinks?: boolean;
}

export interface Walk {
  /** The text that is read now: the line, or the text of a `sh -c`. */
  readonly line: string;
  readonly place: CommandPlace;
  readonly parts: Draft[];
  readonly unclear: Set<string>;
  /** Functions that the line defines: their names mean no program. */
  readonly functions: Set<string>;
  readonly read: (line: string) => Promise<Reading>;
  /** What loops have set their variables to. */
  readonly variables: ReadonlyMap<string, string>;
  /** What comes through the pipe, where that is names of files and nothing else. */
  readonly input?: Listing;
  /** Pipes that print names of files and nothing else. */
  readonly listings: Map<Pipeline, Listing>;
  readonly depth: number;
  /** Goes through a whole text, and through a script, in a folder. */
  readonly runText: (line: string, walk: Walk, state: FolderState) => Promise<Outcome>;
  readonly runScript: (script: Script, walk: Walk, state: FolderState) => Promise<Outcome>;
}

/** Every command in the substitutions of words; each runs in a shell of its own. */
export async function substitutions(words: readonly WordNode[], walk: Walk, state: FolderState): Promise<void> {
  for (const { pieces } of words)
    for (const piece of pieces)
      if (piece.kind === "substitution") for (const script of piece.scripts) await walk.runScript(script, walk, state);
}
