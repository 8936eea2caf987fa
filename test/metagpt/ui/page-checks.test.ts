import { describe, expect, it } from "vitest";
import { pageChecks, skippedChecks } from "../../../daemon/metagpt/ui/page-checks.ts";
import type { Spot } from "../../../daemon/metagpt/ui/page-scripts.ts";

const spot = (index: number, left: number, top: number, more: Partial<Spot> = {}): Spot => ({
  ...{ index, name: `button “${index}”`, left, right: left + 50, top, bottom: top + 20 },
  ...more,
});
const fits = { overflow: 0, widest: [] };

interface Given {
  readonly spots?: readonly Spot[];
  readonly walk?: readonly (Spot & { isSeen?: boolean })[];
  readonly clickOnly?: readonly string[];
  readonly isRightToLeft?: boolean;
  readonly isDrawn?: boolean;
  readonly errors?: readonly { kind: "console" | "thrown"; text: string }[];
  readonly missing?: readonly string[];
  readonly refused?: readonly string[];
  readonly narrow?: unknown;
  readonly impact?: string;
  readonly rule?: string;
}

function outcomes(given: Given): string[] {
  const { spots = [], walk = spots, clickOnly = [], isRightToLeft = false, isDrawn = true } = given;
  const { errors = [], missing = [], refused = [], narrow = fits, impact, rule = "label" } = given;
  const violations = impact === undefined ? [] : [{ id: rule, impact, help: "Has a name", target: "#a", html: "<b>" }];
  const atWidths = [
    { width: 1280, value: fits },
    { width: 360, value: narrow },
  ];
  const tabbed = walk.map((one) => ({ isSeen: true, ...one }));
  const seen = { errors, missing, refused, tabbed, atWidths };
  const checks = pageChecks({ seen, violations, reach: { spots, clickOnly, isRightToLeft, isDrawn } });
  return checks.flatMap(({ name, outcome, detail }) => (outcome === "passed" ? [] : [`${name}: ${detail}`]));
}

describe("pageChecks", () => {
  it("passes a page on which all is well, lines, columns and warnings included", () => {
    expect(outcomes({})).toEqual([]);
    expect(outcomes({ spots: [spot(0, 0, 0), spot(1, 100, 0), spot(2, 0, 50), spot(3, 500, 0)] })).toEqual([]);
    expect(outcomes({ impact: "moderate", missing: ["/api/orders"], refused: ["https://example.org/a.woff"] })).toEqual(
      [],
    );
  });

  it.each<[string, Given, string]>([
    [
      "errors",
      { errors: [{ kind: "thrown", text: "x is not defined" }] },
      "renders: the page throws: x is not defined",
    ],
    ["missing files", { missing: ["/bread.png"] }, "renders: it asks for /bread.png, which is not there"],
    ["an empty page", { isDrawn: false }, "renders: nothing is drawn"],
    ["what axe finds serious", { impact: "critical" }, "accessibility: Has a name (axe/label), at #a: <b>"],
    [
      "faint text",
      { impact: "serious", rule: "color-contrast" },
      "contrast: Has a name (axe/color-contrast), at #a: <b>",
    ],
    [
      "what is not reached",
      { spots: [spot(0, 0, 0), spot(1, 0, 30)], walk: [spot(0, 0, 0)] },
      "keyboard: Tab does not reach button “1”; it stays between button “0” and button “0”",
    ],
    [
      "what only a pointer reaches",
      { clickOnly: ["div “Buy”"] },
      "keyboard: div “Buy” can be clicked, but no key gets to it: make it a button or a link",
    ],
    [
      "focus that is not seen",
      { spots: [spot(0, 0, 0)], walk: [{ ...spot(0, 0, 0), isSeen: false }] },
      "keyboard: button “0” does not show that it has the focus",
    ],
    [
      "a walk upwards",
      { spots: [spot(0, 0, 50), spot(1, 0, 0)] },
      "keyboard: from button “0” Tab goes back to button “1”, which stands before it",
    ],
    [
      "a walk backwards on a line",
      { spots: [spot(0, 100, 0), spot(1, 0, 5)] },
      "keyboard: from button “0” Tab goes back to button “1”, which stands before it",
    ],
    [
      "a page that is too wide",
      { narrow: { overflow: 40, widest: ["table “Prices” ends at 400"] } },
      "narrow: at 360 pixels the page is 40 wider than its window: table “Prices” ends at 400",
    ],
    [
      "a page that says nonsense of its width",
      { narrow: "wide" },
      "narrow: the page gave no answer that is understood",
    ],
  ])("tells %s", (_name, given, expected) => {
    expect(outcomes(given)).toEqual([expected]);
  });

  it("reads from right to left where the page does", () => {
    expect(outcomes({ isRightToLeft: true, spots: [spot(0, 100, 0), spot(1, 0, 5)] })).toEqual([]);
    expect(outcomes({ isRightToLeft: true, spots: [spot(0, 0, 0), spot(1, 100, 5)] })).toHaveLength(1);
  });

  it("never calls passed what was not looked at", () => {
    expect(skippedChecks("no browser").map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 6 }, () => "skipped"),
    );
  });
});
