import { describe, expect, it } from "vitest";
import type { DesignTask, DesignView, TraceNode } from "../../../protocol/design/view.ts";
import { shortPath } from "../../../webview/design/parts/short-path.ts";
import { matches, nextOrder, type PoolRow, sortPool } from "../../../webview/design/requirements/pool-order.ts";
import { tabAfter } from "../../../webview/design/tabs.tsx";
import { taskLanes } from "../../../webview/design/tasks/task-lanes.ts";
import { filterRows, isGap, rowStatus, traceMatrix } from "../../../webview/design/traces/matrix.ts";
import { SAMPLE_VIEW } from "./sample-view.ts";

describe("the matrix of traces", () => {
  const { kinds, rows } = traceMatrix(SAMPLE_VIEW);
  const row = (id: string) => rows.find(({ node }) => node.id === id);

  it("has a row for each requirement, then what no requirement leads to", () => {
    expect(rows.map(({ node }) => node.id)).toEqual(["R1", "R2", "R3", "R4", "S3"]);
    expect(kinds).toEqual(["story", "element", "component", "file", "test"]);
  });

  it("follows every way from a requirement to its tests", () => {
    const ids = (kind: TraceNode["kind"]) =>
      row("R1")
        ?.cells.get(kind)
        ?.map(({ id }) => id);
    expect(ids("file")).toEqual(["src/price.ts", "src/components/PriceTag.tsx"]);
    expect(ids("test")).toEqual(["test/price-tag.test.tsx"]);
  });

  it("tells what is missing and what is stale", () => {
    expect(rows.map((each) => rowStatus(each))).toEqual(["ok", "ok", "stale", "missing", "untraced"]);
    const missing = row("R4");
    expect(missing !== undefined && isGap(missing, "test")).toBe(true);
    expect(missing !== undefined && isGap(missing, "element")).toBe(false);
  });

  it("misses nothing of what is not begun, and tests of what is", () => {
    const node = (id: string, kind: TraceNode["kind"]): TraceNode => ({ id, kind, text: "", path: null, status: "ok" });
    const designed = traceMatrix({ nodes: [node("R1", "requirement")], links: [] });
    expect([designed.kinds, designed.rows.map(rowStatus)]).toEqual([[], ["untraced"]]);
    const links = [{ from: "R1", to: "a.ts" }];
    const built = traceMatrix({ nodes: [node("R1", "requirement"), node("a.ts", "file")], links });
    expect([built.kinds, built.rows.map(rowStatus)]).toEqual([["file", "test"], ["missing"]]);
  });

  it("is filtered by state and by words, those of what it leads to included", () => {
    const ids = (filter: "all" | "missing" | "stale", words: string) =>
      filterRows(rows, filter, words).map(({ node }) => node.id);
    expect(ids("missing", "")).toEqual(["R3", "R4"]);
    expect(ids("stale", "")).toEqual(["R3"]);
    expect(ids("all", "pricetag CURRENCY")).toEqual(["R1"]);
  });

  it("ends where links go in a circle, or nowhere", () => {
    const node = (id: string, kind: TraceNode["kind"]): TraceNode => ({ id, kind, text: "", path: null, status: "ok" });
    const view: Pick<DesignView, "nodes" | "links"> = {
      nodes: [node("R1", "requirement"), node("a.ts", "file"), node("b.ts", "file")],
      links: [
        { from: "R1", to: "a.ts" },
        { from: "a.ts", to: "b.ts" },
        { from: "b.ts", to: "a.ts" },
        { from: "b.ts", to: "gone.ts" },
      ],
    };
    expect(traceMatrix(view).rows.map((each) => each.cells.get("file")?.length)).toEqual([2]);
  });
});

describe("the requirement pool", () => {
  const rows: PoolRow[] = [
    { id: "R1", priority: "P1", text: "Beta", status: "ok" },
    { id: "R2", priority: "P0", text: "Alpha", status: "missing" },
    { id: "R10", priority: "P0", text: "Gamma", status: "stale" },
  ];
  const ids = (...args: Parameters<typeof sortPool>) => sortPool(...args).map(({ id }) => id);

  it("is sorted by any column, both ways, numbers as numbers", () => {
    expect(ids(rows, { column: "id", descending: true })).toEqual(["R10", "R2", "R1"]);
    expect(ids(rows, { column: "priority", descending: false })).toEqual(["R2", "R10", "R1"]);
    expect(ids(rows, { column: "text", descending: false })).toEqual(["R2", "R1", "R10"]);
    expect(ids(rows, { column: "status", descending: false })).toEqual(["R10", "R2", "R1"]);
    expect(nextOrder({ column: "id", descending: false }, "id")).toEqual({ column: "id", descending: true });
    expect(nextOrder({ column: "id", descending: true }, "text")).toEqual({ column: "text", descending: false });
  });

  it("is found by words in any order", () => {
    expect(rows.filter((row) => matches(row, "alpha p0")).map(({ id }) => id)).toEqual(["R2"]);
  });
});

describe("the task board", () => {
  const task = (id: string, ...dependsOn: string[]): DesignTask => {
    return { id, title: id, dependsOn, status: "waiting", taskId: null, reason: "" };
  };
  it("puts each task behind what it needs", () => {
    const { lanes, cyclic } = taskLanes([task("d", "b", "c"), task("a"), task("b", "a"), task("c", "a", "gone")]);
    expect(lanes.map((lane) => lane.map(({ id }) => id))).toEqual([["a"], ["b", "c"], ["d"]]);
    expect(cyclic).toEqual([]);
  });

  it("sets those apart that wait for each other", () => {
    const { lanes, cyclic } = taskLanes([task("a"), task("b", "c"), task("c", "b"), task("d", "d")]);
    expect(lanes.map((lane) => lane.map(({ id }) => id))).toEqual([["a"]]);
    expect(cyclic.map(({ id }) => id)).toEqual(["b", "c", "d"]);
    expect(taskLanes([])).toEqual({ lanes: [], cyclic: [] });
  });
});

it("shortens paths as far as they still say something", () => {
  expect(["src/cart.ts", "src/cart/index.ts", "cart"].map(shortPath)).toEqual(["cart.ts", "cart/index.ts", "cart"]);
});

it("goes round the tabs with arrows, Home and End", () => {
  expect(tabAfter("requirements", "ArrowLeft")).toBe("documents");
  expect(tabAfter("documents", "ArrowRight")).toBe("requirements");
  expect(tabAfter("tasks", "Home")).toBe("requirements");
  expect(tabAfter("tasks", "End")).toBe("documents");
  expect(tabAfter("tasks", "a")).toBeUndefined();
});
