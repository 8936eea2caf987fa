/** The small parts of the edit engine, at their limits. */
import { describe, expect, it } from "vitest";
import { applyEdits, type EditOutcome } from "../../../daemon/tools/edits/apply.ts";
import { decode } from "../../../daemon/tools/edits/encoding.ts";
import { distance } from "../../../daemon/tools/edits/likeness.ts";

describe("distance", () => {
  it("counts what is inserted, removed and replaced, and gives up beyond the most", () => {
    expect(distance("same", "same", 0)).toBe(0);
    expect(distance("abc", "abd", 1)).toBe(1);
    expect(distance("abc", "bc", 1)).toBe(1);
    expect(distance("", "ab", 2)).toBe(2);
    expect(distance("abc", "abcdef", 2)).toBeUndefined();
    expect(distance("abcdef", "uvwxyz", 3)).toBeUndefined();
    expect(distance("abcdef", "bcdefg", 1)).toBeUndefined();
    expect(distance("kitten", "sitting", 3)).toBe(3);
  });
});

describe("encodings", () => {
  it("writes Latin-1 back as it was, and says what it cannot hold", () => {
    const latin = decode(Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a]));
    expect(latin.text).toBe("café\n");
    expect(latin.encode("café\nü\n")).toEqual({ ok: true, value: Buffer.from("café\nü\n", "latin1") });
    expect(latin.encode("café €\n")).toMatchObject({ ok: false, error: { message: expect.stringContaining("€") } });
  });

  it("takes no mark of unknown bytes for text, where the file has none more of it", () => {
    const plain = decode(Buffer.from("a\n"));
    expect(plain.encode("a\ufffd\n")).toMatchObject({ ok: false, error: { code: "tool.failed" } });
    expect(decode(Buffer.from("a\ufffd\n")).encode("b\ufffd\n")).toEqual({ ok: true, value: Buffer.from("b\ufffd\n") });
  });
});

function apply(original: string, search: string, replace: string): EditOutcome {
  return applyEdits(original, [{ search, replace }]);
}

function message(outcome: EditOutcome): string {
  return "message" in outcome ? outcome.message : "";
}

describe("what an edit says", () => {
  it("lists twenty places and no more", () => {
    const outcome = apply("same line\n".repeat(30), "same line\n", "x\n");
    expect(outcome).toMatchObject({ status: "ambiguous" });
    expect(message(outcome)).toContain("19, 20 …");
    const deeper = apply("  same\n    line\n".repeat(30), "same\n  line\n", "x\n");
    expect(message(deeper)).toContain(" …");
  });

  it("shows six differences and the beginning of long lines", () => {
    const long = `const value = "${"abcdefghij".repeat(20)}";`;
    const lines = Array.from({ length: 8 }, (_, index) => `${long} // ${index}a`);
    const outcome = apply(`${lines.join("\n")}\n`, `${lines.join("\n").replaceAll("a\n", "b\n")}\n`, "x\n");
    expect(outcome).toMatchObject({ status: "applied_approx", text: "x\n" });
    const said = JSON.stringify(outcome);
    expect(said).toContain("; and 1 more");
    expect(said).toContain("…");
  });
});

