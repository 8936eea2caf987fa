/** What facts cite, read from the index of a workspace and its files. */
import { hashOf } from "../../host/files.ts";
import type { CodeView, FileFacts, SymbolFact } from "../code/facts.ts";
import type { CitedCode } from "./cited-code.ts";

export interface ViewedCode {
  /** The index of a workspace; undefined where there is none. */
  view(workspace: string): CodeView | undefined;
  /** A text file's present content; undefined where there is none. */
  text(workspace: string, path: string): Promise<string | undefined>;
}

export function citedCodeOf({ view, text }: ViewedCode): CitedCode {
  return {
    async content(workspace, path) {
      const content = await text(workspace, path);
      return content === undefined ? undefined : { oid: hashOf(content), text: content };
    },

    async symbol(workspace, path, name) {
      const facts = view(workspace)?.facts(path);
      const symbol = facts === undefined ? undefined : symbolNamed(facts, name);
      const content = symbol === undefined ? undefined : await text(workspace, path);
      if (symbol === undefined || content === undefined) return undefined;
      const { startLine, endLine } = symbol;
      return {
        text: content
          .split("\n")
          .slice(startLine - 1, endLine)
          .join("\n"),
        startLine,
        endLine,
      };
    },
  };
}

/** The first definition whose own name, or whose holders' names and its own, end the asked name's way. */
function symbolNamed(facts: FileFacts, name: string): SymbolFact | undefined {
  const asked = name.split(/::|[.#]/).filter((part) => part !== "");
  return facts.symbols.find((symbol) => {
    let at: SymbolFact | undefined = symbol;
    for (const part of asked.toReversed()) {
      if (at?.name !== part) return false;
      at = facts.symbols[at.parent];
    }
    return asked.length > 0;
  });
}
