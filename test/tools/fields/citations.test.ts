import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { readCitations } from "../../../daemon/tools/fields/citations/read-citations.ts";
import { citationsResolve } from "../../../daemon/tools/fields/citations-resolve.ts";
import type { FieldContext } from "../../../daemon/tools/fields/field-check.ts";
import { type FieldWorkFolder, fieldWork } from "../../support/field-work.ts";

let work: FieldWorkFolder | undefined;
afterEach(() => work?.remove());

const FILES = {
  "src/fee.js": "// Members pay nothing.\nexport function fee(days) {\n  return days * 3;\n}\n\n\n\n\n\n// The end.\n",
  ".env": "KEY=abc\n",
};

async function check(answer: string, more: Partial<FieldContext> = {}, after: Record<string, string> = {}) {
  work = fieldWork(FILES, after);
  const { findings, summary, ok } = await citationsResolve.run(work.context({ answer, ...more }));
  const told = findings.map(
    ({ path, message, severity }) => `${severity}${path === "" ? "" : ` in ${path}`}: ${message}`,
  );
  return { told, summary, ok };
}

describe("citations", () => {
  it.each([
    ["a line that holds the quoted words", "“Members pay nothing” [src/fee.js:1]."],
    ["a range", "It is `days * 3` [src/fee.js:2-4]."],
    ["a quote with other spaces and case", "“members  pay   NOTHING” [src/fee.js:1]"],
    ["two lines beside it", "“Members pay nothing” [src/fee.js:3]"],
    ["a word of the claim", "The function takes days and multiplies them [src/fee.js:3]."],
    ["a link with lines", "`days * 3` [see here](src/fee.js#L3)."],
    ["a path in backticks", "`days * 3` [`src/fee.js:3`]."],
    ["several for one claim", "“Members pay nothing” [src/fee.js:1] [src/fee.js:2], [src/fee.js:3]"],
  ])("hold for %s", async (_, answer) => {
    expect(await check(answer)).toMatchObject({ ok: true, told: [] });
  });

  it.each([
    ["no citation at all", "It is three a day.", "error: Nothing is cited."],
    ["a file that is not there", "`x` [src/gone.js:1]", "error: [src/gone.js:1]: There is no readable text file"],
    ["a file outside", "`root` [../../etc/passwd:1]", "error: [../../etc/passwd:1]: There is no readable text file"],
    ["a line after the end", "`x` [src/fee.js:11]", "error: [src/fee.js:11]: src/fee.js has 10 lines, so no line 11."],
    ["line 0", "`x` [src/fee.js:0]", "error: [src/fee.js:0]: src/fee.js has 10 lines, so no line 0."],
    [
      "words that stand elsewhere",
      "“Members pay nothing” [src/fee.js:8]",
      "error: [src/fee.js:8]: “Members pay nothing” does not stand in src/fee.js at line 8, but at line 1.",
    ],
    ["words that stand nowhere", "`days * 4` [src/fee.js:3]", "error: [src/fee.js:3]: “days * 4” does not stand"],
    ["a file of secrets", "`KEY` [.env:1]", "error: [.env:1]: .env may hold secrets"],
    [
      "a claim that nothing there speaks of",
      "Whales are heavy [src/fee.js:3].",
      "warning: [src/fee.js:3]: Nothing that you say",
    ],
    ["a page that was not fetched", "See https://example.org/a.", "error: https://example.org/a was not fetched"],
  ])("do not hold for %s", async (_, answer, told) => {
    const { told: all } = await check(answer);
    expect(all).toHaveLength(1);
    expect(all[0]).toContain(told);
  });

  it("may name pages that the run fetched, whatever part of them", async () => {
    const fetched = ["https://Example.org/a/?q=1"];
    expect(await check("See https://example.org/a?q=1#part.", { fetched })).toMatchObject({ ok: true, told: [] });
    work?.remove();
    expect((await check("See https://example.org/b", { fetched })).ok).toBe(false);
  });

  it("are looked up on the web where that is allowed", async () => {
    const page = { url: "", type: "text/html", body: "" };
    const fetchPage: FieldContext["fetchPage"] = async (url) =>
      url.endsWith("/there")
        ? { ok: true, value: page }
        : { ok: false, error: { code: "tool.failed", message: "status 404", hint: "" } };
    const { told } = await check("https://example.org/there and https://example.org/gone", { fetchPage });
    expect(told).toEqual(["error: https://example.org/gone does not resolve: status 404"]);
  });

  it("of the notes count like those of the answer", async () => {
    const { told, summary } = await check(
      "“Members pay nothing” [src/fee.js:1]",
      {},
      { "docs/fees.md": "# Fees\n\n`days * 9` [src/fee.js:3]\n" },
    );
    expect(told).toEqual([
      "error in docs/fees.md: [src/fee.js:3]: “days * 9” does not stand in src/fee.js at line 3, nor anywhere else in the file.",
    ]);
    expect(summary).toBe("1 of 2 citations hold");
  });

  it("in code blocks are examples", () => {
    expect(readCitations("```\n[a.js:1] https://example.org\n```\n[b.js:2]")).toMatchObject([
      { path: "b.js", from: 2 },
    ]);
  });

  it("are read from any text, in its order, never with a line below their first", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom("[a.ts:3]", "[a:9-2]", "“x y”", "`q`", "https://a.b/c", "\n", "```\n"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join(" ");
        const found = readCitations(text);
        let at = 0;
        for (const citation of found) {
          expect(text.indexOf(citation.text)).toBeGreaterThanOrEqual(0);
          at = text.indexOf(citation.text, at) >= 0 ? text.indexOf(citation.text, at) : at;
          if (citation.kind === "file") expect(citation.to).toBeGreaterThanOrEqual(citation.from);
        }
      }),
    );
  });
});
