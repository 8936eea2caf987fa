/** Helix's languages.toml. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { putIntoHelix } from "../../../daemon/cli/setup/helix.ts";
import { readToml } from "../../../daemon/cli/setup/toml.ts";

const START = { command: "/usr/bin/node", args: ["/opt/nexus/main.js", "lsp", "--stdio"], env: {} };
const put = (text: string | undefined, start = START) => putIntoHelix(text, start);
const textOf = (change: ReturnType<typeof put>) => {
  if (!("text" in change)) throw new Error(JSON.stringify(change));
  return change.text;
};

describe("languages.toml", () => {
  it("is made where there is none, and is set from then on", () => {
    const text = textOf(put(undefined));
    expect(text).toContain('command = "/usr/bin/node"\nargs = ["/opt/nexus/main.js", "lsp", "--stdio"]');
    expect(text).toContain('name = "python"\nlanguage-servers = ["ty", "ruff", "jedi", "pylsp", "zuban", "nexus"]');
    expect(put(text)).toEqual({ state: "set" });
  });

  it("adds to the languages that are there and keeps every line of them", () => {
    const before = [
      "# mine",
      'use-grammars = { only = ["rust"] }',
      "",
      "[[language]]",
      'name = "rust" # oxidised',
      "auto-format = false",
      "[language.config]",
      "x = 1",
      "",
      "[[language]]",
      "language-servers = [",
      '  "pylsp", # slow',
      '  { name = "ruff", only-features = ["format"] },',
      "]",
      'name = "python"',
      "",
      "[language-server.pylsp]",
      "command = 'py]lsp'",
      "",
    ].join("\n");
    const after = textOf(put(before));
    expect(after).toContain('auto-format = false\nlanguage-servers = ["rust-analyzer", "nexus"]\n[language.config]');
    expect(after).toContain('  { name = "ruff", only-features = ["format"] }, "nexus",\n]');
    expect(
      after.split("\n").filter((line) => line === "# mine" || line.includes("# oxidised") || line.includes("py]lsp")),
    ).toHaveLength(3);
    expect(after).not.toContain('name = "rust"\nlanguage-servers');
    expect(put(after)).toEqual({ state: "set" });
  });

  it("replaces what differs of our own server", () => {
    const before = textOf(put(undefined)).replace("/usr/bin/node", "/old/node");
    const change = put(before);
    expect(change.state).toBe("different");
    expect(textOf(change)).toBe(textOf(put(undefined)));
  });

  it("finds the server in a table of servers, and gives it its environment", () => {
    const start = { ...START, env: { NEXUS_HOME: 'C:\\Data "x"' } };
    const rest = textOf(put(undefined, start)).split("\n\n").slice(1).join("\n\n");
    const inline = `[language-server]\nnexus = { command = "old" }\n\n${rest}`;
    const after = textOf(put(inline, start));
    expect(after).toContain('environment = { "NEXUS_HOME" = "C:\\\\Data \\"x\\"" } }');
    expect(put(after, start)).toEqual({ state: "set" });
  });

  const refused: [text: string, why: RegExp][] = [
    ["[[language]\nname = 1", /not TOML \(line 1: “\]” is expected/],
    ["name = ", /a value is expected/],
    ['a = "x\n', /the end of this string/],
    ["a = 1 b = 2", /the end of the line/],
    ['language = [{ name = "rust" }]', /in one value/],
    [`a = ${"[".repeat(200)}`, /less nesting/],
  ];
  it.each(refused)("leaves %j alone", (text, why) => {
    expect(put(text)).toMatchObject({ state: "unreadable", why: expect.stringMatching(why) });
  });

  it("keeps Windows line ends", () => {
    const after = textOf(put('[[language]]\r\nname = "go"\r\n'));
    expect(after.replaceAll("\r\n", "")).not.toContain("\n");
    expect(put(after)).toEqual({ state: "set" });
  });
});

it("reads what TOML allows", () => {
  const text = [
    "\uFEFFtop.'quoted key'.\"b\\u00e9\" = 1979-05-27 07:32:00Z # date",
    'lines = """a "quoted" word\\',
    '  and ""more"""',
    "literal = '''it's''' # comment with ] and \"",
    "n = [ -1_000.5e+3, inf, [ true, ], # x",
    "  { a.b = 'c', d = [] } ]",
    '[a."b.c"]',
    "[[x]]",
  ].join("\n");
  const reading = readToml(text);
  if (!reading.ok) throw new Error(reading.why);
  expect(reading.tables.map(({ name, isArray }) => [name.join("|"), isArray])).toEqual([
    ["", false],
    ["a|b.c", false],
    ["x", true],
  ]);
  expect(reading.tables[0]?.pairs.map(({ key }) => key.join("|"))).toEqual([
    "top|quoted key|bé",
    "lines",
    "literal",
    "n",
  ]);
});

it("never throws, and is done after one change, whatever the text", () => {
  const pieces = fc.constantFrom(
    "[[language]]\n",
    'name = "go"\n',
    "[language-server.nexus]\n",
    "[language-server]\n",
    "nexus = {}\n",
    'language-servers = ["x"]\n',
    "a = 1\n",
    "[",
    "]",
    '"',
    "'",
    "=",
    "\n",
    "#",
    "{",
    ",",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const change = put(parts.join(""));
      if ("text" in change) expect(put(change.text)).toEqual({ state: "set" });
    }),
    { numRuns: 1500 },
  );
});
