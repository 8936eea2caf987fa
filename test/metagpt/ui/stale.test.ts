import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DesignDocuments } from "../../../daemon/metagpt/ui/parts.ts";
import { keepTrace, parseTrace, staleParts } from "../../../daemon/metagpt/ui/stale.ts";
import { design, FILES, prd, task } from "./designs.ts";

interface Change {
  readonly prd?: Record<string, unknown>;
  readonly design?: Record<string, unknown>;
  readonly task?: Record<string, unknown>;
  readonly files?: Record<string, string | undefined>;
}

function project(change: Change = {}): DesignDocuments {
  const files = Object.entries({ ...FILES, ...change.files }).flatMap(([path, hash]) =>
    hash === undefined ? [] : [[path, hash] as const],
  );
  return {
    documents: [
      { path: ".dependencies.json", kind: "dependencies", content: { "docs/ui_design/1.json": ["docs/prd/1.json"] } },
      { path: "docs/prd/1.json", kind: "prd", content: { ...prd(), ...change.prd } },
      { path: "docs/prd/2.json", kind: "prd", content: prd() },
      { path: "docs/ui_design/1.json", kind: "ui_design", content: { ...design(), ...change.design } },
      { path: "docs/task/1.json", kind: "task", content: { ...task(), ...change.task } },
    ],
    files: new Map(files),
  };
}

const kept = parseTrace(keepTrace("1", project()).text);
const staleAfter = (change: Change) =>
  staleParts("1", project(change), kept).map(({ subject, side }) => `${side} ${subject}`);
const withLabel = (label: string) => {
  const { Screens, ...rest } = design();
  return {
    ...rest,
    Screens: Screens.map((one) => ({
      ...one,
      elements: one.elements.map((own) => (own.id === "home.order" ? { ...own, label } : own)),
    })),
  };
};

describe("staleParts", () => {
  it("finds nothing while all is as it was, however keys are ordered, and nothing where no trace was kept", () => {
    expect(staleAfter({})).toEqual([]);
    expect(staleAfter({ prd: Object.fromEntries(Object.entries(prd()).toReversed()) })).toEqual([]);
    expect(staleParts("1", project({ files: { "src/Basket.tsx": "new" } }), undefined)).toEqual([]);
  });

  it("marks what draws a changed element, and nothing else", () => {
    expect(staleAfter({ design: withLabel("Order now") })).toEqual([
      "design Basket",
      "design src/Basket.tsx",
      "design src/Basket.stories.tsx",
      "design test/basket.test.tsx",
    ]);
  });

  it("says in words what changed", () => {
    const [component, file] = staleParts("1", project({ design: withLabel("Order now") }), kept);
    expect(component?.because).toBe("home.order (button: Order now) was changed; this was not.");
    expect(file?.because).toBe("home.order (button: Order now) was changed; this was not.");
  });

  it("marks all the way down from a changed requirement, the documents too", () => {
    const pool = prd()["Requirement Pool"].with(1, ["P0", "The total is shown with tax"]);
    expect(staleAfter({ prd: { "Requirement Pool": pool } })).toEqual([
      "design home.order",
      "design Basket",
      "design src/Basket.tsx",
      "design src/Basket.stories.tsx",
      "design test/basket.test.tsx",
      "design docs/ui_design/1.json",
    ]);
  });

  it("marks the elements and requirements of a component whose file changed, or is gone", () => {
    expect(staleAfter({ files: { "src/Basket.tsx": "edited" } })).toEqual(["code R2", "code S1", "code home.order"]);
    const gone = staleParts("1", project({ files: { "src/Basket.tsx": undefined } }), kept);
    expect(gone.map(({ subject }) => subject)).toEqual(["R2", "S1", "home.order"]);
    expect(gone[0]?.because).toBe("src/Basket.tsx, which draws it, is gone; the design was not.");
  });

  it("leaves stories and tests that were changed alone", () => {
    expect(staleAfter({ files: { "src/Basket.stories.tsx": "edited", "test/basket.test.tsx": "edited" } })).toEqual([]);
  });

  it("tells where both sides changed, until they are kept anew", () => {
    const both: Change = { design: withLabel("Order now"), files: { "src/Basket.tsx": "edited" } };
    expect(staleAfter(both)).toContain("both src/Basket.tsx");
    const again = parseTrace(keepTrace("1", project(both)).text);
    expect(staleParts("1", project(both), again)).toEqual([]);
  });

  it("marks files by what the task list says of them, and style sheets by the tokens", () => {
    expect(staleAfter({ task: { "Logic Analysis": [["src/main.tsx", "Starts the app twice"]] } })).toEqual([
      "design src/main.tsx",
    ]);
    const tokens = { color: { $type: "color", brand: { $value: "#000000" } } };
    expect(staleAfter({ design: { "Design Tokens": tokens } })).toEqual(["design src/tokens.css"]);
  });

  it("marks a component that an element was taken away from", () => {
    const { Screens, Components } = design();
    const change = {
      Screens: Screens.map((one) => ({ ...one, elements: one.elements.filter(({ id }) => id !== "home.order") })),
      Components: Components.map((one) => ({ ...one, elements: one.elements.filter((id) => id !== "home.order") })),
    };
    expect(staleAfter({ design: change })).toContain("design src/Basket.tsx");
  });

  it("reads a design that is none, and a trace that is none, as nothing", () => {
    expect(
      staleParts(
        "1",
        { documents: [{ path: "docs/prd/1.json", kind: "prd", content: "none" }], files: new Map() },
        kept,
      ),
    ).toEqual([]);
    for (const text of [undefined, "", "{}", "null", '{"version":2,"parts":{}}'])
      expect(parseTrace(text)).toBeUndefined();
  });

  it("is quiet after keeping, and never marks what changed on its own side alone", () => {
    fc.assert(
      fc.property(fc.subarray(Object.keys(FILES)), fc.string({ maxLength: 20 }), (edited, label) => {
        const change: Change = {
          design: withLabel(label),
          files: Object.fromEntries(edited.map((path) => [path, "edited"])),
        };
        const now = project(change);
        expect(staleParts("1", now, parseTrace(keepTrace("1", now).text))).toEqual([]);
        for (const { subject, side } of staleParts("1", now, kept)) {
          if (side === "design") expect(edited).not.toContain(subject);
          if (side === "both") expect(edited).toContain(subject);
        }
      }),
      { numRuns: 60 },
    );
  });
});
