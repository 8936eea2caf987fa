import { describe, expect, it } from "vitest";
import { demotion } from "../../../daemon/memory/search/demotion.ts";
import { analyseQuery } from "../../../daemon/memory/search/query.ts";

const weights = (text: string) =>
  Object.fromEntries(analyseQuery(text).identifiers.map(({ text: name, weight }) => [name, weight]));

describe("the words of a query", () => {
  it.each([
    ["Fix the parsing of cookies", "pars cooki"],
    ["add support for cookies", "cooki"],
    ["cookie Cookies COOKIE", "cooki"],
    ["handle rawBody in parse_url", "raw bodi pars url"],
    ["see https://example.com/issues/12 for retries", "see retri"],
    ["", ""],
    ["the of and", ""],
  ])("of %j are %j", (text, terms) => {
    expect(analyseQuery(text).terms.join(" ")).toBe(terms);
  });

  it("are kept unstemmed for the word table, numbers too", () => {
    expect(analyseQuery("parsing dates of 9 digits").words).toEqual(["parsing", "dates", "9", "digits"]);
  });

  it("end after 4 000 characters", () => {
    expect(analyseQuery(`${"x ".repeat(2_000)}cookie`).terms).toEqual([]);
  });
});

describe("the identifiers of a query", () => {
  it("weigh more the more they look like code", () => {
    expect(weights("the raw body of parseUrl")).toMatchObject({
      parseurl: 2,
      rawbody: 1,
      rawbodyof: 1.5,
    });
    expect(weights("cookie jar")).toEqual({ cookie: 0.5, cookiejar: 1 });
  });

  it.each([
    ["res.sendFile fails", { res: 2, sendfile: 2 }],
    ["let `abort` end it", { abort: 2 }],
    ["call close() twice", { close: 2 }],
    ["MAX_AGE is ignored", { max_age: 2 }],
  ])("are read from %j", (text, expected) => {
    expect(weights(text)).toMatchObject(expected);
  });
});

describe("what a query holds", () => {
  it.each([
    ["fails on parseUrl", true],
    ["fails on parse_url", true],
    ["pass --watch to it", true],
    ["see src/server.ts", true],
    ["package.json is read twice", true],
    ["it says `no such file`", true],
    ['it says "no such file"', true],
    ["res.send is slow", true],
    ["dates come out one day early", false],
    ["read and/or write", false],
    ["it doesn't work, and that's why", false],
    ["fix(router): routes with a JSON body", false],
    ["e.g. cookies", false],
    ["", false],
  ])("in %j is an identifier, flag, path or quote: %s", (text, holds) => {
    expect(analyseQuery(text).holdsIdentifier).toBe(holds);
  });

  it.each([
    ["the tests of cookies", "speaksOfTests"],
    ["update the docs of cookies", "speaksOfDocs"],
    ["the cookie example", "speaksOfExamples"],
  ] as const)("%j %s", (text, flag) => {
    const query = analyseQuery(text);
    expect({ tests: query.speaksOfTests, docs: query.speaksOfDocs, examples: query.speaksOfExamples }).toEqual({
      tests: flag === "speaksOfTests",
      docs: flag === "speaksOfDocs",
      examples: flag === "speaksOfExamples",
    });
  });

  it("finds paths as they are written", () => {
    expect(analyseQuery("in src/notes/store.ts and ./lib and README.md").paths).toEqual([
      "src/notes/store.ts",
      "./lib",
      "README.md",
    ]);
  });
});

describe("demotion", () => {
  const code = analyseQuery("cookies are lost");
  it.each([
    "src/server.ts",
    "lib/latest/contest.js",
    "src/testing.rs",
    "src/attestation/key.go",
    "src/document.ts",
    "pkg/specification.py",
    "src/mockingbird.rb",
    "src/index.ts",
    "src/org/commons/lang/Text.java",
    "kernel/sandbox/policy.cc",
    "api/PodSpec.java",
  ])("leaves %s alone", (path) => {
    expect(demotion(path, code)).toBe(1);
  });

  it.each([
    "test/server.js",
    "src/__tests__/a.ts",
    "pkg/server_test.go",
    "tests/test_app.py",
    "test_app.py",
    "src/a.spec.ts",
    "src/test/java/x/Any.java",
    "core/FooTest.java",
    "Src/Json.Tests/Serial.cs",
    "okhttp/src/jvmTest/kotlin/Call.kt",
    "lib/unittests/a.cpp",
    "core/RouterSpec.scala",
    "docs/guide.md",
    "README.md",
    "examples/web/index.js",
    "bench/run.ts",
    "types/index.d.ts",
    "src/__snapshots__/a.snap",
    "dist/app.min.js",
    "CHANGELOG.md",
    "package-lock.json",
    "LICENSE",
    ".github/workflows/ci.yml",
  ])("lowers %s", (path) => {
    expect(demotion(path, code)).toBeLessThanOrEqual(0.3);
  });

  it.each([
    ["the tests of cookies", "test/cookies.js"],
    ["document cookies in the readme", "README.md"],
    ["the cookie example", "examples/cookies/index.js"],
    ["what types/index.d.ts says", "types/index.d.ts"],
  ])("does not when %j asks for %s", (text, path) => {
    expect(demotion(path, analyseQuery(text))).toBe(1);
  });
});
