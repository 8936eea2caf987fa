/** What a program's grammar says of one call of it. */
import type { CommandEffect } from "./facts.ts";
import type { Touch } from "./options.ts";
import type { Listing, ShellWord } from "./shell-word.ts";

export interface Call {
  /** Without its folder. */
  readonly name: string;
  readonly args: readonly ShellWord[];
  /** Absolute folder it starts in; null when it cannot be told. */
  readonly cwd: string | null;
  readonly root: string;
  readonly home: string | null;
  /** True when the word names a file that is there, or nothing yet, and no link and no folder. */
  readonly isPlainFile: (word: ShellWord) => Promise<boolean>;
  /** True when a repository of its own may stand in this folder or above it: its settings can run programs. */
  readonly isOwnRepository: (folder: ShellWord | undefined) => Promise<boolean>;
  /** True when a program of this name is installed in the workspace: node_modules/.bin. */
  readonly isInstalled: (name: string) => Promise<boolean>;
  /** What comes through the pipe, where that is names of files and nothing else. */
  readonly input?: Listing;
}

/** Which files below a folder are read. Git's own and installed packages are not looked at. */
export interface Below {
  /** Names that begin with a dot too. */
  readonly hidden: boolean;
  /** Links are followed. */
  readonly follows?: boolean;
  /** Only files with such a name: globs. */
  readonly only?: readonly string[];
  /** Names of folders that are left out. */
  readonly skips?: readonly string[];
  /** Only files that git knows. */
  readonly tracked?: boolean;
  /** Their names become words of a command. */
  readonly asWords?: boolean;
}

export interface Finding {
  readonly effect: CommandEffect;
  readonly why: string;
  readonly touches?: readonly Touch[];
  /** Commands that it starts. */
  readonly starts?: readonly (readonly ShellWord[])[];
  /** Shell text that it runs; `here`: in the same shell, so that folders and names change for what follows. */
  readonly script?: { readonly word: ShellWord; readonly here: boolean };
  /** The folder that it and what it starts works in, when not that of the line. */
  readonly folder?: ShellWord;
  /** What it runs must be a file of the workspace, or the effect is `unknown`. */
  readonly runsFile?: boolean;
  /** Reads what lies below its paths too: secrets are looked for there. */
  readonly readsBelow?: Below;
  /** It prints names of files below these folders and nothing else. */
  readonly lists?: Listing;
  /** It prints lines of its input whole, or leaves them out. */
  readonly passes?: boolean;
  /** It runs code that comes to it through a pipe. */
  readonly runsInput?: boolean;
  /** It makes text of what hides it. */
  readonly decodes?: boolean;
  /** It may make or move links and folders, so that paths after it mean other files. */
  readonly relinks?: boolean;
  /** What makes all that follows unsure: environment, aliases, functions. */
  readonly unclear?: string;
}

export type Grammar = (call: Call) => Finding | Promise<Finding>;
export type Grammars = Readonly<Record<string, Grammar>>;

export function unknown(why: string, touches: readonly Touch[] = []): Finding {
  return { effect: "unknown", why, touches };
}

export function reading(words: readonly ShellWord[]): Touch[] {
  return words.map((word) => ({ use: "read", word }));
}

export function writing(words: readonly ShellWord[]): Touch[] {
  return words.map((word) => ({ use: "write", word }));
}

/** Names that are made, moved or removed: of a link it is the link, not only what it points to. */
export function replacing(words: readonly ShellWord[]): Touch[] {
  return words.map((word) => ({ use: "write", word, isEntry: true }));
}
