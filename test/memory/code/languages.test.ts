/** The folders in grammars/ are complete, and files find their language. */

import * as fs from "node:fs";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadLanguages } from "../../../daemon/memory/code/languages.ts";
import { fixtures, grammars } from "./fixtures.ts";

const languages = loadLanguages(grammars);

describe("grammars/", () => {
  it("holds nothing that cannot be read", () => {
    expect(languages.problems).toEqual([]);
    expect(languages.all.map(({ name }) => name)).toEqual(fs.readdirSync(grammars).sort());
  });

  it("gives each ending, file name and program to one language", () => {
    const claims = languages.all.flatMap(({ endings, fileNames, shebangs }) => [
      ...endings,
      ...fileNames,
      ...shebangs.map((program) => `#!${program}`),
    ]);
    expect(claims).toEqual([...new Set(claims)]);
  });

  it("has a sample file for each language", () => {
    const sampled = new Set(fixtures.map(({ path }) => languages.languageOf(path)?.name));
    expect(languages.all.map(({ name }) => name).filter((name) => !sampled.has(name))).toEqual([]);
  });
});

describe("the language of a file", () => {
  const cases: [path: string, firstLine: string, expected: string | undefined][] = [
    ["src/a.ts", "", "typescript"],
    ["src/a.d.ts", "", "typescript"],
    ["A.TSX", "", "tsx"],
    ["Dockerfile", "", "dockerfile"],
    ["web.dockerfile", "", "dockerfile"],
    ["Gemfile", "", "ruby"],
    ["bin/run", "#!/usr/bin/env node", "javascript"],
    ["bin/run", "#!/usr/bin/env -S python3.12 -u", "python"],
    ["bin/run", "#! /bin/bash -e", "bash"],
    ["bin/run", "#!/opt/unknown", undefined],
    ["README", "", undefined],
    ["ts", "", undefined],
    ["", "", undefined],
  ];
  for (const [path, firstLine, expected] of cases)
    it(`is ${expected} for ${path} ${firstLine}`, () => {
      expect(languages.languageOf(path, firstLine)?.name).toBe(expected);
    });
});

it("reports a folder that is wrong and reads the others", () => {
  const folder = mkdtempSync(join(tmpdir(), "nexus-grammars-"));
  const add = (name: string, files: Record<string, string>) => {
    fs.mkdirSync(join(folder, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  };
  add("bad-json", { "language.json": "{" });
  add("bad-shape", { "language.json": '{ "title": "", "more": 1 }' });
  add("no-tags", { "language.json": '{ "title": "X", "grammar": { "package": "tree-sitter-x" } }' });
  add("good", { "language.json": '{ "title": "Good", "endings": [".good"] }' });
  add("something-else", { "readme.txt": "no language" });
  const { all, problems } = loadLanguages(folder);
  fs.rmSync(folder, { recursive: true });
  expect(all.map(({ name }) => name)).toEqual(["good"]);
  expect(problems).toHaveLength(3);
  expect(problems.join("\n")).toMatch(/bad-json.*\n?[\s\S]*bad-shape[\s\S]*no-tags\/tags\.scm is missing/);
});
