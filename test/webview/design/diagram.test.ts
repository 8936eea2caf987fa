import { describe, expect, it } from "vitest";
import { diagramSources } from "../../../webview/design/diagram/all-drawings.ts";
import { coloursOf, parseColour } from "../../../webview/design/diagram/colours.ts";
import { diagramSource, isTooLong, problemOf } from "../../../webview/design/diagram/source.ts";
import { svgSize } from "../../../webview/design/screens/pairs.ts";
import { SAMPLE_DOCUMENTS } from "./sample-view.ts";

describe("a diagram's source", () => {
  it("goes without what would configure its drawing, and finds its lines again", () => {
    const source = diagramSource(
      "---\nconfig:\n  securityLevel: loose\n---\n%%{init: {\n  'htmlLabels': true}}%%\n\n%% a note\nclassDiagram\n  A --> B\n",
    );
    expect(source.text).toBe("classDiagram\n  A --> B\n");
    expect(source.lineOf(1)).toBe(9);
    expect(source.lineOf(2)).toBe(10);
    expect(source.lineOf(99)).toBe(11);
  });

  it("goes without a fence, and a title without its quotes", () => {
    const { text } = diagramSource('```mermaid\nquadrantChart\n    title "Reach of shops"\n    "A": [0.1, 0.2]\n```');
    expect(text).toBe('quadrantChart\n    title Reach of shops\n    "A": [0.1, 0.2]');
  });

  it("is not drawn when it is endless", () => {
    expect(isTooLong("x".repeat(50_001))).toBe(true);
    expect(isTooLong("classDiagram")).toBe(false);
  });
});

describe("what is wrong with a diagram", () => {
  const source = diagramSource("%% note\nclassDiagram\n  class Cart {\n");
  it.each([
    [
      "Parse error on line 2:\n... class Cart {\n----------------^\nExpecting 'STRUCT_STOP', 'MEMBER', got 'EOF_IN_STRUCT'",
      { line: 3, message: "It ends too early, near “class Cart {”." },
    ],
    [
      "Parse error on line 1:\n...P->>S load()\n-----^\nExpecting ':', 'TXT', got '('",
      { line: 2, message: "“(” is not expected here, near “P->>S load()”." },
    ],
    [
      "Parse error on line 2:\n...ine { +Bread { bread\n-----^\nExpecting 'STRUCT_STOP', 'MEMBER', got 'OPEN_IN_STRUCT'",
      { line: 3, message: "What stands here is not understood, near “ine { +Bread { bread”." },
    ],
    [
      "Parsing failed: unexpected character: ->x<- at offset: 4.\n-> line 2: x",
      { line: 3, message: "Parsing failed: unexpected character: ->x<- at offset: 4. -> line 2: x" },
    ],
    ["No diagram type detected", { line: null, message: "No diagram type detected" }],
  ])("%j", (text, problem) => expect(problemOf(new Error(text), source)).toEqual(problem));
});

describe("colours of diagrams", () => {
  it("are read as browsers tell them, laid on what lies below", () => {
    expect(parseColour("rgb(1, 2, 3)", [9, 9, 9])).toEqual([1, 2, 3]);
    expect(parseColour("rgba(0, 0, 0, 0)", [9, 8, 7])).toEqual([9, 8, 7]);
    expect(parseColour("rgba(255, 255, 255, 0.5)", [0, 0, 0])).toEqual([127.5, 127.5, 127.5]);
    expect(parseColour("color(srgb 1 0 0.5)", [0, 0, 0])).toEqual([255, 0, 127.5]);
    expect(parseColour("nonsense", [4, 5, 6])).toEqual([4, 5, 6]);
  });

  it("fill nothing where the theme draws edges", () => {
    const base = { background: [0, 0, 0], text: [255, 255, 255], accent: [55, 148, 255], font: "x" } as const;
    expect(coloursOf({ ...base, edge: [111, 195, 223] })).toMatchObject({
      isDark: true,
      fill: "#000000",
      edge: "#6fc3df",
      line: "#ffffff",
    });
    expect(coloursOf({ ...base, edge: undefined }).fill).not.toBe("#000000");
  });
});

it("exports the diagrams of the PRD and the system design", () => {
  expect(diagramSources(SAMPLE_DOCUMENTS).map(({ key }) => key)).toEqual([
    "Competitive Quadrant Chart",
    "Data structures and interfaces",
    "Program call flow",
  ]);
});

it("knows the size of a wireframe", () => {
  expect(svgSize('<svg viewBox="0 0 300 200">')).toEqual({ width: 300, height: 200 });
  expect(svgSize('<svg width="120" height="80px" viewBox="0 0 3 2">')).toEqual({ width: 120, height: 80 });
  expect(svgSize("no picture")).toEqual({ width: 640, height: 640 });
});
