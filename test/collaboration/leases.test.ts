import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { predictConflict } from "../../daemon/collaboration/conflicts.ts";
import {
  acquire,
  type LeaseTable,
  leasesOf,
  NO_LEASES,
  overlapsOf,
  release,
} from "../../daemon/collaboration/leases.ts";
import { pathsOverlap, patternOf } from "../../daemon/collaboration/path-overlap.ts";
import type { Lease } from "../../protocol/index.ts";

const file = (name: string): Lease => ({ on: "file", name });
const symbol = (name: string): Lease => ({ on: "symbol", name });

describe("what overlaps", () => {
  it.each([
    ["a.ts", "a.ts", true],
    ["a.ts", "b.ts", false],
    ["src", "src/a.ts", true],
    ["src/", "src/deep/a.ts", true],
    ["src", "src2/a.ts", false],
    [".", "anything", true],
    ["", "anything", true],
    ["./src/a.ts", "src/a.ts", true],
    ["src\\a.ts", "src/a.ts", true],
    ["src/x/../a.ts", "src/a.ts", true],
    ["../out", "a.ts", true],
    ["Read.me", "README", false],
    ["Read.me", "READ.ME", true],
    ["A\u0301.md", "\u00c1.md", true],
    ["a.ts.", "a.ts", true],
    ["src/*.ts", "src/a.ts", true],
    ["src/*.ts", "src/a.js", false],
    ["src/*.ts", "src/deep/a.ts", false],
    ["src/**/*.ts", "src/a.ts", true],
    ["src/**/*.ts", "src/x/y/a.ts", true],
    ["src/**/*.ts", "lib/a.ts", false],
    ["**/test/**", "src/test/a.ts", true],
    ["a*c", "ab*", true],
    ["a*b", "a*c", false],
    ["?.ts", "a.ts", true],
    ["?.ts", "ab.ts", false],
    ["{a,b}.ts", "b.ts", true],
    ["{a,b}.ts", "c.ts", false],
    ["src/{a,b/{c,d}}.ts", "src/b/d.ts", true],
    ["app/[id]/page.tsx", "app/[slug]/page.tsx", false],
    ["app/*/page.tsx", "app/[slug]/page.tsx", true],
    [`${"{a,b}".repeat(12)}.ts`, "zzz", true],
    [`src/${"{a,b}".repeat(12)}.ts`, "lib/a", false],
    ["x".repeat(2000), "a", true],
  ])("%s and %s: %s", (first, second, expected) => {
    expect(overlapsOf([file(first)], [file(second)]).length > 0).toBe(expected);
    expect(overlapsOf([file(second)], [file(first)]).length > 0).toBe(expected);
  });

  it.each([
    ["Store.open", "Store.open", true],
    ["Store", "Store.open", true],
    ["Store::open", "Store.open", true],
    ["Store", "StoreFile", false],
    ["open", "Open", false],
    ["open()", "open", true],
  ])("the symbols %s and %s: %s", (first, second, expected) => {
    expect(overlapsOf([symbol(first)], [symbol(second)]).length > 0).toBe(expected);
    expect(overlapsOf([symbol(first)], [file(second)])).toEqual([]);
  });

  it("is the same in either direction, and a path always meets itself and what it is in", () => {
    const segment = fc.constantFrom("a", "B", "c.ts", "*", "**", "?", "{a,b}", "*.ts", "..", "");
    const path = fc.array(segment, { maxLength: 5 }).map((parts) => parts.join("/"));
    fc.assert(
      fc.property(path, path, (first, second) => {
        const [one, other] = [patternOf(first), patternOf(second)];
        expect(pathsOverlap(one, other)).toBe(pathsOverlap(other, one));
        expect(pathsOverlap(one, one)).toBe(true);
        expect(pathsOverlap(one, patternOf(`${first}/deeper`))).toBe(true);
      }),
    );
  });

  it("finds every file that two globs share", () => {
    const segment = fc.constantFrom("a", "b", "*", "?", "a*", "**");
    const glob = fc.array(segment, { minLength: 1, maxLength: 4 });
    const path = fc.array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(glob, glob, path, (first, second, name) => {
        if (!fits(first, name) || !fits(second, name)) return;
        expect(pathsOverlap(patternOf(first.join("/")), patternOf(second.join("/")))).toBe(true);
      }),
    );
  });

  it("takes any text for a name", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 40 }), (first, second) => {
        expect(typeof pathsOverlap(patternOf(first), patternOf(second))).toBe("boolean");
      }),
    );
  });
});

