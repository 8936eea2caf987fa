/** The actions that agents offer: their names, kinds and words. */

export const EDITING_IDS = ["fix", "document", "refactor", "tests"] as const;
const ACTION_IDS = [...EDITING_IDS, "explain", "review"] as const;
export type ActionId = (typeof ACTION_IDS)[number];

export interface ActionKind {
  readonly id: ActionId;
  readonly command: string;
  /** As the protocol sorts code actions. */
  readonly kind: string;
  readonly title: string;
  /** Its outcome is an edit; of the others, a text or diagnostics. */
  readonly edits: boolean;
}

const of = (id: ActionId, kind: string, title: string, edits = true): ActionKind => {
  return { id, command: `nexus.${id}`, kind, title, edits };
};

export const ACTION_KINDS: Readonly<Record<ActionId, ActionKind>> = {
  fix: of("fix", "quickfix", "Fix with Nexus"),
  explain: of("explain", "nexus.explain", "Explain with Nexus", false),
  tests: of("tests", "source.nexus.tests", "Write tests with Nexus"),
  document: of("document", "refactor.rewrite.nexus.document", "Document with Nexus"),
  refactor: of("refactor", "refactor.rewrite", "Refactor to a goal with Nexus…"),
  review: of("review", "source.nexus.review", "Review with Nexus", false),
};

/** What is announced; each stands for its sub-kinds too. */
export const ANNOUNCED_KINDS = ["quickfix", "refactor.rewrite", "source", "nexus"];

/** "refactor" asks for "refactor.rewrite" too. */
export function isAskedFor(kind: string, only: readonly string[] | undefined): boolean {
  return only === undefined || only.some((asked) => asked === "" || kind === asked || kind.startsWith(`${asked}.`));
}
