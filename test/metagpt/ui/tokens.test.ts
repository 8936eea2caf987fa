import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTokens, tokensCss } from "../../../daemon/metagpt/ui/tokens.ts";

const css = (document: Record<string, unknown>) =>
  Object.fromEntries(readTokens(document).tokens.flatMap((token) => token.css));
const codes = (document: Record<string, unknown>) => readTokens(document).problems.map(({ code }) => code);
const one = (type: string, value: unknown) => ({ a: { $type: type, $value: value } });

describe("readTokens", () => {
  it.each([
    ["color", "#1F6FEB", "#1f6feb"],
    ["color", "#abc", "#aabbcc"],
    ["color", "#1f6feb80", "rgb(31 111 235 / 0.502)"],
    ["color", { colorSpace: "srgb", components: [1, 0.5, 0] }, "#ff8000"],
    ["color", { colorSpace: "srgb", components: [0, 0, 0], alpha: 0.3 }, "rgb(0 0 0 / 0.3)"],
    ["color", { colorSpace: "hsl", components: [210, 50, 40] }, "#336699"],
    ["color", { colorSpace: "oklch", components: [0.5, 0.1, 200], hex: "#336699" }, "#336699"],
    ["dimension", { value: 1.5, unit: "rem" }, "1.5rem"],
    ["dimension", "16px", "16px"],
    ["dimension", 0, "0"],
    ["duration", { value: 200, unit: "ms" }, "200ms"],
    ["fontFamily", ["Inter", "sans-serif"], '"Inter", sans-serif'],
    ["fontFamily", 'evil"; } body { color: red', '"evil  body  color red"'],
    ["fontWeight", "semi-bold", "600"],
    ["number", 1.4, "1.4"],
    ["cubicBezier", [0, 0, 0.2, 1], "cubic-bezier(0, 0, 0.2, 1)"],
    [
      "shadow",
      { color: "#00000080", offsetX: "0px", offsetY: "2px", blur: "4px", spread: "0px" },
      "0px 2px 4px 0px rgb(0 0 0 / 0.502)",
    ],
    ["border", { color: "#000", width: "1px", style: "solid" }, "1px solid #000000"],
    ["transition", { duration: "1s", delay: "0ms", timingFunction: [0, 0, 1, 1] }, "1s cubic-bezier(0, 0, 1, 1) 0ms"],
    [
      "gradient",
      [
        { color: "#000", position: 0 },
        { color: "#fff", position: 1 },
      ],
      "linear-gradient(#000000 0%, #ffffff 100%)",
    ],
  ])("writes %s %j as CSS", (type, value, expected) => {
    expect(readTokens(one(type, value))).toMatchObject({ problems: [], tokens: [{ css: [["--a", expected]] }] });
  });

  it("writes typography as a font and as its parts", () => {
    const value = {
      fontFamily: "Inter",
      fontSize: { value: 24, unit: "px" },
      fontWeight: 700,
      lineHeight: 1.2,
      letterSpacing: "0px",
    };
    expect(css(one("typography", value))).toEqual({
      "--a": '700 24px / 1.2 "Inter"',
      "--a-font-family": '"Inter"',
      "--a-font-size": "24px",
      "--a-font-weight": "700",
      "--a-letter-spacing": "0px",
      "--a-line-height": "1.2",
    });
  });

  it("gives tokens the type of their group, and follows references, within values too", () => {
    const document = {
      color: {
        $type: "color",
        ink: { $value: "#111111" },
        text: { $value: "{color.ink}" },
        surface: { $root: { $value: "#ffffff" } },
      },
      border: { $type: "border", thin: { $value: { color: "{color.text}", width: "1px", style: "solid" } } },
      page: { $value: "{color.surface}" },
    };
    expect(readTokens(document).problems).toEqual([]);
    expect(css(document)).toEqual({
      "--color-ink": "#111111",
      "--color-text": "#111111",
      "--color-surface": "#ffffff",
      "--border-thin": "1px solid #111111",
      "--page": "#ffffff",
    });
  });

  it.each([
    ["unknown_reference", { a: { $type: "color", $value: "{color.gone}" } }],
    ["wrong_type", one("color", "red")],
    ["wrong_type", one("color", { colorSpace: "lab", components: [50, 0, 0] })],
    ["wrong_type", one("dimension", 16)],
    ["wrong_type", one("dimension", { value: 16, unit: "pt" })],
    ["wrong_type", one("nothing-known", 1)],
    ["wrong_type", one("fontWeight", 4000)],
    ["wrong_type", { a: "red" }],
    ["missing", { a: { $value: "#fff" } }],
    ["unsupported", { a: { $extends: "{b}" } }],
    ["twice", { aB: { $type: "number", $value: 1 }, "a-b": { $type: "number", $value: 2 } }],
  ])("tells %s, and reads the rest", (code, document) => {
    const whole = { ...document, z: { $type: "number", $value: 7 } };
    expect(codes(whole)).toEqual([code]);
    expect(css(whole)).toMatchObject({ "--z": "7" });
  });

  it("tells circles of references, also those through parts", () => {
    const document = {
      $type: "color",
      a: { $value: "{b}" },
      b: { $value: "{c}" },
      c: { $value: "{a}" },
      d: { $type: "shadow", $value: { color: "{d}", offsetX: "0px", offsetY: "0px", blur: "0px" } },
    };
    const { problems, tokens } = readTokens(document);
    expect(tokens).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(["cyclic", "cyclic", "cyclic", "cyclic"]);
    expect(problems[0]?.message).toContain("a → b → c → a");
  });

  it("ends at tokens that name each other twice over and over, and at values without a bottom", () => {
    const twice = (index: number) => ({ $type: "shadow", $value: [`{t${index + 1}}`, `{t${index + 1}}`] });
    const chain = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`t${index}`, twice(index)]));
    const document = { ...chain, t40: { $type: "shadow", $value: [] } };
    expect(codes(document)).toContain("too_large");
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level++) deep = [deep];
    expect(codes(one("number", deep))).toEqual(["too_large"]);
  });

  it("makes a style sheet that cannot be left, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 12 }), fc.anything()),
        fc.string(),
        fc.constantFrom("color", "fontFamily", "dimension", "shadow", "typography"),
        (tree, text, type) => {
          const sheet = tokensCss(readTokens({ ...tree, own: { $type: type, $value: text } }));
          expect(sheet).toMatch(/^:root \{\n(?: {2}--[a-z0-9-]+: [^;{}\n]+;\n|\n)*\}\n$/);
        },
      ),
      { numRuns: 300 },
    );
  });
});
