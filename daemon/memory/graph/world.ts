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
  /** Where each file's imports lead for a name; filled by reach.ts. */
  readonly reaches: Map<string, Reach>;
}

export function createWorld(base: Omit<World, "definitionsOf" | "reaches">): World {
  const known = new Map<string, readonly SymbolNode[]>();
  return {
    ...base,
    reaches: new Map(),
    definitionsOf(name) {
      const found = known.get(name) ?? definitionsIn(base.view, name);
      known.set(name, found);
      return found;
    },
  };
}

/** How a file is reached from another for one name. */
export interface Reached {
  /** "named": the import lists the name; "whole": the module is brought in; "other": only other names are. */
  readonly how: "named" | "whole" | "other";
  /** The file that passes it on; "" when it is imported itself. */
  readonly through: string;
}

export interface Reach {
  readonly files: ReadonlyMap<string, Reached>;
  /** The name is imported from outside the workspace. */
  readonly isExternal: boolean;
}

/** Asked between steps of long work: true ends it, with what was found so far. */
export type Stop = () => boolean;

export const NEVER: Stop = () => false;
