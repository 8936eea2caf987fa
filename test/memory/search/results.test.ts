import { describe, expect, it } from "vitest";
import type { FileFacts, SymbolFact } from "../../../daemon/memory/code/facts.ts";
import { analyseQuery } from "../../../daemon/memory/search/query.ts";
import { type ResultPorts, resultOf } from "../../../daemon/memory/search/results.ts";

/** "name 10-20" at the top, or "Parent.name 12-14". */
function factsOf(...symbols: readonly string[]): FileFacts {
  const all: SymbolFact[] = [];
  for (const text of symbols) {
    const [, full = "", start, end] = /^(\S+) (\d+)-(\d+)$/.exec(text) ?? [];
    const [name = "", container] = full.split(".").reverse();
    const parent = container === undefined ? -1 : all.findIndex((symbol) => symbol.name === container);
    const lines = { startLine: Number(start), endLine: Number(end), line: Number(start) };
    all.push({ name, kind: "function", ...lines, column: 0, signature: name, doc: "", parent });
  }
  return { language: "javascript", symbols: all, references: [], imports: [], broken: false };
}

const TEXT = Array.from({ length: 1000 }, (_, index) => `line ${index + 1}`).join("\n");

/** What is shown for a file of 1 000 lines whose best window is given by its number. */
function shown(query: string, chunk: number, facts: FileFacts | undefined) {
  const ports: ResultPorts = {
    facts: () => facts,
    lines: () => 1000,
    text: () => TEXT,
    history: undefined,
    meaningBy: "a table",
  };
  const ranked = { path: "lib/response.js", score: 1, parts: {}, chunk };
  const { symbol, startLine, endLine, snippetLine } = resultOf(ranked, analyseQuery(query), ports);
  return { symbol, lines: [startLine, endLine], snippetLine };
}

describe("the symbol that is shown for a file", () => {
  it("is the one in the best window whose name the query speaks of", () => {
    const facts = factsOf("sendStatus 322-330", "json 333-340", "links 345-350");
    expect(shown("answer with json", 8, facts)).toMatchObject({ symbol: "json", lines: [333, 340] });
  });

  it("is the innermost around the window's middle when none is spoken of", () => {
    const facts = factsOf("Response 1-1000", "Response.json 335-345", "Response.links 355-358");
    expect(shown("teapot", 8, facts).symbol).toBe("Response.json");
  });

  it("is none when what stands in the window is neither spoken of nor around its middle", () => {
    const facts = factsOf("assert 322-322", "express 323-323");
    expect(shown("teapot", 8, facts)).toMatchObject({ symbol: null, lines: [321, 360] });
  });

  it("is one elsewhere that names two of the query's words when the window's names only one", () => {
    const facts = factsOf("sendStatus 322-330", "sendFile 373-420");
    expect(shown("send a file with range headers", 8, facts)).toEqual({
      symbol: "sendFile",
      lines: [373, 420],
      snippetLine: 373,
    });
  });

  it("stays in the window when what is elsewhere names no more", () => {
    const one = factsOf("sendStatus 322-330", "send 125-200");
    expect(shown("send a file with range headers", 8, one).symbol).toBe("sendStatus");
    const two = factsOf("sendFile 322-330", "sendFileLater 700-720");
    expect(shown("send a file with range headers", 8, two).symbol).toBe("sendFile");
  });

  it("does not take a word that stands twice in a name for two", () => {
    const facts = factsOf("send 322-330", "sendSender 700-720");
    expect(shown("send it", 8, facts).symbol).toBe("send");
  });

  it("is shown by the best window when it is long, and by its beginning when that is elsewhere", () => {
    const here = factsOf("sendFile 300-900");
    expect(shown("send a file", 8, here)).toMatchObject({ symbol: "sendFile", lines: [321, 360] });
    const elsewhere = factsOf("json 322-330", "sendFile 500-900");
    expect(shown("send a file", 8, elsewhere)).toMatchObject({ symbol: "sendFile", lines: [500, 539] });
  });

  it("is none where there is none, and then the window is shown", () => {
    expect(shown("send", 8, factsOf())).toMatchObject({ symbol: null, lines: [321, 360] });
    expect(shown("send", -1, undefined)).toMatchObject({ symbol: null, lines: [1, 40] });
    expect(shown("send", 24, undefined).lines).toEqual([961, 1000]);
  });
});
