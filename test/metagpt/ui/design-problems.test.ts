import { describe, expect, it } from "vitest";
import { contrastPairs } from "../../../daemon/metagpt/ui/contrast-pairs.ts";
import { designProblems } from "../../../daemon/metagpt/ui/design-problems.ts";
import { readTokens } from "../../../daemon/metagpt/ui/tokens.ts";
import { UiDesign } from "../../../protocol/index.ts";
import { design, prd } from "./designs.ts";

type Loose = ReturnType<typeof design>;

/** `code message` of a design after a change to a copy of it. */
function problemsAfter(change: (design: Loose) => unknown, content: unknown = prd()): string[] {
  const own = design();
  change(own);
  return designProblems(UiDesign.parse(own), content).map(({ code, message }) => `${code} ${message}`);
}

it("finds nothing wrong with a design that holds together", () => {
  expect(problemsAfter(() => undefined)).toEqual([]);
});

describe("designProblems", () => {
  it.each<[string, (design: Loose) => unknown]>([
    [
      "unknown_element Components: Basket draws home.pay, which is no element of a screen.",
      (own) => own.Components[1]?.elements.push("home.pay"),
    ],
    [
      "not_drawn Components: none draws thanks.title. Add it to the elements of one.",
      (own) => own.Components[2]?.elements.pop(),
    ],
    [
      "twice Components: two are called Basket. Rename one.",
      (own) => Object.assign(own.Components[0] ?? {}, { name: "Basket" }),
    ],
    [
      "twice Components: src/Basket.tsx is named twice. Every component has files of its own.",
      (own) => Object.assign(own.Components[0] ?? {}, { file: "src/Basket.tsx" }),
    ],
    [
      'outside Components: Basket: "../Basket.tsx" is not a path within the project, as src/PriceTag.tsx is.',
      (own) => Object.assign(own.Components[1] ?? {}, { file: "../Basket.tsx" }),
    ],
    [
      'outside Components: Basket: "/etc/Basket.tsx" is not a path',
      (own) => Object.assign(own.Components[1] ?? {}, { file: "/etc/Basket.tsx" }),
    ],
    [
      'outside Components: Basket: "src\\\\Basket.tsx" is not a path',
      (own) => Object.assign(own.Components[1] ?? {}, { file: "src\\Basket.tsx" }),
    ],
    [
      'outside Components: Basket: "node_modules/a/B.tsx" lies in a folder that holds no source',
      (own) => Object.assign(own.Components[1] ?? {}, { file: "node_modules/a/B.tsx" }),
    ],
    [
      'wrong_file Components: Basket: "src/Basket.py" is not named',
      (own) => Object.assign(own.Components[1] ?? {}, { file: "src/Basket.py" }),
    ],
    [
      'wrong_file Components: Basket: "src/Basket2.tsx" is not named as src/PriceTag.stories.tsx is.',
      (own) => Object.assign(own.Components[1] ?? {}, { stories: "src/Basket2.tsx" }),
    ],
    [
      "twice Screens: two have the route /. Give each its own.",
      (own) => Object.assign(own.Screens[1] ?? {}, { route: "/" }),
    ],
    [
      'wrong_route Screens, thanks: the route "thanks" must begin with /',
      (own) => Object.assign(own.Screens[1] ?? {}, { route: "thanks" }),
    ],
    [
      "wrong_id Screens, home: the element thanks.list must be called home.list.",
      (own) => Object.assign(own.Screens[0]?.elements[0] ?? {}, { id: "thanks.list" }),
    ],
    [
      "no_name home.order: a button needs a label, its accessible name.",
      (own) => Object.assign(own.Screens[0]?.elements[1] ?? {}, { label: " " }),
    ],
    [
      "unknown_screen home.order: leadsTo names done, which is no screen.",
      (own) => Object.assign(own.Screens[0]?.elements[1] ?? {}, { leadsTo: "done" }),
    ],
    ["unknown_trace home.order: the PRD has no R9.", (own) => own.Screens[0]?.elements[1]?.traces.push("R9")],
    [
      "unknown_element Selected Elements: home.gone is no element of a screen.",
      (own) => own["Selected Elements"].push("home.gone"),
    ],
    ["no_flow User Flows: none tells S2 (As a customer I see prices). Add one.", (own) => own["User Flows"].pop()],
    [
      "unknown_trace User Flows, prices: the PRD has no S7.",
      (own) => Object.assign(own["User Flows"][1] ?? {}, { story: "S7" }),
    ],
    [
      "unknown_screen User Flows, order, step 2: done is no screen.",
      (own) => Object.assign(own["User Flows"][0]?.steps[1] ?? {}, { screen: "done" }),
    ],
    [
      "wrong_screen User Flows, order, step 2: home.order is not on thanks.",
      (own) => Object.assign(own["User Flows"][0]?.steps[1] ?? {}, { element: "home.order" }),
    ],
    [
      "missing Information Architecture: the screen thanks has no place.",
      (own) => own["Information Architecture"].pop(),
    ],
    [
      "cyclic Information Architecture: home is above itself.",
      (own) => Object.assign(own["Information Architecture"][0] ?? {}, { parent: "thanks" }),
    ],
    [
      "low_contrast Design Tokens: color.text on color.background has a contrast of 2.32; text needs 4.5.",
      (own) => Object.assign(own["Design Tokens"].color.text, { $value: "#aaaaaa" }),
    ],
    [
      "low_contrast Design Tokens: color.on-brand on color.brand",
      (own) => Object.assign(own["Design Tokens"].color.brand, { $value: "#ffe066" }),
    ],
    [
      "unknown_reference Design Tokens, color.text: {color.ink} is no token of this document.",
      (own) => Object.assign(own["Design Tokens"].color.text, { $value: "{color.ink}" }),
    ],
  ])("tells %s", (expected, change) => {
    const problems = problemsAfter(change);
    expect(problems.filter((problem) => problem.startsWith(expected))).not.toEqual([]);
  });

  it("tells elements that overlap, but not those that a card holds", () => {
    const at = (column: number, columns: number) => ({ column, row: 0, columns, rows: 2 });
    const place = (role: string) => (own: Loose) => {
      Object.assign(own.Screens[0]?.elements[0] ?? {}, { at: at(0, 8), role });
      Object.assign(own.Screens[0]?.elements[1] ?? {}, { at: at(6, 6) });
    };
    expect(problemsAfter(place("list"))).toEqual([
      'overlap home.list and home.order overlap on the wireframe\'s grid; move or narrow one ("at").',
    ]);
    expect(problemsAfter(place("card"))).toEqual([]);
  });

  it("asks for an element where a requirement is marked as one of the UI", () => {
    const marked = (text: string) => ({ ...prd(), "Requirement Pool": [...prd()["Requirement Pool"], ["P1", text]] });
    expect(problemsAfter(() => undefined, marked("[UI] The basket can be emptied"))).toEqual([
      "no_element Screens: no element traces R3 (P1: [UI] The basket can be emptied). Add one, or its id to the traces of one.",
    ]);
    expect(problemsAfter(() => undefined, marked("Orders are kept for a year"))).toEqual([]);
  });

  it("says nothing of stories where there is no PRD", () => {
    expect(designProblems(UiDesign.parse({ ...design(), "User Flows": [] }))).toEqual([]);
  });
});

describe("contrastPairs", () => {
  it("pairs by name, and by what a token says of itself", () => {
    const colour = (value: string, more = {}) => ({ $value: value, ...more });
    const { tokens } = readTokens({
      color: {
        $type: "color",
        text: { default: colour("#000000"), muted: colour("#555555"), disabled: colour("#cccccc") },
        background: { page: colour("#ffffff"), card: colour("#eeeeee") },
        brand: colour("#333399"),
        onBrand: colour("#ffffff"),
        badge: colour("#ffffff", { $extensions: { nexus: { on: ["{color.brand}"] } } }),
        overlay: colour("#00000080"),
      },
    });
    expect(contrastPairs(tokens).map(({ text, background }) => `${text} on ${background}`)).toEqual([
      "color.text.default on color.background.page",
      "color.text.default on color.background.card",
      "color.text.muted on color.background.page",
      "color.text.muted on color.background.card",
      "color.onBrand on color.brand",
      "color.badge on color.brand",
    ]);
    expect(contrastPairs(tokens)[0]?.contrast).toBe(21);
  });
});
