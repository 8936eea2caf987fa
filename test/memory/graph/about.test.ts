import { describe, expect, it } from "vitest";
import { createGraph } from "../../../daemon/memory/graph/graph.ts";
import { codeView } from "../../support/code-view.ts";
import { SHOPS } from "./shop.ts";

const never = () => false;

describe.each(SHOPS)("a name in a shop in $language", ({ files, texts, paths }) => {
  const view = codeView(files);
  const graph = createGraph({ view: () => view, history: () => undefined, readText: (path) => texts[path] });

  it("knows tests that import its file once imports are read, and says when they are", () => {
    const fresh = createGraph({ view: () => view, history: () => undefined, readText: (path) => texts[path] });
    const testsNow = () => fresh.about({ path: paths.cart, line: 3, name: "ShoppingCart" }, never).tests;
    expect(fresh.readImports(() => true)).toBe(false);
    const before = testsNow();
    expect(fresh.readImports(never)).toBe(true);
    expect(fresh.readImports(() => true)).toBe(true);
    expect(testsNow().length).toBeGreaterThanOrEqual(before.length);
    expect(testsNow().map(({ path }) => path)).toContain(paths.test);
  });

  it("is what is defined there, with who uses it and the test", () => {
    const about = graph.about({ path: paths.price, line: 5, name: "grossPrice" }, never);
    expect(about).toMatchObject({ confidence: "certain", complete: true });
    expect(about.definitions.map(({ path, line }) => [path, line])).toEqual([[paths.price, 5]]);
    const calls = about.uses.filter(({ kind }) => kind === "call");
    expect(calls.map(({ path, line }) => [path, line])).toEqual([[paths.cart, 6]]);
  });

  it("is what the import leads to where it is used", () => {
    const about = graph.about({ path: paths.cart, line: 6, name: "grossPrice" }, never);
    expect(about.definitions[0]?.path).toBe(paths.price);
  });

  it("of a class is covered by the test that uses it", () => {
    const about = graph.about({ path: paths.cart, line: 3, name: "ShoppingCart" }, never);
    expect(about.tests.map(({ path }) => path)).toContain(paths.test);
  });

  it("is nothing on a line that does not hold it, and in files that are not there", () => {
    expect(graph.about({ path: paths.cart, line: 7, name: "grossPrice" }, never).definitions).toEqual([]);
    expect(graph.about({ path: "nowhere", line: 1, name: "grossPrice" }, never).definitions).toEqual([]);
  });

  it("is told as incomplete when the time is up", () => {
    const fresh = createGraph({ view: () => view, history: () => undefined, readText: (path) => texts[path] });
    const wish = { path: paths.price, line: 5, name: "grossPrice" };
    const about = fresh.about(wish, () => true);
    expect(about).toMatchObject({ complete: false, uses: [] });
    expect(about.definitions).toHaveLength(1);
    // What was found once takes no time.
    const whole = fresh.about(wish, never);
    expect(whole.complete).toBe(true);
    expect(fresh.about(wish, () => true)).toMatchObject({ complete: true, uses: whole.uses });
  });
});