describe("holding", () => {
  it("is all or nothing, and says who stands in the way and why", () => {
    const first = acquire(NO_LEASES, "one", [file("src/a.ts")]);
    if (!first.ok) throw new Error(first.reason);
    const second = acquire(first.table, "two", [file("lib"), file("src")]);
    expect(second).toMatchObject({ ok: false, heldBy: "one" });
    expect(second.ok ? "" : second.reason).toBe("one is at work there: src and src/a.ts can mean the same file");
    expect(first.table.has("two")).toBe(false);
    expect(acquire(release(first.table, "one"), "two", [file("src")]).ok).toBe(true);
    expect(acquire(first.table, "one", [file("src")]).ok).toBe(true);
  });

  it("never lets two hold what overlaps, in any order of taking and giving back", () => {
    const lease = fc.constantFrom(...["a", "a/b", "*", "c"].map(file), ...["S", "S.m"].map(symbol));
    const step = fc.record({
      holder: fc.constantFrom("1", "2", "3"),
      leases: fc.array(lease, { maxLength: 3 }),
      gives: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let table: LeaseTable = NO_LEASES;
        for (const { holder, leases, gives } of steps) {
          const taken = gives ? { ok: true as const, table: release(table, holder) } : acquire(table, holder, leases);
          if (taken.ok) table = taken.table;
          for (const [one, held] of table)
            for (const [other, also] of table) if (one !== other) expect(overlapsOf(held, also)).toEqual([]);
        }
      }),
    );
  });

  it("asks for everything where a task does not say what it touches, and for nothing where it only reads", () => {
    expect(leasesOf({ files: [] })).toEqual([file("**")]);
    expect(leasesOf({ files: ["a"], symbols: ["S"] })).toEqual([file("a"), symbol("S")]);
    expect(leasesOf({ files: ["a"] }, { readOnly: true })).toEqual([]);
  });
});

describe("conflicts before dispatch", () => {
  const claim = (id: string, files: string[], symbols: string[] = [], known: readonly string[] = symbols) => ({
    task: { id, symbols },
    leases: leasesOf({ files, symbols }),
    symbolsIn: () => symbols.filter((name) => known.includes(name)),
  });

  it("make the second wait, and say why", () => {
    expect(predictConflict(claim("a", ["src/x.ts"]), claim("b", ["src"]))).toMatchObject({
      tasks: ["a", "b"],
      on: [file("src")],
      decision: "serialised",
      reason: "b waits for a: src and src/x.ts can mean the same file.",
    });
    expect(predictConflict(claim("a", ["src/x.ts"]), claim("b", ["docs"]))).toBeUndefined();
  });

  it("are allowed where both change other symbols of one file", () => {
    const pair = (first: string[], second: string[], known?: string[]) =>
      predictConflict(claim("a", ["x.ts"], first, known), claim("b", ["x.ts"], second, known))?.decision;
    expect(pair(["open"], ["close"])).toBe("allowed");
    expect(pair(["open"], ["open"])).toBe("serialised");
    expect(pair(["open"], ["open.inner"])).toBe("serialised");
    expect(pair(["open"], [])).toBe("serialised");
    expect(pair(["open"], ["elsewhere"], ["open"])).toBe("serialised");
  });

  it("are none where one only reads", () => {
    const reader = { task: { id: "r" }, leases: leasesOf({ files: ["x"] }, { readOnly: true }) };
    expect(predictConflict(claim("a", ["x"]), reader)).toBeUndefined();
  });
});

/** The plain meaning of a glob, for comparison. */
function fits(glob: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return path.length === 0;
  if (first === "**") return fits(rest, path) || (path.length > 0 && fits(glob, path.slice(1)));
  const pattern = new RegExp(`^${first.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  return path[0] !== undefined && pattern.test(path[0]) && fits(rest, path.slice(1));
}