describe("an edit", () => {
  it("keeps a byte order mark that it names", () => {
    expect(apply("\ufeffa\nb\n", "\ufeffa\n", "\ufeffx\n")).toMatchObject({ text: "\ufeffx\nb\n" });
    expect(apply("\ufeffa\nb\n", "\ufeffa\n", "x\n")).toMatchObject({ text: "\ufeffx\nb\n" });
    expect(apply("\ufeffa\nb\n", "\ufeffa\n", "a\n")).toMatchObject({ status: "noop" });
    expect(apply("\ufeffa\nb\n", "a\n", "\ufeffa\n")).toMatchObject({ status: "noop" });
  });

  it("takes away a last line that nothing ends, with the ending before it", () => {
    expect(apply("a\r\nb", "b\n", "")).toMatchObject({ text: "a" });
    expect(apply("b", "b\n", "")).toMatchObject({ text: "" });
  });

  it("leaves a hole in the file nowhere: a placeholder is refused wherever it stands", () => {
    expect(apply("a\nb\n", "a\n", "// ... existing code ...\n")).toMatchObject({ status: "rejected" });
  });

  it("refuses line numbers of a listing, and says so where that is all", () => {
    const original = "alpha\nbeta\ngamma\n";
    for (const search of ["     1\talpha\n     2\tbeta\n", "1\talpha\n", "2: beta", "2 | beta\n3 | gamma"])
      expect(apply(original, search, "     1\tdelta\n")).toMatchObject({
        status: "rejected",
        message: expect.stringContaining("leave the numbers out"),
      });
    expect(apply(original, "     1\tomega\n     2\tbeta\n", "x\n")).toMatchObject({ status: "rejected" });
    const long = "const alphabet = first + second + third + fourth + fifth + sixth + seventh;";
    expect(apply(`${long}\n`, `1\t${long.replace("first", "frst")}\n`, "1\tx\n")).toMatchObject({ status: "rejected" });
  });

  it("of a patch takes one of several places by its line number or by the lines before it, or none", () => {
    const original = "class A {\n  go();\n}\nclass B {\n  go();\n}\n";
    const placed = (more: { hintLine?: number; after?: string[] }) =>
      applyEdits(original, [{ search: "  go();\n", replace: "  stop();\n", wholeLines: true, ...more }]);
    const inB = { status: "applied", lines: [5] };
    expect(placed({ hintLine: 5 })).toMatchObject(inB);
    expect(placed({ hintLine: 4 })).toMatchObject({ status: "ambiguous" });
    expect(placed({ after: ["class B {"] })).toMatchObject(inB);
    expect(placed({ after: ["class A {"] })).toMatchObject({ lines: [2] });
    expect(placed({ after: ["class C {"] })).toMatchObject({ status: "ambiguous" });
    expect(placed({ after: ["go();"] })).toMatchObject({ status: "ambiguous" });
    expect(placed({ after: ["class B {", "class A {"] })).toMatchObject({ status: "ambiguous" });
    expect(placed({})).toMatchObject({ status: "ambiguous" });
    const within = applyEdits("xx\n", [{ search: "x", replace: "y", hintLine: 1 }]);
    expect(within).toMatchObject({ status: "ambiguous" });
  });

  it("of a patch means whole lines", () => {
    const placed = (original: string, search: string) =>
      applyEdits(original, [{ search, replace: "new line\n", wholeLines: true }]);
    expect(placed("no old\nold", "old\n")).toMatchObject({ text: "no old\nnew line" });
    expect(placed("no old", "old\n")).toMatchObject({ status: "rejected" });
    expect(placed("a\r\nold\r\nb", "old")).toMatchObject({ status: "applied", lines: [2] });
    expect(placed("cold\nold\n", "old\n")).toMatchObject({ text: "cold\nnew line\n" });
    expect(placed("\ufeffold\n", "old\n")).toMatchObject({ text: "\ufeffnew line\n" });
    expect(placed("a “old”\n", '"old"\n')).toMatchObject({ status: "rejected" });
  });

  it("takes nothing for done because its replacement is blank", () => {
    expect(apply("a\n\nb\n", "zzz\n", "\n")).toMatchObject({ status: "rejected", reason: "not_found" });
  });

  it("shifts no block whose blank lines stand elsewhere", () => {
    expect(apply("  a();\n  b();\n\n  c();\n", "a();\n\nb();\nc();\n", "x();\n")).toMatchObject({ status: "rejected" });
  });

  it("shifts the first line behind a byte order mark", () => {
    expect(apply("\ufeff  aaa();\n  bbb();\n", "aaa();\nbbb();\n", "ccc();\n")).toMatchObject({
      text: "\ufeff  ccc();\n",
    });
  });
});
