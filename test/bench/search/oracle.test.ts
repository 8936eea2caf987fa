import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Engine, openEngine, referenceOf } from "../../../bench/search/engine.ts";
import type { Reference } from "../../../bench/search/reference.ts";
import { readTable } from "../../../bench/search/word-table.ts";
import { analyseQuery } from "../../../daemon/memory/search/query.ts";
import { PARTS, type Part, type Weights, weightsFor } from "../../../daemon/memory/search/ranking.ts";
import { makeHistory } from "../../memory/history/repository.ts";

const TABLE = "daemon/memory/vector/code-words";
/** The product adds up in single precision, and rounds the vectors of chunks to bytes. */
const TOLERANCE = { words: 1e-5, meaning: 1e-4 };
const NONE = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<Part, number>;
const QUERIES = [
  "cookies are parsed wrongly when two have the same name",
  "Fix parseCookie for quoted values",
  "the test of the router fails",
  "people cannot sign in after their session has ended",
  "let `Router.match` return undefined, see src/http/router.ts",
  "größere Dateien schicken",
  "",
];

const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-oracle-")));
let engine: Engine;
let reference: Reference;
beforeAll(async () => {
  mkdirSync(join(folder, "shop"));
  const repository = makeHistory(join(folder, "shop"));
  repository.commit("Begin", filesOf(0));
  repository.commit("Parse cookies with quotes\n\nBrowsers send them.", { "src/http/cookie.ts": cookies("quoted") });
  repository.commit("Match routes by prefix", { "src/http/router.ts": router("prefix"), "src/session.py": session(2) });
  repository.commit("Let sessions end", { "src/session.py": session(3) });
  engine = await openEngine(repository.root, join(folder, "home"));
  reference = referenceOf(engine, readTable(TABLE));
}, 60_000);
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each(PARTS)("scores %s as the reference does", (part) => {
  const tolerance = part === "table" ? TOLERANCE.meaning : TOLERANCE.words;
  for (const text of QUERIES) expectSame(text, { ...NONE, [part]: 1, demotion: true }, tolerance);
});

it("ranks by the recipe as the reference does", () => {
  for (const text of QUERIES) expectSame(text, weightsFor(analyseQuery(text)), 2 * TOLERANCE.meaning);
});

it("has something to say on every part", () => {
  for (const part of PARTS) {
    const found = QUERIES.flatMap((text) =>
      engine.rank(analyseQuery(text), { ...NONE, [part]: 1, demotion: true }, 99),
    );
    expect([part, found.length > 0]).toEqual([part, true]);
  }
});

function expectSame(text: string, weights: Weights, tolerance: number): void {
  const query = analyseQuery(text);
  const expected = new Map(reference.rank(query, weights).map(({ path, score }) => [path, score]));
  const found = new Map(engine.rank(query, weights, 1_000).map(({ path, score }) => [path, score]));
  for (const path of new Set([...expected.keys(), ...found.keys()])) {
    const [wanted, given] = [expected.get(path) ?? 0, found.get(path) ?? 0];
    expect({ text, path, given: Math.abs(given - wanted) <= tolerance ? wanted : given }).toEqual({
      text,
      path,
      given: wanted,
    });
  }
}

function filesOf(version: number): Record<string, string> {
  const many = Array.from({ length: 12 }, (_, index) => [`lib/part${index}.go`, plain(index)]);
  return {
    "src/http/cookie.ts": cookies("plain"),
    "src/http/router.ts": router("exact"),
    "src/session.py": session(version),
    "test/router.test.ts": `import { Router } from "../src/http/router.ts";\ntest("match", () => new Router().match("/"));\n`,
    "README.md": "# Cookies\n\nHow to parse cookies, and how to sign in.\n",
    "src/empty.ts": "",
    "src/größe.txt": "größere Dateien\r\nmehr\r\n",
    ...Object.fromEntries(many),
  };
}

function cookies(kind: string): string {
  const lines = Array.from({ length: 90 }, (_, index) => `// a line of ${index % 7 === 0 ? "cookie names" : "text"}`);
  return `export function parseCookie(raw_value: string) {\n  return "${kind}";\n}\n${lines.join("\n")}\n`;
}

function router(kind: string): string {
  return `/** Finds routes. */\nexport class Router {\n  match(path: string) {\n    return path === "${kind}";\n  }\n}\n`;
}

function session(version: number): string {
  return `class Session:\n    def has_ended(self, now):\n        return now > ${version}\n\ndef signIn(user_name):\n    pass\n`;
}

function plain(index: number): string {
  const names = ["Write", "Read", "Close", "Open"];
  return `package lib\n\nfunc ${names[index % 4]}File${index}(name string) int {\n\treturn value\n}\n`.repeat(
    1 + (index % 3),
  );
}
