/** What is read of each language's sample file; UPDATE=1 writes what is expected anew. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createExtractor, MAX_PARSED_LENGTH } from "../../../daemon/memory/code/extract.ts";
import { factsText } from "./facts-text.ts";
import { fixtures, grammars } from "./fixtures.ts";

const extractor = await createExtractor({ folder: grammars });

/** Swift's package may fail to install, because it brings a tool that is downloaded. */
const MAY_BE_PLAIN = new Set(["swift"]);

describe("facts of a file", () => {
  for (const { path, text, facts } of fixtures)
    it(`are those expected of ${path}`, async (context) => {
      await extractor.prepare(path, text);
      const found = extractor.extract(path, text);
      const engine = await extractor.engineOf(found.language ?? "");
      if (engine === "plain" && MAY_BE_PLAIN.has(found.language ?? "")) context.skip();
      const actual = factsText(found);
      if (process.env["UPDATE"] === "1") writeFileSync(facts, actual);
      expect(actual).toBe(existsSync(facts) ? readFileSync(facts, "utf8") : "no expectation yet: UPDATE=1 writes it");
    });

  it("are in order, and parents come first", () => {
    for (const { path, text } of fixtures) {
      const { symbols, references } = extractor.extract(path, text);
      symbols.forEach(({ parent, startLine, endLine, line, signature, doc }, place) => {
        expect(parent).toBeLessThan(place);
        expect(startLine).toBeLessThanOrEqual(line);
        expect(line).toBeLessThanOrEqual(endLine);
        expect(signature.length).toBeLessThanOrEqual(200);
        expect(signature).not.toContain("\n");
        expect(doc.length).toBeLessThanOrEqual(300);
      });
      for (const { within } of references) expect(within).toBeLessThan(symbols.length);
    }
  });
});

describe("texts that are not parsed", () => {
  const nothing = { symbols: [], references: [], imports: [], broken: false };

  it("have no language when none is known", () => {
    expect(extractor.extract("notes.unknown", "function f() {}")).toEqual({ language: null, ...nothing });
  });

  it("are those without grammar", () => {
    expect(extractor.extract("Dockerfile", "FROM node")).toEqual({ language: "dockerfile", ...nothing });
  });

  it("are those that are too long", () => {
    const text = "f();\n".repeat(MAX_PARSED_LENGTH / 5 + 1);
    expect(extractor.extract("a.js", text)).toEqual({ language: "javascript", ...nothing });
  });

  it("are those that a program wrote on endless lines", () => {
    expect(extractor.extract("a.js", "function f(){g()};".repeat(1000))).toEqual({
      language: "javascript",
      ...nothing,
    });
    expect(extractor.extract("a.js", "function f(){g()};\n".repeat(1000)).symbols).toHaveLength(1000);
  });
});

it("says what parses a language", async () => {
  expect(await extractor.engineOf("typescript")).toBe("native");
  expect(await extractor.engineOf("hcl")).toBe("wasm");
  expect(await extractor.engineOf("sql")).toBe("plain");
  expect(await extractor.engineOf("no such language")).toBe("plain");
});
