import { describe, expect, it } from "vitest";
import { textParts } from "../../../webview/design/documents/document-text.tsx";
import { fieldsOfText, jsonProblem, withField } from "../../../webview/design/documents/field-values.ts";
import {
  documentsOf,
  readPrd,
  readRoutes,
  readSystem,
  readTasks,
  sourceOf,
} from "../../../webview/design/documents/reading.ts";
import { screenPairs } from "../../../webview/design/screens/pairs.ts";
import { PRD_CONTENT, SAMPLE_VIEW, sampleDocument, TASK_CONTENT } from "./sample-view.ts";

describe("reading documents", () => {
  it("numbers the requirements of the pool", () => {
    expect(readPrd(PRD_CONTENT).pool[1]).toEqual({
      id: "R2",
      priority: "P0",
      text: "A cut price shows the old price struck out, and says so to screen readers",
    });
  });

  it("reads refined documents under their own keys", () => {
    const prd = readPrd({
      "Refined Requirements": "More.",
      "Refined Product Goals": ["g"],
      "Refined User Stories": ["s"],
      "Refined Requirement Analysis": ["one", "two"],
      "Refined Requirement Pool": [["P0", "r"]],
    });
    expect(prd).toMatchObject({ requirements: "More.", goals: ["g"], stories: ["s"], analysis: "one\n\ntwo" });
    expect(readSystem({ "Refined Program call flow": "sequenceDiagram" }).diagrams).toEqual([
      { key: "Refined Program call flow", title: "Sequence diagram", source: "sequenceDiagram" },
    ]);
    const { "Required packages": _, ...older } = { ...TASK_CONTENT, "Required Python packages": ["old"] };
    expect(readTasks(older).packages).toEqual(["old"]);
  });

  it("leaves out what has another type than it should, and keeps keys that it does not know", () => {
    const prd = readPrd({
      "Product Goals": "one goal",
      "User Stories": 5,
      "Requirement Pool": [["P0"], "x", ["P1", "y"]],
      Extra: { a: 1 },
    });
    expect(prd).toMatchObject({ goals: ["one goal"], stories: [], rest: [["Extra", '{\n  "a": 1\n}']] });
    expect(prd.pool.map(({ text }) => text)).toEqual(["y"]);
    for (const content of [null, undefined, 5, "text", [1]]) expect(readPrd(content).goals).toEqual([]);
  });

  it("orders documents by their times, refined ones after what they refine", () => {
    const names = ["docs/prd/2.json", "docs/prd/1.json"].map((path) => sampleDocument({ path, kind: "prd" }));
    const refined = sampleDocument({ path: "docs/prd/1.json", kind: "refined_prd" });
    const ordered = documentsOf([refined, ...names], "prd", "refined_prd");
    expect(ordered.map(({ path, kind }) => [path, kind])).toEqual([
      ["docs/prd/1.json", "prd"],
      ["docs/prd/1.json", "refined_prd"],
      ["docs/prd/2.json", "prd"],
    ]);
  });

  it("finds the Mermaid in a Markdown document", () => {
    const parts = textParts("# A\n\n```mermaid\nclassDiagram\n```\nmore\n```js\n1\n```\n");
    expect(parts.map(({ kind, text }) => [kind, text.trim()])).toEqual([
      ["markdown", "# A"],
      ["mermaid", "classDiagram"],
      ["markdown", "more\n```js\n1\n```"],
    ]);
    expect(textParts("")).toEqual([{ key: "text 0", kind: "markdown", text: "" }]);
  });
});

describe("editing by fields", () => {
  const text = sourceOf({ a: "x", list: ["one"], pairs: [["P0", "r"]], deep: { b: 1 } });

  it("knows texts, lists and pairs, and leaves the rest to the text", () => {
    expect(fieldsOfText(text)?.map(({ value }) => value.kind)).toEqual(["text", "texts", "pairs", "other"]);
    expect(fieldsOfText("[1]")).toBeUndefined();
    expect(fieldsOfText("{")).toBeUndefined();
  });

  it("changes one field and nothing else", () => {
    const changed = withField(text, "pairs", {
      kind: "pairs",
      pairs: [
        ["P1", "r"],
        ["P2", "s"],
      ],
    });
    expect(JSON.parse(changed)).toEqual({
      a: "x",
      list: ["one"],
      pairs: [
        ["P1", "r"],
        ["P2", "s"],
      ],
      deep: { b: 1 },
    });
    expect(Object.keys(JSON.parse(changed))).toEqual(["a", "list", "pairs", "deep"]);
  });

  it("says what keeps a text from being JSON", () => {
    expect(jsonProblem("{}")).toBeUndefined();
    expect(jsonProblem("{")).toMatch(/JSON/);
  });
});

it("puts each screen beside what was built of it", () => {
  const { wireframes, checks, documents } = SAMPLE_VIEW;
  expect([...readRoutes(documents.find(({ kind }) => kind === "ui_design")?.content)]).toEqual([
    ["home", "/"],
    ["cart", "/cart"],
  ]);
  const { pairs, others } = screenPairs(wireframes, checks, documents);
  expect(pairs.map(({ route, check }) => [route, check?.target])).toEqual([
    ["/", "/"],
    ["/cart", undefined],
  ]);
  expect(others.map(({ target }) => target)).toEqual(["PriceTag/Default"]);
});
