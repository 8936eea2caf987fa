/** What the questions of the graph look at: one view with its links and names, made anew when the view changes. */
import type { CodeView } from "../code/facts.ts";
import type { History } from "../history/history.ts";
import type { Links } from "./links.ts";
import { definitionsIn, type SymbolNode } from "./symbols.ts";

export interface World {
  readonly view: CodeView;
  readonly links: Links;
  readonly history: History | undefined;
  readText(path: string): string | undefined;
  /** Definitions of exactly this name, by path and line. */
  definitionsOf(name: string): readonly SymbolNode[];
}

export function createWorld(base: Omit<World, "definitionsOf">): World {
  const known = new Map<string, readonly SymbolNode[]>();
  return {
    ...base,
    definitionsOf(name) {
      const found = known.get(name) ?? definitionsIn(base.view, name);
      known.set(name, found);
      return found;
    },
  };
}

/** Asked between steps of long work: true ends it, with what was found so far. */
export type Stop = () => boolean;

export const NEVER: Stop = () => false;
