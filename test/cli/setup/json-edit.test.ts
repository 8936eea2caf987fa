/** JSON files of people: what is put into them, and that nothing else of them changes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeIntoJson } from "../../../daemon/cli/setup/json-edit.ts";
import { plainValue, readJsonc } from "../../../daemon/cli/setup/jsonc.ts";

const WANTED = { servers: { nexus: { command: "node", args: ["main.js", "mcp"] } } };

const put = (text: string | undefined) => {
  const change = mergeIntoJson(text, WANTED);
  return "text" in change ? change.text : change;
};

describe("a JSON file", () => {
  const cases: [name: string, before: string, after: string][] = [
    [
      "keeps comments, order and trailing commas",
      `// mine\n{\n  "theme": "dark", // at night\n  "servers": {\n    /* one */ "other": { "command": "x" },\n  },\n}\n`,
      `// mine\n{\n  "theme": "dark", // at night\n  "servers": {\n    /* one */ "other": { "command": "x" },\n    "nexus": {\n      "command": "node",\n      "args": [\n        "main.js",\n        "mcp"\n      ]\n    },\n  },\n}\n`,
    ],
    [
      "takes over indentation and line ends",
      `{\r\n\t"a": 1\r\n}\r\n`,
      `{\r\n\t"a": 1,\r\n\t"servers": {\r\n\t\t"nexus": {\r\n\t\t\t"command": "node",\r\n\t\t\t"args": [\r\n\t\t\t\t"main.js",\r\n\t\t\t\t"mcp"\r\n\t\t\t]\r\n\t\t}\r\n\t}\r\n}\r\n`,
    ],
    [
      "puts the comma before a comment",
      `{\n  "a": 1 // the last\n}`,
      `{\n  "a": 1, // the last\n  "servers": {\n    "nexus": {\n      "command": "node",\n      "args": [\n        "main.js",\n        "mcp"\n      ]\n    }\n  }\n}`,
    ],
    [
      "stays on one line where it is one line",
      `{"a":1,"servers":{"b":{}}}`,
      `{"a":1,"servers":{"b":{},"nexus":{"command":"node","args":["main.js","mcp"]}}}`,
    ],
    [
      "keeps a mark of byte order and fills an empty object",
      `\uFEFF{ }\n`,
      `\uFEFF{\n  "servers": {\n    "nexus": {\n      "command": "node",\n      "args": [\n        "main.js",\n        "mcp"\n      ]\n    }\n  }\n}\n`,
    ],
    [
      "changes only what differs of our own entry",
      `{"servers": {"nexus": {"command": "old", "args": ["main.js", "mcp"], "env": {"MINE": "1"}}}}`,
      `{"servers": {"nexus": {"command": "node", "args": ["main.js", "mcp"], "env": {"MINE": "1"}}}}`,
    ],
  ];
  it.each(cases)("%s", (_name, before, after) => {
    expect(put(before)).toBe(after);
    expect(put(after)).toEqual({ state: "set" });
  });

  it("is made where there is none", () => {
    expect(JSON.parse(String(put(undefined)))).toEqual(WANTED);
    expect(JSON.parse(String(put("  \n")))).toEqual(WANTED);
  });

  const refused: [text: string, why: RegExp][] = [
    [`{"a": 1,, }`, /not JSON \(line 1: a name in double quotes is expected/],
    [`{\n"a": "x\n}`, /line 2: the end of this string/],
    [`{"a": 01}`, /a value is expected|“,” or “}”/],
    [`{"a": 1} {`, /the end is expected/],
    [`["a"]`, /It is not an object/],
    [`{"servers": null}`, /“servers” is not an object/],
    [`{"servers": {}, "servers": {}}`, /“servers” stands there twice/],
    [`{"a": ${"[".repeat(200)}`, /less nesting/],
    [`{"a": "\\x"}`, /valid string/],
    [`{"a": /* never closed`, /a value is expected/],
  ];
  it.each(refused)("leaves %j alone", (text, why) => {
    const change = put(text);
    expect(change).toMatchObject({ state: "unreadable", why: expect.stringMatching(why) });
  });

  it("reads a text of megabytes", () => {
    const text = JSON.stringify({ history: 'x\\"'.repeat(700_000), spaces: [[]] }).replace(
      "[[]]",
      `[${" ".repeat(2_000_000)}]`,
    );
    expect(JSON.parse(String(put(text)))).toMatchObject(WANTED);
  });
});

it("says of any JSON value what JSON.parse says, and keeps all of it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 1, 2, "\t"), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const reading = readJsonc(text);
      if (!reading.ok) throw new Error(reading.why);
      expect(plainValue(reading.root)).toEqual(JSON.parse(text));
      const change = mergeIntoJson(text, WANTED);
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      expect(change.state).toBe(isObject ? "missing" : "unreadable");
      if ("text" in change) expect(JSON.parse(change.text)).toEqual({ ...JSON.parse(text), ...WANTED });
    }),
    { numRuns: 300 },
  );
});

it("never throws, whatever the text", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"servers"',
    "1",
    "// x\n",
    "/*",
    "*/",
    " ",
    "\n",
    "\\",
    '"',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
      const change = mergeIntoJson(parts.join(""), WANTED);
      if ("text" in change) expect(mergeIntoJson(change.text, WANTED)).toEqual({ state: "set" });
    }),
    { numRuns: 2000 },
  );
});
