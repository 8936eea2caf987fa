import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { widthOf, wrapped } from "../../../daemon/metagpt/ui/svg-text.ts";
import { drawWireframe } from "../../../daemon/metagpt/ui/wireframe.ts";
import { UiElement, type UiScreen } from "../../../protocol/index.ts";

const screenOf = (...elements: unknown[]): UiScreen => ({
  id: "home",
  title: "Home",
  route: "/",
  purpose: "Order bread",
  elements: elements.map((element) => UiElement.parse({ traces: [], ...(element as object) })),
});

describe("drawWireframe", () => {
  it("draws the same bytes for the same screen, each element under its id", () => {
    const screen = screenOf(
      { id: "home.title", role: "heading", label: "Bread" },
      { id: "home.order", role: "button", label: "Order", leadsTo: "thanks" },
    );
    const svg = drawWireframe(screen, {});
    expect(svg).toBe(drawWireframe(screen, {}));
    expect(svg).toContain('<g data-element="home.title">');
    expect(svg).toContain("→ thanks");
    expect(svg).toContain('aria-labelledby="wireframe-home-title wireframe-home-desc"');
    expect(svg).toContain("Order bread Elements: heading: Bread; button: Order.");
  });

  it("lets no text of the design become markup", () => {
    const label = '"><script>alert(1)</script><image href="https://example.org/"/>\u0000\ud800&';
    const svg = drawWireframe(
      { ...screenOf({ id: "home.a", role: label.slice(0, 40), label }), title: label, route: label },
      {},
    );
    expect(svg).not.toMatch(/<(script|image|style|foreignObject|a)\b/);
    expect(svg).not.toMatch(/\b(on\w+|href|src)="/);
    expect(svg).not.toContain("\u0000");
    expect(svg.match(/<svg /g)).toHaveLength(1);
  });

  it("takes the brand of the tokens, with text that can be read on it", () => {
    const button = screenOf({ id: "home.order", role: "button", label: "Order" });
    const brand = (hex: string) => ({ color: { $type: "color", brand: { $value: hex } } });
    expect(drawWireframe(button, brand("#ffe066"))).toContain("var(--wireframe-accent, #ffe066)");
    expect(drawWireframe(button, brand("#ffe066"))).toContain("var(--wireframe-on-accent, #000000)");
    expect(drawWireframe(button, brand("#7a331a"))).toContain("var(--wireframe-on-accent, #ffffff)");
    expect(drawWireframe(button, brand("red"))).toContain("var(--wireframe-accent, #1f5fbf)");
  });

  it("puts what has no place below the one before, and draws who holds others first", () => {
    const place = (column: number, row: number, columns: number, rows: number) => ({ column, row, columns, rows });
    const svg = drawWireframe(
      screenOf(
        { id: "home.order", role: "button", label: "Order", at: place(6, 2, 6, 1) },
        { id: "home.basket", role: "card", label: "Basket", at: place(6, 0, 6, 3) },
        { id: "home.note", role: "text", label: "Below" },
      ),
      {},
    );
    expect(svg.indexOf("home.basket")).toBeLessThan(svg.indexOf("home.order"));
    expect(svg).toContain('<text x="488" y="263" font-size="15"');
  });

  it("draws whatever fits the schema, as well-formed as it began", () => {
    const element = fc.record({
      role: fc.oneof(
        fc.constantFrom("heading", "table", "list", "nav", "input", "select", "image", "form", "dialog"),
        fc.string({ maxLength: 40 }),
      ),
      label: fc.string({ unit: "binary", maxLength: 300 }),
      leadsTo: fc.option(fc.string({ unit: "binary", maxLength: 200 }), { nil: undefined }),
      at: fc.option(
        fc.record({
          column: fc.integer({ min: 0, max: 11 }),
          row: fc.integer({ min: 0, max: 200 }),
          columns: fc.integer({ min: 1, max: 12 }),
          rows: fc.integer({ min: 1, max: 60 }),
        }),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(fc.array(element, { maxLength: 12 }), (elements) => {
        const svg = drawWireframe(screenOf(...elements.map((one, index) => ({ ...one, id: `home.e${index}` }))), {});
        const opened = svg.match(/<(svg|g|text|title|desc)\b/g)?.length ?? 0;
        expect(svg.match(/<\/(svg|g|text|title|desc)>/g)).toHaveLength(opened);
        expect(svg).not.toMatch(/NaN|undefined|width="-|height="-/);
        expect(svg.match(/<g data-element/g) ?? []).toHaveLength(elements.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe("wrapped", () => {
  it.each([
    ["short", 200, 3, ["short"]],
    ["two words that wrap", 80, 3, ["two words", "that wrap"]],
    ["Donaudampfschifffahrt", 80, 3, ["Donaudam", "pfschifffah", "rt"]],
    ["one two three four five six", 60, 2, ["one two", "three …"]],
    ["   ", 60, 2, []],
  ])("%s at %d", (text, width, lines, expected) => {
    expect(wrapped(text, 16, width, lines)).toEqual(expected);
  });

  it("never is wider than asked, but for a single sign, and never has more lines", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 20, max: 300 }), (text, width) => {
        const lines = wrapped(text, 14, width, 3);
        expect(lines.length).toBeLessThanOrEqual(3);
        for (const line of lines) expect(widthOf(line, 14) <= width || [...line].length <= 2).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
