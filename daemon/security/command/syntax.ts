/** A shell line as POSIX sh reads it. Offsets are those of UTF-16 code units in the line. */

export interface Literal {
  readonly kind: "literal";
  readonly text: string;
  /** Quoted text is what it says; in unquoted text `*`, `?`, `[` and a leading `~` mean something. */
  readonly quoted: boolean;
}

export interface Variable {
  readonly kind: "variable";
  readonly name: string;
  readonly quoted: boolean;
}

/** A substitution, arithmetic, or an expansion with an operator: only the shell will know the text. */
export interface Substitution {
  readonly kind: "substitution";
  readonly scripts: readonly Script[];
  readonly quoted: boolean;
}

export type Piece = Literal | Variable | Substitution;

export interface WordNode {
  readonly start: number;
  readonly end: number;
  readonly pieces: readonly Piece[];
}

export interface Redirect {
  readonly operator: "<" | ">" | ">>" | ">|" | "<>" | "<&" | ">&" | "&>" | "&>>" | "<<" | "<<<";
  /** Of a here-document: its body. */
  readonly target: WordNode;
}

export interface Assignment {
  readonly name: string;
  readonly value: WordNode;
}

export interface SimpleCommand {
  readonly kind: "simple";
  readonly start: number;
  readonly end: number;
  readonly assignments: readonly Assignment[];
  readonly words: readonly WordNode[];
  readonly redirects: readonly Redirect[];
}

export type Compound =
  | { readonly kind: "group" | "subshell"; readonly body: Script }
  | {
      readonly kind: "if";
      readonly branches: readonly { condition: Script; body: Script }[];
      readonly otherwise: Script;
    }
  | { readonly kind: "loop"; readonly condition: Script; readonly body: Script }
  | { readonly kind: "for"; readonly name: string; readonly items: readonly WordNode[]; readonly body: Script }
  | { readonly kind: "case"; readonly words: readonly WordNode[]; readonly bodies: readonly Script[] }
  | { readonly kind: "function"; readonly name: string; readonly body: Script };

export type CompoundCommand = Compound & {
  readonly start: number;
  readonly end: number;
  readonly redirects: readonly Redirect[];
};

export type Command = SimpleCommand | CompoundCommand;

export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

/** Pipelines joined by `&&` and `||`, which bind alike and to the left. */
export interface AndOr {
  readonly first: Pipeline;
  readonly rest: readonly { readonly operator: "&&" | "||"; readonly pipeline: Pipeline }[];
  readonly background: boolean;
}

export type Script = readonly AndOr[];
