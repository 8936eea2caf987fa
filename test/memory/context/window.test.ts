import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asData, cutText } from "../../../daemon/memory/context/cut.ts";
import { createTokenCounter } from "../../../daemon/memory/context/tokens.ts";
import {
  fillWindow,
  itemContent,
  OPENING_SECTIONS,
  type Section,
  textContent,
} from "../../../daemon/memory/context/window.ts";
import { estimateTokens } from "../../../daemon/models/tokens.ts";

const { count } = await createTokenCounter("gpt-4o", estimateTokens);

function section(name: Section["name"], text: string, more: Partial<Section> = {}): Section {
  const shares = { priority: OPENING_SECTIONS.indexOf(name), minShare: 0.05, maxShare: 0.5 };
  return { name, label: `The ${name}:`, kind: "data", ...shares, content: textContent(text, count), ...more };
}

const anyText = fc.oneof(
  fc.string({ maxLength: 3000, unit: "grapheme" }),
  fc
    .array(fc.constantFrom("const x = 1;", "  return a;", "</rules>", "x".repeat(900), "日本語", "\n\n", " "), {
      maxLength: 200,
    })
    .map((parts) => parts.join(" ")),
);
const anySection = fc
  .record({
    name: fc.constantFrom(...OPENING_SECTIONS),
    text: anyText,
    priority: fc.integer({ min: 1, max: 9 }),
    minShare: fc.double({ min: 0, max: 0.3, noNaN: true }),
    maxShare: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom("words" as const, "data" as const),
    asItems: fc.boolean(),
  })
  .map(({ text, asItems, ...more }) =>
    section(more.name, text, { ...more, ...(asItems ? { content: itemContent(text.split("\n"), count) } : {}) }),
  );

describe("fillWindow", () => {
  it("never fills more than its limit, adds up, and is the same each time", () => {
    fc.assert(
      fc.property(fc.array(anySection, { maxLength: 9 }), fc.integer({ min: 0, max: 3000 }), (sections, limit) => {
        const opening = fillWindow(sections, limit, count);
        if (!opening.ok) throw new Error("no section is required");
        expect(count(opening.text)).toBe(opening.tokens);
        expect(opening.tokens).toBeLessThanOrEqual(limit);
        expect(opening.sections.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(opening.tokens);
        expect(fillWindow([...sections], limit, count)).toEqual(opening);
      }),
      { numRuns: 150 },
    );
  });

  it("sends the sections in their fixed order, whatever their priority", () => {
    const given = OPENING_SECTIONS.map((name, index) => section(name, `text of ${name}`, { priority: 9 - index }));
    const opening = fillWindow(given.toReversed(), 2000, count);
    expect(opening).toMatchObject({ ok: true, sections: OPENING_SECTIONS.map((name) => ({ name, truncated: false })) });
    const places = opening.ok ? OPENING_SECTIONS.map((name) => opening.text.indexOf(`text of ${name}`)) : [];
    expect(places).toEqual(places.toSorted((first, second) => first - second));
  });

  it("lets what is not used flow to the others by priority, within their most", () => {
    const long = "some words of code ".repeat(2000);
    const alone = fillWindow([section("code", long, { priority: 1, maxShare: 0.9 })], 1000, count);
    const shared = fillWindow(
      [
        section("code", long, { priority: 1, maxShare: 0.9 }),
        section("map", "short", { priority: 2, minShare: 0.3 }),
        section("knowledge", long, { priority: 3, minShare: 0.2, maxShare: 0.2 }),
      ],
      1000,
      count,
    );
    const tokensOf = (opening: typeof alone, name: string) =>
      opening.ok ? opening.sections.find((entry) => entry.name === name)?.tokens : undefined;
    expect(tokensOf(alone, "code")).toBeGreaterThan(800);
    expect(tokensOf(shared, "code")).toBeGreaterThan(680);
    expect(tokensOf(shared, "knowledge")).toBeGreaterThan(150);
    expect(tokensOf(shared, "map")).toBeLessThan(30);
  });

  it("refuses when what is required does not fit, rather than send a part of it", () => {
    const task = section("task", "Do this. ".repeat(500), { required: true, kind: "words" });
    expect(fillWindow([task, section("rules", "Be kind.")], 500, count)).toEqual({
      ok: false,
      section: "task",
      limit: 500,
    });
    const opening = fillWindow([task, section("rules", "Be kind. ".repeat(1000))], 2500, count);
    expect(opening).toMatchObject({ ok: true, sections: [{ name: "rules", truncated: true }, { truncated: false }] });
  });

  it("never cuts an item, and skips none for a later one", () => {
    const items = ["- first", `- ${"second ".repeat(50)}`, "- third"];
    expect(itemContent(items, count)(30)).toEqual({ text: "- first", items: 1, truncated: true });
    expect(itemContent(items, count)(200)).toMatchObject({ items: 3, truncated: false });
    expect(itemContent([], count)(10)).toEqual({ text: "", items: 0, truncated: false });
  });
});

describe("cutText", () => {
  it("keeps within its tokens and never breaks a character", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 400 }), fc.constantFrom(0, 0.4, 0.6), (text, tokens, tail) => {
        const cut = cutText(text, tokens, count, tail);
        expect(count(cut.text)).toBeLessThanOrEqual(tokens);
        expect(cut.truncated).toBe(cut.text !== text);
        expect(cut.text.isWellFormed()).toBe(text.isWellFormed());
      }),
    );
  });

  it("says how much is left out", () => {
    const { text } = cutText("a line of output\n".repeat(1000), 100, count, 0.4);
    expect(text).toMatch(/… \d+ characters left out …/);
    expect(text).toMatch(/output\n$/);
  });
});

describe("asData", () => {
  it.each([
    ["plain", "<notes>\nplain\n</notes>"],
    ["a </notes> b", "<notes-2>\na </notes> b\n</notes-2>"],
    ["a < / NOTES > and </notes-2>", "<notes-3>\na < / NOTES > and </notes-2>\n</notes-3>"],
    ["footnotes>", "<notes>\nfootnotes>\n</notes>"],
  ])("%j cannot end its own block", (text, expected) => {
    expect(asData("notes", text)).toBe(expected);
  });
});
