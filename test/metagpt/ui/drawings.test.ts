import { describe, expect, it } from "vitest";
import { drawArchitecture, drawFlow, drawSheet } from "../../../daemon/metagpt/ui/drawings.ts";
import { designResources } from "../../../daemon/metagpt/ui/resources.ts";
import { cut } from "../../../daemon/metagpt/ui/svg-text.ts";
import { UiDesign } from "../../../protocol/index.ts";
import { design } from "./designs.ts";

const own = UiDesign.parse(design());

describe("drawings", () => {
  it("draw children below their parents, and circles without end or loss", () => {
    const svg = drawArchitecture(own);
    expect(svg.indexOf(">Order<")).toBeLessThan(svg.indexOf(">Thank you<"));
    expect(svg).toContain("thanks /thanks");
    const circle = own["Information Architecture"].map((place) => ({
      ...place,
      parent: place.screen === "home" ? "thanks" : "home",
    }));
    expect(drawArchitecture({ ...own, "Information Architecture": circle }).match(/<rect /g)).toHaveLength(2);
    expect(drawArchitecture({ ...own, "Information Architecture": [] })).toContain("</svg>");
  });

  it("draw every step of a flow with its screen", () => {
    const [flow] = own["User Flows"];
    const svg = flow === undefined ? "" : drawFlow(flow, own);
    for (const text of ["S1: order", "1. Order bread", "press Order", "2. Thank you"])
      expect(svg).toContain(`>${text}<`);
  });

  it("do not take longer than their texts are long", () => {
    const title = "word ".repeat(799);
    const [flow] = own["User Flows"];
    const steps = Array.from({ length: 50 }, () => ({ screen: "home", action: title, result: title }));
    const flows =
      flow === undefined ? [] : Array.from({ length: 12 }, (_, index) => ({ ...flow, id: `f${index}`, steps }));
    const Screens = own.Screens.map((screen) => ({ ...screen, title }));
    expect(drawSheet({ ...own, Screens, "User Flows": flows })).toContain("1. word word");
    expect(cut("word word", 10, 1000)).toBe("word word");
    expect(cut("word word word", 10, 50)).toBe("word wo…");
    expect(cut("word", 10, 1)).toBe("…");
  });

  it("put all on one sheet, none over another", () => {
    const sheet = drawSheet(own);
    const tops = [...sheet.matchAll(/<svg x="40" y="(\d+)" .*? height="(\d+)"/g)].map(
      ([, top, height]) => [Number(top), Number(height)] as const,
    );
    expect(tops).toHaveLength(5);
    for (const [index, [top, height]] of tops.entries())
      expect(tops[index + 1]?.[0] ?? Number.POSITIVE_INFINITY).toBeGreaterThan(top + height);
  });
});

describe("designResources", () => {
  const textOf = (ending: string, change: Partial<UiDesign> = {}) =>
    designResources("1", { ...own, ...change }).find(({ path }) => path === `resources/ui_design/1.${ending}`)?.text ??
    "";

  it("makes a page of the screens where the design has no layout of its own", () => {
    expect(textOf("html")).toContain('<button id="home.order" type="button">Order</button>');
    expect(textOf("html")).toContain("--color-brand: #7a331a;");
    expect(textOf("css")).toContain("--space-small: 8px;");
    expect(JSON.parse(textOf("tokens.json"))).toEqual(own["Design Tokens"]);
  });

  it("says the page's policy before anything that a model wrote, and keeps its style sheet from ending itself", () => {
    const html = textOf("html", {
      "HTML Layout": "<script>alert(1)</script>",
      "CSS Styles": "</style><script>alert(2)</script>",
    });
    expect(html.indexOf("default-src 'none'")).toBeLessThan(html.indexOf("alert"));
    expect(html.match(/<\/style>/g)).toHaveLength(1);
  });

  it("leads nowhere by itself, whatever the layout says", () => {
    const html = textOf("html", {
      "HTML Layout":
        '<META http-equiv="refresh" content="0;url=https://e.example"><link/rel=dns-prefetch href=//e.example>',
    });
    expect(html.match(/<meta/gi)).toHaveLength(3);
    expect(html).not.toContain("<link");
    expect(html).toContain("&lt;META");
  });
});

it("a design names so many places of an app and no more", () => {
  const places = Array.from({ length: 300 }, () => ({ screen: "home", parent: null, navigation: "" }));
  expect(UiDesign.safeParse({ ...design(), "Information Architecture": places }).success).toBe(false);
});
