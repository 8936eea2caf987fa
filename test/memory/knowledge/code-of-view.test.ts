import { describe, expect, it } from "vitest";
import type { CodeView, FileFacts, SymbolFact } from "../../../daemon/memory/code/facts.ts";
import { citedCodeOf } from "../../../daemon/memory/knowledge/code-of-view.ts";

const TEXT = "class Cart {\n  add() {\n  }\n}\nfunction add() {\n}\n";

function symbol(name: string, startLine: number, endLine: number, parent: number): SymbolFact {
  return { name, kind: "method", startLine, endLine, line: startLine, column: 0, signature: "", doc: "", parent };
}

const FACTS: FileFacts = {
  language: "typescript",
  symbols: [symbol("Cart", 1, 4, -1), symbol("add", 2, 3, 0), symbol("add", 5, 6, -1)],
  references: [],
  imports: [],
  broken: false,
};

const VIEW: CodeView = {
  version: 1,
  files: [],
  file: () => undefined,
  facts: (path) => (path === "cart.ts" ? FACTS : undefined),
  mentioning: () => [],
};

const code = citedCodeOf({
  view: (workspace) => (workspace === "/w" ? VIEW : undefined),
  text: async (_workspace, path) => (path === "cart.ts" ? TEXT : undefined),
});

describe("citedCodeOf", () => {
  it.each<[string, object | undefined]>([
    ["add", { startLine: 2, endLine: 3, text: "  add() {\n  }" }],
    ["Cart.add", { startLine: 2, endLine: 3 }],
    ["Cart::add", { startLine: 2 }],
    ["Cart", { startLine: 1, endLine: 4 }],
    ["Shop.add", undefined],
    ["Shop.Cart.add", undefined],
    ["", undefined],
  ])("finds the definition of %j", async (name, expected) => {
    const found = await code.symbol("/w", "cart.ts", name);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  it("has nothing of what is not there", async () => {
    expect(await code.symbol("/w", "gone.ts", "add")).toBeUndefined();
    expect(await code.symbol("/other", "cart.ts", "add")).toBeUndefined();
    expect(await code.content("/w", "gone.ts")).toBeUndefined();
    expect(await code.content("/w", "cart.ts")).toEqual({ oid: expect.stringMatching(/^[0-9a-f]{64}$/), text: TEXT });
  });
});
