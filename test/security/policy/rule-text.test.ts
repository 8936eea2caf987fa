import fc from "fast-check";
import { expect, it } from "vitest";
import { matchText, parseMatch, parseRule, plainWords, ruleText } from "../../../daemon/security/policy/rule-text.ts";
import { PolicyMatch, PolicyVerdict } from "../../../protocol/index.ts";

const rules: [text: string, match: PolicyMatch][] = [
  ["command npm run build", { kind: "command", words: ["npm", "run", "build"], rest: "none" }],
  ["command git push origin *", { kind: "command", words: ["git", "push", "origin"], rest: "any" }],
  ["command git * status", { kind: "command", words: ["git", "*", "status"], rest: "none" }],
  ['command git commit -m "a b"', { kind: "command", words: ["git", "commit", "-m", "a b"], rest: "none" }],
  ['command echo ""', { kind: "command", words: ["echo", ""], rest: "none" }],
  ["write docs/**", { kind: "write", path: "docs/**" }],
  ['read "a b.md"', { kind: "read", path: "a b.md" }],
  ["network example.org:8443", { kind: "network", host: "example.org:8443" }],
  ["foreign files/read", { kind: "foreign", name: "files/read" }],
  ["git commit", { kind: "git", action: "commit" }],
];

it.each(rules)("reads and prints %s", (text, match) => {
  expect(parseMatch(text)).toEqual({ ok: true, value: match });
  expect(matchText(match)).toBe(text);
  expect(parseRule(`deny ${text}`)).toEqual({ ok: true, value: { effect: "deny", match } });
  expect(parseRule(text)).toEqual({ ok: true, value: { effect: "allow", match } });
});

it("reads single quotes and more spaces than needed", () => {
  expect(parseMatch("  command   git commit -m 'a \"b\"'  ")).toEqual({
    ok: true,
    value: { kind: "command", words: ["git", "commit", "-m", 'a "b"'], rest: "none" },
  });
});

it.each([
  "",
  "npm test",
  "command",
  "command *",
  "command * *",
  'command ""',
  "command npm * *",
  'command "npm',
  "command npm' test",
  'command "\\q"',
  "write",
  "write a b",
  "network",
  "git push",
  "plan x",
  "deny",
  "command npm\u200b test",
  'command "a\\nb"',
  `command ${"x ".repeat(60)}`,
  `write ${"x".repeat(600)}`,
])("refuses %j and says what a rule looks like", (text) => {
  expect(parseRule(text)).toMatchObject({
    ok: false,
    error: { code: "settings.invalid", message: expect.stringContaining("A rule is for example") },
  });
});

const word = fc.string({ unit: "grapheme", maxLength: 12 });
const match = fc
  .oneof(
    fc.record({
      kind: fc.constant("command"),
      words: fc.array(
        fc.oneof(word, fc.constant("*"), fc.constantFrom("npm", "-m", "a b", '"', "'", "\\", "$x", ";")),
        {
          minLength: 1,
          maxLength: 6,
        },
      ),
      rest: fc.constantFrom("none", "any"),
    }),
    fc.record({ kind: fc.constantFrom("read", "write"), path: word }),
    fc.record({ kind: fc.constant("network"), host: word }),
    fc.record({ kind: fc.constant("foreign"), name: word }),
    fc.record({ kind: fc.constant("git"), action: fc.constantFrom("commit", "branch") }),
  )
  .map((raw) => PolicyMatch.safeParse(raw))
  .filter((parsed) => parsed.success)
  .map((parsed) => parsed.data);

it("prints every rule so that it is read as the same", () => {
  fc.assert(
    fc.property(match, fc.constantFrom(...PolicyVerdict.options), (value, effect) => {
      expect(parseMatch(matchText(value))).toEqual({ ok: true, value });
      expect(parseRule(ruleText({ effect, match: value }))).toEqual({ ok: true, value: { effect, match: value } });
    }),
    { numRuns: 1000 },
  );
});

it("reads any text without failing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
      for (const whole of [text, `command ${text}`, `allow write ${text}`])
        expect(parseRule(whole).ok).toBeTypeOf("boolean");
    }),
  );
});

it.each([
  ["npm test", ["npm", "test"]],
  ['git commit -m "a b"', ["git", "commit", "-m", "a b"]],
  ["npm run *", ["npm", "run", "*"]],
])("sees that %j is words only", (line, words) => expect(plainWords(line)).toEqual(words));

it.each([
  "npm test; ls",
  "a && b",
  "a | b",
  "a > b",
  "a $x",
  "a `b`",
  "a $(b)",
  "a {b,c}",
  "a\nb",
  "",
  "(a)",
  "a ~/x",
  "a #b",
])("sees that %j is more than words", (line) => expect(plainWords(line)).toBeUndefined());
